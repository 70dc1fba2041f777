using System.Diagnostics;
using System.Threading.Channels;

namespace AdminFunctions.Compare;

/// <summary>
/// A child process. It exits when this process closes its standard input. Lines of its standard output that start with
/// <see cref="AnswerPrefix"/> are answers.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>The prefix of an answer.</summary>
    public const string AnswerPrefix = "compare: ";

    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private readonly Queue<string> _recentOutput = new();

    private ChildProcess(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        StartedAt = Stopwatch.GetTimestamp();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The start time (<see cref="Stopwatch.GetTimestamp"/>).</summary>
    public long StartedAt { get; }

    /// <summary>The ID of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the process has exited.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines of output.</summary>
    public string RecentOutput
    {
        get
        {
            lock (_recentOutput)
            {
                return string.Join(Environment.NewLine, _recentOutput);
            }
        }
    }

    /// <summary>Starts a process.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="environment">Additional environment variables.</param>
    public static ChildProcess Start(string file, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var start = new ProcessStartInfo(file, arguments);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(start);
    }

    /// <summary>Writes a line to standard input, and waits for the answer.</summary>
    public async Task<string> AskAsync(string question, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(question.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await AnswerAsync(cancellationToken);
    }

    /// <summary>Waits for an answer.</summary>
    public async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _answers.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(ResponseTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or ChannelClosedException)
        {
            throw new BenchException($"A process of the benchmark does not respond. {RecentOutput}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(2));
        }
        catch (Exception exception) when (exception is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            // The end of standard output or standard error.
            _answers.Writer.TryComplete();
        }
        else if (line.StartsWith(AnswerPrefix, StringComparison.Ordinal))
        {
            _answers.Writer.TryWrite(line[AnswerPrefix.Length..]);
        }
        else
        {
            lock (_recentOutput)
            {
                _recentOutput.Enqueue(line);
                if (_recentOutput.Count > 20)
                {
                    _recentOutput.Dequeue();
                }
            }
        }
    }
}

/// <summary>The benchmark could not run. The message is for the user.</summary>
internal sealed class BenchException(string message) : Exception(message);
