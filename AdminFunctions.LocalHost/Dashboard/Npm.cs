using System.Diagnostics;
using System.Text;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>npm, which comes with Node.js.</summary>
/// <param name="file">The program.</param>
internal sealed class Npm(string file)
{
    /// <summary>Finds it.</summary>
    /// <param name="searchPath">The directories to look in, in the form of the variable PATH.</param>
    /// <returns>The first one, or <see langword="null"/>.</returns>
    public static Npm? Find(string searchPath)
    {
        // On Windows it is a script that only its whole name starts; the one without an extension beside it is for Unix shells.
        string[] names = OperatingSystem.IsWindows() ? ["npm.cmd", "npm.exe"] : ["npm"];
        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(directory => names.Select(name => Path.Combine(directory.Trim('"'), name)))
            .Where(IsProgram)
            .Select(file => new Npm(file))
            .FirstOrDefault();
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="directory">The directory with the package.json.</param>
    /// <param name="arguments">What it shall do.</param>
    /// <param name="cancellationToken">Ends it and all that it has started.</param>
    /// <returns>The exit code, and everything that was written.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public async Task<(int ExitCode, string Output)> RunAsync(string directory, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(file, arguments)
            {
                WorkingDirectory = directory,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
                StandardErrorEncoding = Encoding.UTF8,
            },
        };
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        cancellationToken.ThrowIfCancellationRequested();
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        lock (output)
        {
            return (process.ExitCode, output.ToString());
        }

        void Keep(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }

    private static bool IsProgram(string file) =>
        File.Exists(file)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None);
}
