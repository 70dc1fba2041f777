using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace AdminFunctions.Tests.Worker;

/// <summary>A built function app in a separate process, started like by the Functions host.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>The environment variables that a worker inherits. Others might be settings.</summary>
    private static readonly string[] Inherited = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private TaskCompletionSource<long>? _allocated;

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Ended = process.WaitForExitAsync();
    }

    /// <summary>Completes when the process has ended.</summary>
    public Task Ended { get; }

    /// <summary>Its standard output and error, which a host does not show.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="app">The path of its assembly.</param>
    /// <param name="rpc">The address at which the host listens for the worker.</param>
    /// <param name="workerId">The ID with which it connects.</param>
    /// <param name="settings">The app settings.</param>
    public static WorkerProcess Start(string app, Uri rpc, string workerId, IReadOnlyDictionary<string, string> settings)
    {
        var folder = Path.GetDirectoryName(app)!;
        var requestId = Guid.NewGuid().ToString();
        string[] arguments =
        [
            "--host", rpc.Host,
            "--port", $"{rpc.Port}",
            "--workerId", workerId,
            "--requestId", requestId,
            "--grpcMaxMessageLength", "2147483647",
            "--functions-uri", rpc.AbsoluteUri,
            "--functions-worker-id", workerId,
            "--functions-request-id", requestId,
            "--functions-grpc-max-message-length", "2147483647",
        ];
        var start = new ProcessStartInfo("dotnet", [app, .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var inherited = Inherited.Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
            .Where(variable => variable.Value is not null)
            .ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = folder;
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new WorkerProcess(new Process { StartInfo = start });
    }

    /// <summary>Its ID in the system.</summary>
    public int Id => _process.Id;

    /// <summary>Asks how many bytes it has allocated since it started.</summary>
    public async Task<long> AllocatedAsync()
    {
        var answer = _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _process.StandardInput.WriteAsync('?');
        await _process.StandardInput.FlushAsync();
        return await answer.Task.WaitAsync(Patience);
    }

    /// <summary>Closes its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Kills it.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return Ended;
    }

    /// <summary>Waits until it exits by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitCodeAsync()
    {
        await Ended.WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        if (line.Data?.StartsWith(StartupHook.Allocated, StringComparison.Ordinal) is true)
        {
            _allocated?.TrySetResult(long.Parse(line.Data.AsSpan(StartupHook.Allocated.Length), CultureInfo.InvariantCulture));
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
