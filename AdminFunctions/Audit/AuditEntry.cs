using AdminFunctions.Access;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Audit;

/// <summary>
/// One attempt to change a user: an action, an actor, a target and an outcome. An attempt that asks Auth0 for a change leaves two events,
/// one before it asks, so that a crash leaves a trace, and one with the outcome. Any other attempt leaves one.
/// </summary>
public sealed class AuditEntry
{
    private const string Unknown = "-";

    private readonly AuditTrail _trail;
    private readonly string _target;
    private readonly HttpContext _context;
    private readonly string _correlationId;
    private Caller? _caller;
    private bool _isSplit;

    internal AuditEntry(AuditTrail trail, string action, string routeId, HttpContext context)
        : this(
            trail,
            action,
            Auth0UserId.TryParse(routeId, out var id) ? AuditedId.Of(id.Value) : Unknown,
            context,
            correlationId: Guid.NewGuid().ToString("N"))
    {
    }

    private AuditEntry(AuditTrail trail, string action, string target, HttpContext context, string correlationId) =>
        (_trail, Action, _target, _context, _correlationId) = (trail, action, target, context, correlationId);

    /// <summary>The function that does this change, or would do the same for one user. Set it before Auth0 is asked.</summary>
    internal string Action { get; set; }

    /// <summary>Whether Auth0 has been asked for the change. Then the entry must be closed.</summary>
    internal bool IsRequested { get; private set; }

    /// <summary>
    /// Leaves the outcome of a call that changes many users to an entry for each of them (<see cref="For"/>). Call it once nothing can
    /// refuse the whole call any more.
    /// </summary>
    internal void Split() => _isSplit = true;

    /// <summary>Opens the entry of one user of a plan. Its correlation ID begins with the plan's ID.</summary>
    /// <param name="action">The function that would do the same for one user.</param>
    /// <param name="planId">32 characters.</param>
    internal AuditEntry For(string action, string userId, string planId) =>
        new(_trail, action, AuditedId.Of(userId), _context, $"{planId}-{Guid.NewGuid().ToString("N")[..16]}") { _caller = _caller };

    /// <summary>Asks Auth0 for the change, after logging that it is about to be asked.</summary>
    /// <param name="write">
    /// Sends the request. Its argument is the attempt's own ID, which joins its events. Send it to Auth0 as <c>X-Correlation-ID</c>, so
    /// that Auth0's log has it too. The caller's <c>traceparent</c> cannot serve for that, because several attempts may share one.
    /// </param>
    public Task RequestAsync(Func<string, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return write(Request());
    }

    /// <inheritdoc cref="RequestAsync(Func{string, Task})"/>
    public Task<T> RequestAsync<T>(Func<string, Task<T>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return write(Request());
    }

    /// <returns>The attempt's own ID.</returns>
    private string Request()
    {
        if (!IsRequested)
        {
            IsRequested = true;
            Log(_trail.WriteRequested, "requested");
        }

        return _correlationId;
    }

    /// <summary>Names the actor, once the caller has been admitted.</summary>
    internal void Admit(Caller caller) => _caller = caller;

    /// <summary>Logs the outcome.</summary>
    /// <param name="problem">The slug of the problem; <see langword="null"/> if there was none.</param>
    /// <param name="exception">The exception behind the outcome; <see langword="null"/> if nothing failed.</param>
    internal void Close(string? problem, Exception? exception)
    {
        switch (problem)
        {
            case null when _isSplit:
                break;
            case null:
                // A write that succeeds without a request to Auth0 had nothing to change.
                Log(_trail.WriteDone, IsRequested && exception is not NoSuchUserException ? "done" : "no-such-user");
                break;

            // Without an exception, the user was left alone after Auth0 had refused an earlier try.
            case { } when IsRequested
                && exception is null or TenantException { MayBeDone: false } or NoSuchUserException or VaultException:
                Log(_trail.WriteFailed, problem);
                break;
            case { } when IsRequested:
                Log(_trail.WriteUnknown, problem);
                break;
            case { } when _caller is not null || _trail.TryTakeRefusal(problem):
                _caller ??= (exception as AccessDeniedException)?.Caller;
                Log(_trail.WriteRefused, problem);
                break;
        }
    }

    private void Log(Action<string, string, string, string, string, string, string> write, string outcome) => write(
        Action,
        _caller is null ? Unknown : AuditedId.Of(_caller.Subject),
        _caller?.AuthorizedParty is { Length: > 0 } azp ? AuditedId.Of(azp) : Unknown,
        _target,
        outcome,
        _context.TraceIdentifier,
        _correlationId);
}
