using AdminFunctions.Access;
using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Users;

/// <summary>
/// The trail of who deleted whom, when, and whether it worked: one event when Auth0 is about to be asked, so that a crash leaves
/// a trace, and one with the outcome. docs/operations.md has the events, and the queries that find them.
/// </summary>
/// <remarks>
/// The text of an event has everything in it, in one form: the Functions host hands on the text of a worker's log, and the
/// event's name, and nothing else.
/// </remarks>
public sealed partial class DeletionAudit : IDisposable
{
    /// <summary>The category of all events.</summary>
    internal const string Category = "AdminFunctions.Audit";

    private const string Nobody = "-";

    private readonly ILogger _logger;
    private readonly LineLimit _refusals;

    /// <summary>Writes nothing yet.</summary>
    /// <param name="time">The clock by which refusals of callers without the permission are limited.</param>
    /// <param name="loggers">Where the events go to.</param>
    public DeletionAudit(TimeProvider time, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger(Category);
        _refusals = new(time, LogRefusalsLeftOut);
    }

    /// <summary>Begins the trail of an attempt to delete a user.</summary>
    /// <param name="context">The call, which has its trace id by the time anything is written.</param>
    /// <param name="routeValue">Who is to be deleted, not looked at yet.</param>
    public Attempt Begin(HttpContext context, string routeValue)
    {
        _refusals.WriteLeftOut();
        return new(this, context, routeValue);
    }

    /// <summary>Writes how many refusals were left out.</summary>
    public void Dispose() => _refusals.Dispose();

    /// <summary>One attempt to delete a user.</summary>
    public sealed class Attempt
    {
        private readonly DeletionAudit _audit;
        private readonly HttpContext _context;
        private readonly string _routeValue;
        private Caller? _caller;
        private string? _requested;

        internal Attempt(DeletionAudit audit, HttpContext context, string routeValue) =>
            (_audit, _context, _routeValue) = (audit, context, routeValue);

        /// <summary>
        /// The attempt's id, ours and fresh, whatever the caller's <c>traceparent</c> is: it joins the events of an attempt, and as
        /// <c>X-Correlation-ID</c> Auth0's log with them.
        /// </summary>
        public string Id { get; } = Guid.NewGuid().ToString("N");

        /// <summary>The caller is admitted.</summary>
        /// <param name="caller">Who it is.</param>
        public void By(Caller caller) => _caller = caller;

        /// <summary>Auth0 is about to be asked.</summary>
        /// <param name="userId">To delete whom.</param>
        public void Requested(string userId)
        {
            _requested = AuditedId.Of(userId);
            _audit.LogRequested(Actor(_caller), Azp(_caller), _requested, _context.TraceIdentifier, Id);
        }

        /// <summary>The attempt has ended.</summary>
        /// <param name="problem">
        /// The slug of what went wrong; <see langword="null"/> if Auth0 has taken the deletion, or was not asked because there is no
        /// such user.
        /// </param>
        /// <param name="exception">What was thrown.</param>
        public void Ended(string? problem, Exception? exception)
        {
            var traceId = _context.TraceIdentifier;
            switch (_requested, problem)
            {
                case (null, null):
                    _audit.LogSkipped(Actor(_caller), Azp(_caller), AuditedId.OfRoute(_routeValue), traceId, Id);
                    break;
                case (null, _):
                    var caller = _caller ?? (exception as AccessDeniedException)?.Caller;
                    if (_caller is not null || _audit._refusals.TryTake(problem))
                    {
                        _audit.LogRefused(Actor(caller), Azp(caller), AuditedId.OfRoute(_routeValue), problem, traceId, Id);
                    }

                    break;
                case (_, null):
                    _audit.LogDeleted(Actor(_caller), Azp(_caller), _requested, traceId, Id);
                    break;
                default:
                    _audit.LogFailed(Actor(_caller), Azp(_caller), _requested, problem, traceId, Id);
                    break;
            }
        }

        private static string Actor(Caller? caller) => caller is null ? Nobody : AuditedId.Of(caller.Subject);

        private static string Azp(Caller? caller) => caller?.AuthorizedParty is { Length: > 0 } azp ? AuditedId.Of(azp) : Nobody;
    }

    [LoggerMessage(1001, LogLevel.Information, "UserDeletionRequested actor={Actor} azp={Azp} target={Target} outcome=requested traceId={TraceId} correlationId={CorrelationId}", EventName = "UserDeletionRequested")]
    private partial void LogRequested(string actor, string azp, string target, string traceId, string correlationId);

    [LoggerMessage(1002, LogLevel.Information, "UserDeleted actor={Actor} azp={Azp} target={Target} outcome=deleted traceId={TraceId} correlationId={CorrelationId}", EventName = "UserDeleted")]
    private partial void LogDeleted(string actor, string azp, string target, string traceId, string correlationId);

    [LoggerMessage(1003, LogLevel.Information, "UserDeletionRefused actor={Actor} azp={Azp} target={Target} outcome={Outcome} traceId={TraceId} correlationId={CorrelationId}", EventName = "UserDeletionRefused")]
    private partial void LogRefused(string actor, string azp, string target, string outcome, string traceId, string correlationId);

    [LoggerMessage(1004, LogLevel.Warning, "UserDeletionFailed actor={Actor} azp={Azp} target={Target} outcome={Outcome} traceId={TraceId} correlationId={CorrelationId}", EventName = "UserDeletionFailed")]
    private partial void LogFailed(string actor, string azp, string target, string outcome, string traceId, string correlationId);

    [LoggerMessage(1005, LogLevel.Warning, "UserDeletionRefusalsLeftOut outcome={Outcome} count={Count}", EventName = "UserDeletionRefusalsLeftOut")]
    private partial void LogRefusalsLeftOut(string outcome, int count);

    [LoggerMessage(1006, LogLevel.Information, "UserDeletionSkipped actor={Actor} azp={Azp} target={Target} outcome=no-such-user traceId={TraceId} correlationId={CorrelationId}", EventName = "UserDeletionSkipped")]
    private partial void LogSkipped(string actor, string azp, string target, string traceId, string correlationId);
}
