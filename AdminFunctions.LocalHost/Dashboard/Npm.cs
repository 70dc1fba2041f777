using System.Diagnostics;
using System.Text;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>npm, which is part of Node.js.</summary>
/// <param name="file">The path of the program.</param>
internal sealed class Npm(string file)
{
    /// <summary>Finds npm.</summary>
    /// <param name="searchPath">The directories to search, in the format of the variable PATH.</param>
    /// <returns>The first one, or <see langword="null"/>.</returns>
    public static Npm? Find(string searchPath)
    {
        // On Windows, npm is a script that requires its full name. The file without an extension is for Unix shells.
        string[] names = OperatingSystem.IsWindows() ? ["npm.cmd", "npm.exe"] : ["npm"];
        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(directory => names.Select(name => Path.Combine(directory.Trim('"'), name)))
            .Where(IsProgram)
            .Select(file => new Npm(file))
            .FirstOrDefault();
    }

    /// <summary>Runs npm and waits until it exits.</summary>
    /// <param name="directory">The directory of the package.json.</param>
    /// <param name="arguments">The arguments of npm.</param>
    /// <param name="cancellationToken">Kills npm and its child processes.</param>
    /// <returns>The exit code and the whole output.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">npm could not be started.</exception>
    public async Task<(int ExitCode, string Output)> RunAsync(
        string directory, IEnumerable<string> arguments, CancellationToken cancellationToken)
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
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
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

        void Append(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }

    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static bool IsProgram(string file) =>
        File.Exists(file)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file) & Execute) != UnixFileMode.None);
}
