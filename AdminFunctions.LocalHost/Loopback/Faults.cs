using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>The queue of faults, and the middleware that injects them. It uses the first one that matches a request.</summary>
/// <param name="stopping">Canceled when the server stops, to end hanging requests.</param>
internal sealed class Faults(CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly List<Waiting> _waiting = [];

    /// <summary>Adds faults to the end of the queue.</summary>
    /// <exception cref="ArgumentException">A fault is not valid. The message says why.</exception>
    public void Add(params IEnumerable<Fault> faults)
    {
        List<Waiting> added = [];
        foreach (var fault in faults)
        {
            if (fault.Invalid() is { } reason)
            {
                throw new ArgumentException(reason, nameof(faults));
            }

            added.Add(new Waiting(fault, RequestMatch.Parse(fault.Match)) { Left = fault.Times });
        }
        lock (_lock)
        {
            _waiting.AddRange(added);
        }
    }

    /// <summary>Removes all faults. This does not affect requests that already have a fault.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
        }
    }

    /// <summary>The middleware.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        Take(context) is { } fault ? SpoilAsync(fault, context, next) : next(context);

    private Fault? Take(HttpContext context)
    {
        lock (_lock)
        {
            if (_waiting.Count is 0)
            {
                return null;
            }

            var index = _waiting.FindIndex(waiting => waiting.Match.Matches(context.Request.Method, context.RawTarget()));
            if (index < 0)
            {
                return null;
            }

            var found = _waiting[index];
            if (--found.Left is 0)
            {
                _waiting.RemoveAt(index);
            }

            return found.Fault;
        }
    }

    private async Task SpoilAsync(Fault fault, HttpContext context, RequestDelegate next)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            if (fault.Until is { } until)
            {
                await until.WaitAsync(gone.Token);
            }

            if (fault.DelayMs > 0)
            {
                await Task.Delay(fault.DelayMs, gone.Token);
            }

            switch (fault.Mode)
            {
                case FaultMode.Hang:
                    await Task.Delay(Timeout.Infinite, gone.Token);
                    break;
                case FaultMode.Abort:
                    context.Abort();
                    break;
                case FaultMode.AbortAfter:
                    await HandleSilentlyAsync(context, next);
                    context.Abort();
                    break;
                case FaultMode.CloseAfter:
                    await HandleSilentlyAsync(context, next);
                    context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Send);
                    await Task.Delay(Timeout.Infinite, gone.Token);
                    break;
                case FaultMode.Truncate:
                    await TruncateAsync(context, fault.Status is null ? next : answered => AnswerAsync(fault, answered));
                    break;
                default:
                    await (fault.Status is null ? next(context) : AnswerAsync(fault, context));
                    break;
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    /// <summary>Handles a request as usual, but sends no response.</summary>
    private static Task HandleSilentlyAsync(HttpContext context, RequestDelegate next)
    {
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        return next(context);
    }

    private static async Task AnswerAsync(Fault fault, HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = fault.Status!.Value;
        var text = fault.Body is { ValueKind: JsonValueKind.String };
        if (fault.Body is not null)
        {
            response.ContentType = text ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
        }

        foreach (var (name, value) in fault.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            response.Headers[name] = value;
        }

        if (fault.Body is not { } body)
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text ? body.GetString()! : body.GetRawText());
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static async Task TruncateAsync(HttpContext context, RequestDelegate answer)
    {
        var response = context.Response;
        var original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var whole = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(whole));
        await answer(context);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
        context.Features.Set(original);

        if (whole.Length < 2)
        {
            // An empty body has no half, so do not respond.
            context.Abort();
            return;
        }

        // The server closes the connection if the body is too short. Aborting it would also discard the data that was sent.
        response.ContentLength = whole.Length;
        await original.StartAsync(context.RequestAborted);
        await original.Stream.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length / 2), context.RequestAborted);
    }

    private sealed record Waiting(Fault Fault, RequestMatch Match)
    {
        public int? Left { get; set; }
    }
}
