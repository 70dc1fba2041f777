using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Functions;
using AdminFunctions.Management;
using AdminFunctions.Users;

namespace AdminFunctions.Deletions;

/// <summary>
/// Acts on one planned user, if they are as planned. The user is read and changed in the same turn, and read again before each further
/// try: what changes in the milliseconds between the read and the change goes unnoticed.
/// </summary>
public sealed class PlannedActions(TenantUsers tenant, TenantActivity activity, ProtectionRules rules, TimeProvider time)
{
    private const string SessionsMayGoOn = "The user is blocked, but sessions may go on.";

    /// <summary>The longest wait for Auth0's rate limit.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Reads the user, compares, and acts; again after a wait if Auth0's rate limit asks for one.</summary>
    /// <param name="trail">The user's own entry in the audit trail.</param>
    /// <param name="turns">Waits for a turn, and for the rate limits.</param>
    /// <param name="stop">Canceled when the call ends. A user whose turn has begun is finished, and is not tried again.</param>
    /// <returns>What became of the user.</returns>
    /// <exception cref="OperationCanceledException">The call ended before the user's turn.</exception>
    /// <exception cref="TenantException">Auth0 failed, or it is not known whether it acted.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    internal async Task<ExecutionLine> ActAsync(
        Ticket ticket, PlannedUser planned, Caller caller, AuditEntry trail, ExecutionPace.Walkers turns, CancellationToken stop)
    {
        TenantException? refusal = null;
        while (true)
        {
            try
            {
                return await turns.RunAsync(
                    ticket.Action, ticket.InactiveSince is not null, () => ActOnceAsync(ticket, planned, caller, trail, stop), stop);
            }
            catch (NoSuchUserException)
            {
                return Line(planned, ExecutionOutcome.Gone);
            }
            catch (TenantException limited) when (IsWorthAWait(limited) && !stop.IsCancellationRequested)
            {
                refusal = limited;
                await Task.Delay(limited.RetryAfter!.Value, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (refusal is not null && stop.IsCancellationRequested)
            {
                throw refusal;
            }
        }
    }

    private static bool IsWorthAWait(TenantException limited) =>
        limited is { Failure: TenantFailure.RateLimited, MayBeDone: false } && limited.RetryAfter <= LongestPause;

    private async Task<ExecutionLine> ActOnceAsync(
        Ticket ticket, PlannedUser planned, Caller caller, AuditEntry trail, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();

        // First, so that only the read of the user comes before the change. A failure waits until the user turns out to be there.
        var activityRead = ticket.InactiveSince is null
            ? Task.FromResult<DateTime?>(null)
            : SendAsync(budget => activity.GetLastActiveAsync(planned.Id, budget));
        await ((Task)activityRead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (read, identified) = await SendAsync(budget => tenant.GetIdentifiedAsync(planned.Id, PlannedUser.Fields, budget));
        var user = User.From(read);
        if (rules.Find(identified.Ids, caller) is { } rule)
        {
            return Line(planned, rule is ProtectionRule.ProtectedUser ? ExecutionOutcome.Protected : ExecutionOutcome.Self);
        }

        if (ticket.Action is PlanAction.Block && user.Blocked is true)
        {
            return await EndSessionsAsync(planned, trail);
        }

        if (planned.Differences(user, DateTimeOffset.FromUnixTimeSeconds(ticket.IssuedAt)) is { Count: > 0 } differences)
        {
            return Line(planned, ExecutionOutcome.Changed) with { Changed = differences };
        }

        if (ticket.InactiveSince is { } bound && await activityRead is { } lastActive
            && lastActive > DateTimeOffset.FromUnixTimeMilliseconds(bound).UtcDateTime)
        {
            return Line(planned, ExecutionOutcome.Active) with { LastActive = lastActive };
        }

        return await trail.RequestAsync(correlationId =>
            ticket.Action is PlanAction.Delete ? DeleteAsync(planned, correlationId) : BlockAsync(planned, correlationId));
    }

    private async Task<ExecutionLine> DeleteAsync(PlannedUser planned, string correlationId)
    {
        using var budget = RequestBudget.StartForChecked(time, RequestBudget.ForRequest);
        await tenant.DeleteAsync(planned.Id, correlationId, budget.Token);
        return Line(planned, ExecutionOutcome.Deleted);
    }

    private async Task<ExecutionLine> BlockAsync(PlannedUser planned, string correlationId)
    {
        using (var budget = RequestBudget.StartForChecked(time, RequestBudget.ForRequest))
        {
            await tenant.SetBlockedAsync(planned.Id, blocked: true, correlationId, budget.Token);
        }

        return await RevokeAccessAsync(planned, correlationId);
    }

    private async Task<ExecutionLine> RevokeAccessAsync(PlannedUser planned, string correlationId)
    {
        var (revocation, detail) = await SecondHalf.DoAsync(
            "accepted", SessionsMayGoOn, () => RevokeOnceAsync(planned, correlationId));
        return Line(planned, ExecutionOutcome.Blocked) with { AccessRevocation = revocation, Detail = detail };
    }

    /// <summary>
    /// Ends the sessions of a user who is blocked already. The block may be somebody else's, or that of an earlier call that broke off.
    /// </summary>
    private async Task<ExecutionLine> EndSessionsAsync(PlannedUser planned, AuditEntry trail)
    {
        trail.Action = nameof(SignOutUser);
        var line = Line(planned, ExecutionOutcome.Blocked);
        try
        {
            await trail.RequestAsync(correlationId => RevokeOnceAsync(planned, correlationId));
            return line with { AccessRevocation = "accepted" };
        }
        catch (Exception exception) when (exception is TenantException or VaultException)
        {
            var (revocation, detail) = SecondHalf.Describe(exception, SessionsMayGoOn);
            return line with { AccessRevocation = revocation, Detail = detail, Failure = exception };
        }
    }

    private Task<bool> RevokeOnceAsync(PlannedUser planned, string correlationId) => SendAsync(async budget =>
    {
        await tenant.RevokeAccessAsync(planned.Id, correlationId, budget);
        return true;
    });

    /// <summary>Sends a request with a time limit of its own. It is not canceled when the caller hangs up.</summary>
    private async Task<T> SendAsync<T>(Func<CancellationToken, Task<T>> send)
    {
        using var budget = RequestBudget.Start(time, RequestBudget.ForRequest);
        return await send(budget.Token);
    }

    private static ExecutionLine Line(PlannedUser planned, ExecutionOutcome outcome) => new() { UserId = planned.Id, Outcome = outcome };
}
