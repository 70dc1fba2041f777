using System.Collections.Concurrent;
using System.Diagnostics;

namespace AdminFunctions.Tests.Telemetry;

/// <summary>Records all spans of the app in this process. A test looks for those of its own trace.</summary>
internal sealed class SpanListener : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public SpanListener()
    {
        _listener = new()
        {
            ShouldListenTo = static source => source.Name is "AdminFunctions" or "System.Net.Http" or "Microsoft.AspNetCore",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The ended spans of a trace.</summary>
    public IReadOnlyList<Activity> Of(string traceId) => [.. _ended.Where(span => span.TraceId.ToHexString() == traceId)];

    /// <summary>The traces that link to a trace.</summary>
    public IReadOnlyList<Activity> LinkedTo(string traceId) =>
        [.. _ended.Where(span => span.Links.Any(link => link.Context.TraceId.ToHexString() == traceId))];

    public void Dispose() => _listener.Dispose();
}
