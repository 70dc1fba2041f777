using System.Diagnostics;
using System.Text;
using AdminFunctions.LocalHost;

namespace AdminFunctions.Tests.LocalHost;

/// <summary>The local host in a process of its own.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(DirectoryInfo directory, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LocalHostOptions).Assembly.Location, .. arguments])
        {
            WorkingDirectory = directory.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Read(output);

    public string Errors => Read(errors);

    /// <summary>Starts it in a directory and waits until it is ready.</summary>
    public static Task<HostProcess> StartAsync(DirectoryInfo directory, params string[] arguments) =>
        StartAsync(directory, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>Starts it with variables of its own.</summary>
    public static async Task<HostProcess> StartAsync(DirectoryInfo directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var host = new HostProcess(directory, environment, arguments);
        var first = await Task.WhenAny(host.ready.Task, host.process.WaitForExitAsync()).WaitAsync(Patience);
        if (first != host.ready.Task)
        {
            throw new InvalidOperationException($"The local host ended: {host.Errors}");
        }

        return host;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(DirectoryInfo directory, params string[] arguments)
    {
        await using var host = new HostProcess(directory, new Dictionary<string, string>(StringComparer.Ordinal), arguments);
        await host.process.WaitForExitAsync().WaitAsync(Patience);
        return (host.process.ExitCode, host.Output, host.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private void Append(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.AppendLine(line);
        }

        if (line.StartsWith("Ctrl+C", StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }
}
