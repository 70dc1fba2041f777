using System.Diagnostics;

namespace AdminFunctions.Telemetry;

/// <summary>
/// The spans of the activity source <c>AdminFunctions</c>. Without a listener they are <see langword="null"/> and cost nothing.
/// </summary>
internal static class Spans
{
    /// <summary>The activity source's name.</summary>
    public const string SourceName = "AdminFunctions";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts a child of the current span.</summary>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>
    /// Starts the span of a function call. It is a child of the host's span, unless that is not in the caller's trace, which the header
    /// <c>traceparent</c> names (W3C Trace Context).
    /// </summary>
    public static Activity? StartCall(string function, string? traceParent)
    {
        var hasCaller = ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var caller);
        return Activity.Current is { } host && (!hasCaller || host.TraceId == caller.TraceId)
            ? Source.StartActivity(function)
            : Source.StartActivity(function, ActivityKind.Server, caller);
    }

    /// <summary>Starts a new trace for work that several calls wait for, with a link to the span that started the work.</summary>
    public static Activity? StartShared(string name, ActivityContext startedBy)
    {
        Activity.Current = null;
        ActivityLink[]? links = startedBy == default ? null : [new(startedBy)];
        return Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: links);
    }

    /// <summary>Marks a span as failed.</summary>
    /// <param name="error">OpenTelemetry's <c>error.type</c>: one of a few values.</param>
    public static void Fail(this Activity? span, string error) =>
        span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);

    /// <summary>Marks a span as failed. It records the exception's type only, because the message may contain personal data.</summary>
    /// <returns>False, for use in an exception filter.</returns>
    public static bool IsFailedBy(this Activity? span, Exception exception)
    {
        span.Fail(exception.GetType().Name);
        return false;
    }
}
