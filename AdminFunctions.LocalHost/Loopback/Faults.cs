using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>The faults in wait, and the middleware that lets them happen. The first that matches a request is used.</summary>
/// <param name="stopping">Signals that the server ends, so that a request which hangs lets go.</param>
internal sealed class Faults(CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly List<Waiting> _waiting = [];

    /// <summary>Adds faults, behind those already in wait.</summary>
    /// <exception cref="ArgumentException">A fault contradicts itself; the message says how.</exception>
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

    /// <summary>Removes every fault; requests already caught by one are not released.</summary>
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
            // It has no half: it never comes.
            context.Abort();
            return;
        }

        // The server closes a connection whose answer came to its end too short. To abort it would also drop what was sent.
        response.ContentLength = whole.Length;
        await original.StartAsync(context.RequestAborted);
        await original.Stream.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length / 2), context.RequestAborted);
    }

    private sealed record Waiting(Fault Fault, RequestMatch Match)
    {
        public int? Left { get; set; }
    }
}
