using AdminFunctions.Access;
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

    /// <summary>Logs that a plan is complete. Nothing has been changed yet.</summary>
    /// <param name="action"><c>block</c> or <c>delete</c>.</param>
    /// <param name="q">The search; <see langword="null"/> for everyone.</param>
    internal void Planned(
        string plan, string action, Caller actor, int total, string digest, string traceId, string? q, string reason) =>
        PlanMade(
            plan,
            action,
            AuditedId.Of(actor.Subject),
            total,
            digest,
            traceId,
            AuditedText.Of(q ?? "(everyone)"),
            AuditedText.Of(reason));

    /// <summary>Logs that a second administrator has approved a plan.</summary>
    internal void Approved(string plan, Caller actor, int total, string digest, string traceId) =>
        PlanApproved(plan, AuditedId.Of(actor.Subject), total, digest, traceId);

    /// <summary>Logs how a call ended that executes a batch of a plan.</summary>
    /// <param name="outcomes">How many users had which outcome.</param>
    internal void Executed(
        string plan, int batch, string action, Caller actor, IReadOnlyDictionary<string, int> outcomes, int remaining, string traceId) =>
        PlanExecuted(
            plan,
            batch,
            action,
            AuditedId.Of(actor.Subject),
            string.Join(',', outcomes.Select(static outcome => $"{outcome.Key}:{outcome.Value}")),
            remaining,
            traceId);

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

    [LoggerMessage(
        1007,
        LogLevel.Information,
        "PlanMade plan={Plan} action={Action} actor={Actor} total={Total} digest={Digest} traceId={TraceId} q={Q} reason={Reason}",
        EventName = nameof(PlanMade))]
    private partial void PlanMade(
        string plan, string action, string actor, int total, string digest, string traceId, string q, string reason);

    [LoggerMessage(
        1008,
        LogLevel.Information,
        "PlanApproved plan={Plan} actor={Actor} total={Total} digest={Digest} traceId={TraceId}",
        EventName = nameof(PlanApproved))]
    private partial void PlanApproved(string plan, string actor, int total, string digest, string traceId);

    [LoggerMessage(
        1009,
        LogLevel.Information,
        "PlanExecuted plan={Plan} batch={Batch} action={Action} actor={Actor} outcomes={Outcomes} remaining={Remaining} traceId={TraceId}",
        EventName = nameof(PlanExecuted))]
    private partial void PlanExecuted(
        string plan, int batch, string action, string actor, string outcomes, int remaining, string traceId);
}
