using Microsoft.AspNetCore.Http.Features;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>A request that arrived.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="RawTarget">Path and query as they came, percent-encoding included.</param>
/// <param name="CorrelationId">The <c>X-Correlation-ID</c> header, which Auth0 writes to the tenant's log.</param>
/// <param name="HasAuthorization">Whether there was an <c>Authorization</c> header; its value is not kept.</param>
internal sealed record SeenRequest(string Method, string RawTarget, string? CorrelationId, bool HasAuthorization);

/// <summary>
/// The requests that arrived, in order and the last <see cref="Capacity"/> of them: also those that a fault answered.
/// </summary>
internal sealed class RequestLog
{
    /// <summary>How many requests are kept.</summary>
    public const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<SeenRequest> _seen = new();
    private readonly List<Waiter> _waiters = [];

    /// <summary>The requests kept, oldest first.</summary>
    public IReadOnlyList<SeenRequest> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>The kept requests that a <see cref="RequestMatch">pattern</see> means.</summary>
    public IReadOnlyList<SeenRequest> Matching(string pattern)
    {
        var match = RequestMatch.Parse(pattern);
        return [.. All.Where(request => match.Matches(request.Method, request.RawTarget))];
    }

    /// <summary>Waits until as many requests that a pattern means have arrived, counting those already kept.</summary>
    /// <returns>The last of them.</returns>
    public Task<SeenRequest> WaitForAsync(string pattern, int count = 1, CancellationToken cancellationToken = default)
    {
        var match = RequestMatch.Parse(pattern);
        var waiter = new Waiter(request => match.Matches(request.Method, request.RawTarget), count);
        lock (_lock)
        {
            if (!_seen.Any(waiter.Arrived))
            {
                _waiters.Add(waiter);
            }
        }
        return waiter.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Forgets what arrived so far.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _seen.Clear();
        }
    }

    /// <summary>The middleware that keeps the log.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        var request = new SeenRequest(
            context.Request.Method,
            context.RawTarget(),
            headers["X-Correlation-ID"] is { Count: > 0 } id ? id.ToString() : null,
            headers.Authorization.Count > 0);
        lock (_lock)
        {
            if (_seen.Count == Capacity)
            {
                _seen.Dequeue();
            }

            _seen.Enqueue(request);
            _waiters.RemoveAll(waiter => waiter.Arrived(request));
        }
        return next(context);
    }

    private sealed class Waiter(Predicate<SeenRequest> match, int count)
    {
        private readonly TaskCompletionSource<SeenRequest> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public Task<SeenRequest> Task => _source.Task;

        /// <summary>Tells the waiter of a request; true when its wait is over.</summary>
        public bool Arrived(SeenRequest request) =>
            match(request) && --_left == 0 && _source.TrySetResult(request);
    }
}

internal static class RawTargetExtensions
{
    /// <summary>Path and query as they came, before the server decoded and normalised them.</summary>
    public static string RawTarget(this HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
}
