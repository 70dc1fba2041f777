using System.Collections.Concurrent;
using System.Threading.Channels;
using AdminFunctions.Tests.Worker.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;

namespace AdminFunctions.Tests.Worker;

/// <summary>The host's side of the message stream between host and worker.</summary>
internal sealed class WorkerChannel : FunctionRpc.FunctionRpcBase
{
    private readonly Channel<StreamingMessage> _outbound = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _requests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Invocation> _invocations = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a worker has connected.</summary>
    public Task Started => _started.Task;

    /// <summary>The lines that a worker logs during a call, as the host passes them on.</summary>
    public ConcurrentQueue<LogLine> Log { get; } = new();

    /// <summary>The calls that have ended.</summary>
    public ConcurrentQueue<Invocation> Ended { get; } = new();

    /// <summary>Sends a message that has no response.</summary>
    public void Send(StreamingMessage message) => _outbound.Writer.TryWrite(message);

    /// <summary>Sends a message and waits for the worker's response.</summary>
    public Task<StreamingMessage> RequestAsync(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        var answer = _requests.GetOrAdd(message.RequestId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        Send(message);
        return answer.Task;
    }

    /// <summary>Invokes a function.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="request">The request.</param>
    /// <returns>The call. It ends when the worker says so; its log is complete by then.</returns>
    public Invocation Invoke(string function, InvocationRequest request)
    {
        var invocation = _invocations[request.InvocationId] = new Invocation(function);
        Send(new StreamingMessage { InvocationRequest = request });
        return invocation;
    }

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var sending = SendAllAsync(responseStream, ended.Token);
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
            {
                Receive(message);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The worker is gone.
        }

        await ended.CancelAsync();
        await sending;

        // Otherwise the server would wait for this connection when it stops.
        context.GetHttpContext().Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }

    private async Task SendAllAsync(IServerStreamWriter<StreamingMessage> responseStream, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _outbound.Reader.ReadAllAsync(cancellationToken))
            {
                await responseStream.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The worker is gone.
        }
    }

    private void Receive(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.StartStream:
                _started.TrySetResult();
                break;

            // As in the host, a line that does not belong to a running call is dropped.
            case StreamingMessage.ContentOneofCase.RpcLog
                when message.RpcLog is { LogCategory: RpcLog.Types.RpcLogCategory.User } line
                    && _invocations.TryGetValue(line.InvocationId, out var invocation):
                Log.Enqueue(new LogLine($"Function.{invocation.Function}.User", line.Category, line.Level, line.EventId, line.Message));
                break;

            case StreamingMessage.ContentOneofCase.InvocationResponse
                when _invocations.TryRemove(message.InvocationResponse.InvocationId, out var invocation):
                invocation.End(message.InvocationResponse.Result);
                break;

            case not StreamingMessage.ContentOneofCase.None when _requests.TryRemove(message.RequestId, out var request):
                request.TrySetResult(message);
                break;

            default:
                // For example the worker's system log.
                break;
        }
    }

    /// <summary>A line of the log.</summary>
    /// <param name="Category">The category in the host's log.</param>
    /// <param name="WorkerCategory">The category in the app, which is not in the host's log.</param>
    /// <param name="Level">Its level.</param>
    /// <param name="Event">Its event.</param>
    /// <param name="Message">Its text.</param>
    public sealed record LogLine(string Category, string WorkerCategory, RpcLog.Types.Level Level, string Event, string Message);

    /// <summary>A call of a function.</summary>
    public sealed class Invocation(string function)
    {
        private readonly TaskCompletionSource<StatusResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Function => function;

        public Task<StatusResult> Result => _result.Task;

        /// <summary>Whether the call failed for the host: the function failed, or its response did not reach the caller.</summary>
        public bool Failed { get; private set; }

        /// <summary>Called when the worker has ended the call.</summary>
        public void End(StatusResult result) => _result.TrySetResult(result);

        /// <summary>Called when the call has failed.</summary>
        public void Fail() => Failed = true;
    }
}
