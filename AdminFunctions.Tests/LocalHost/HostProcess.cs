using System.Diagnostics;
using System.Text;
using AdminFunctions.LocalHost;

namespace AdminFunctions.Tests.LocalHost;

/// <summary>The local host in a separate process.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    /// <summary>Starts it in a directory and waits until it is ready.</summary>
    public static Task<HostProcess> StartAsync(DirectoryInfo directory, params string[] arguments) =>
        StartAsync(directory, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>Starts it with additional environment variables.</summary>
    public static async Task<HostProcess> StartAsync(DirectoryInfo directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var host = new HostProcess(directory, environment, arguments);
        var first = await Task.WhenAny(host._ready.Task, host._process.WaitForExitAsync()).WaitAsync(Patience);
        if (first != host._ready.Task)
        {
            throw new InvalidOperationException($"The local host ended: {host.Errors}");
        }

        return host;
    }

    /// <summary>Runs it until it exits.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(DirectoryInfo directory, params string[] arguments)
    {
        await using var host = new HostProcess(directory, new Dictionary<string, string>(StringComparer.Ordinal), arguments);
        await host._process.WaitForExitAsync().WaitAsync(Patience);
        return (host._process.ExitCode, host.Output, host.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
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

        if (line.StartsWith("Press Ctrl+C", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}
