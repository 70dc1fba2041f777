using System.Collections.Concurrent;
using System.Threading.Channels;
using AdminFunctions.Tests.Worker.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;

namespace AdminFunctions.Tests.Worker;

/// <summary>The host's end of the one stream of messages between it and a worker.</summary>
internal sealed class WorkerChannel : FunctionRpc.FunctionRpcBase
{
    private readonly Channel<StreamingMessage> _outbound = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _requests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Invocation> _invocations = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Over when a worker has made itself known.</summary>
    public Task Started => _started.Task;

    /// <summary>What a worker logs while it serves a call, as the host hands it on.</summary>
    public ConcurrentQueue<LogLine> Log { get; } = new();

    /// <summary>The calls that are over.</summary>
    public ConcurrentQueue<Invocation> Ended { get; } = new();

    /// <summary>Sends a message that nobody answers.</summary>
    public void Send(StreamingMessage message) => _outbound.Writer.TryWrite(message);

    /// <summary>Sends a message and waits for the worker's answer to it.</summary>
    public Task<StreamingMessage> RequestAsync(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        var answer = _requests.GetOrAdd(message.RequestId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        Send(message);
        return answer.Task;
    }

    /// <summary>Has a function run.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="request">What it is told.</param>
    /// <returns>The call, over when the worker says so: with a log that is complete by then.</returns>
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

        // Else the server, when it stops, waits for a connection that nobody closes.
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

            // As the host does: a line that belongs to no call, or to one that is over, is dropped.
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
                // Such as the worker's system log.
                break;
        }
    }

    /// <summary>A line of the log.</summary>
    /// <param name="Category">The host's category of it.</param>
    /// <param name="WorkerCategory">The category that the app gave it, of which the host's log has nothing.</param>
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

        /// <summary>Whether the host has it down as failed: the function did, or its answer did not get to the caller.</summary>
        public bool Failed { get; private set; }

        /// <summary>The worker is done with it.</summary>
        public void End(StatusResult result) => _result.TrySetResult(result);

        /// <summary>The host is done with it.</summary>
        public void Fail() => Failed = true;
    }
}
