using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Audit;

/// <summary>
/// The audit trail: who tried to change what, when, and with what outcome. The request pipeline opens and closes an entry for each call
/// of a function that writes. docs/operations.md lists the events and the queries that find them.
/// </summary>
/// <remarks>
/// The text of an event contains everything, always in the same form, because the Functions host forwards only the text and the name of
/// an event from a worker's log.
/// </remarks>
public sealed partial class AuditTrail : IDisposable
{
    /// <summary>The log category of all events.</summary>
    internal const string Category = "AdminFunctions.Audit";

    private readonly ILogger _logger;
    private readonly LineLimit _refusals;

    /// <summary>Creates the trail.</summary>
    /// <param name="time">The clock by which refusals of callers without the permission are limited.</param>
    /// <param name="loggers">Receives the events.</param>
    public AuditTrail(TimeProvider time, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger(Category);
        _refusals = new(time, LogRefusalsLeftOut);
    }

    /// <summary>Opens the entry of a call. Nothing is logged yet.</summary>
    /// <param name="action">The function's name.</param>
    /// <param name="routeId">The ID of the user to change, as it is in the route; it may be invalid.</param>
    /// <param name="context">The call. Its trace ID is read when an event is logged.</param>
    internal AuditEntry Open(string action, string routeId, HttpContext context)
    {
        _refusals.WriteLeftOut();
        return new(this, action, routeId, context);
    }

    /// <summary>Returns whether one more refusal of a caller without the permission may be logged.</summary>
    internal bool TryTakeRefusal(string outcome) => _refusals.TryTake(outcome);

    /// <summary>Logs how many refusals were left out.</summary>
    public void Dispose() => _refusals.Dispose();

    private const string Text =
        " action={Action} actor={Actor} azp={Azp} target={Target} outcome={Outcome} traceId={TraceId} correlationId={CorrelationId}";

    [LoggerMessage(1001, LogLevel.Information, nameof(WriteRequested) + Text, EventName = nameof(WriteRequested))]
    internal partial void WriteRequested(
        string action, string actor, string azp, string target, string outcome, string traceId, string correlationId);

    [LoggerMessage(1002, LogLevel.Information, nameof(WriteDone) + Text, EventName = nameof(WriteDone))]
    internal partial void WriteDone(
        string action, string actor, string azp, string target, string outcome, string traceId, string correlationId);

    [LoggerMessage(1003, LogLevel.Information, nameof(WriteRefused) + Text, EventName = nameof(WriteRefused))]
    internal partial void WriteRefused(
        string action, string actor, string azp, string target, string outcome, string traceId, string correlationId);

    [LoggerMessage(1004, LogLevel.Warning, nameof(WriteFailed) + Text, EventName = nameof(WriteFailed))]
    internal partial void WriteFailed(
        string action, string actor, string azp, string target, string outcome, string traceId, string correlationId);

    [LoggerMessage(1005, LogLevel.Warning, nameof(WriteUnknown) + Text, EventName = nameof(WriteUnknown))]
    internal partial void WriteUnknown(
        string action, string actor, string azp, string target, string outcome, string traceId, string correlationId);

    [LoggerMessage(
        1006, LogLevel.Warning, "WriteRefusalsLeftOut outcome={Outcome} count={Count}", EventName = "WriteRefusalsLeftOut")]
    private partial void LogRefusalsLeftOut(string outcome, int count);
}
