using System.Diagnostics;

namespace AdminFunctions.Telemetry;

/// <summary>
/// The spans of a call, from the source <c>AdminFunctions</c>. While nobody listens there are none, and they cost nothing.
/// </summary>
internal static class Spans
{
    /// <summary>The name to listen to.</summary>
    public const string SourceName = "AdminFunctions";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts a span under the current one.</summary>
    /// <param name="name">What is done: one of a few names.</param>
    /// <param name="kind">Whether it goes out of this process.</param>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>
    /// Starts the span of a call: under the host's own, if it has one, but in the caller's trace in any case, of which the header
    /// <c>traceparent</c> tells (W3C Trace Context).
    /// </summary>
    /// <param name="function">The function's name.</param>
    /// <param name="traceParent">The header.</param>
    public static Activity? StartCall(string function, string? traceParent)
    {
        var hasCaller = ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var caller);
        return Activity.Current is { } host && (!hasCaller || host.TraceId == caller.TraceId)
            ? Source.StartActivity(function)
            : Source.StartActivity(function, ActivityKind.Server, caller);
    }

    /// <summary>Starts a trace of its own for work that several calls wait for, with a link to the span that set it off.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="startedBy">The span that set it off, if there was one.</param>
    public static Activity? StartShared(string name, ActivityContext startedBy)
    {
        Activity.Current = null;
        return Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: startedBy == default ? null : [new ActivityLink(startedBy)]);
    }

    /// <summary>Marks a span as failed.</summary>
    /// <param name="span">The span, if there is one.</param>
    /// <param name="error">The kind of failure: one of a few words (OpenTelemetry's <c>error.type</c>).</param>
    public static void Fail(this Activity? span, string error) =>
        span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);

    /// <summary>Marks a span as failed by an exception, of which only the type is told: its message may hold anything.</summary>
    /// <param name="span">The span, if there is one.</param>
    /// <param name="exception">The exception.</param>
    /// <returns>False, for an exception filter.</returns>
    public static bool IsFailedBy(this Activity? span, Exception exception)
    {
        span.Fail(exception.GetType().Name);
        return false;
    }
}
