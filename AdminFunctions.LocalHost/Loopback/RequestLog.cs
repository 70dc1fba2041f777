using Microsoft.AspNetCore.Http.Features;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>A received request.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="RawTarget">Path and query as received, with percent-encoding.</param>
/// <param name="CorrelationId">The <c>X-Correlation-ID</c> header, which Auth0 writes to the log of the tenant.</param>
/// <param name="HasAuthorization">Whether it had an <c>Authorization</c> header. Its value is not stored.</param>
/// <param name="CustomDomain">The <c>auth0-custom-domain</c> header, by which Auth0 builds the links in mails.</param>
internal sealed record SeenRequest(
    string Method, string RawTarget, string? CorrelationId, bool HasAuthorization, string? CustomDomain);

/// <summary>
/// The last <see cref="Capacity"/> received requests in order, including those with a fault.
/// </summary>
internal sealed class RequestLog
{
    /// <summary>The maximum number of requests in the log.</summary>
    public const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<SeenRequest> _seen = new();
    private readonly List<Waiter> _waiters = [];

    /// <summary>The requests, oldest first.</summary>
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

    /// <summary>The requests that match a <see cref="RequestMatch">pattern</see>.</summary>
    public IReadOnlyList<SeenRequest> Matching(string pattern)
    {
        var match = RequestMatch.Parse(pattern);
        return [.. All.Where(request => match.Matches(request.Method, request.RawTarget))];
    }

    /// <summary>Waits until the log has this number of requests that match a pattern.</summary>
    /// <returns>The last of these requests.</returns>
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

    /// <summary>Clears the log.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _seen.Clear();
        }
    }

    /// <summary>The middleware that writes the log.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        var request = new SeenRequest(
            context.Request.Method,
            context.RawTarget(),
            headers["X-Correlation-ID"] is { Count: > 0 } id ? id.ToString() : null,
            headers.Authorization.Count > 0,
            headers["auth0-custom-domain"] is { Count: > 0 } domain ? domain.ToString() : null);
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

        /// <summary>Notifies the waiter of a request. Returns true if it has finished waiting.</summary>
        public bool Arrived(SeenRequest request) =>
            match(request) && --_left == 0 && _source.TrySetResult(request);
    }
}

internal static class RawTargetExtensions
{
    /// <summary>Path and query before the server decodes and normalizes them.</summary>
    public static string RawTarget(this HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
}
