using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Management;
using AdminFunctions.Users;

namespace AdminFunctions.Deletions;

/// <summary>
/// Acts on one planned user, if they are as planned. Between the read and the action lies one request: what changes in those milliseconds
/// goes unnoticed.
/// </summary>
public sealed class PlannedActions(TenantUsers tenant, TenantActivity activity, ProtectionRules rules)
{
    /// <summary>Reads the user, compares, and acts.</summary>
    /// <param name="trail">The user's own entry in the audit trail.</param>
    /// <returns>What became of the user.</returns>
    /// <exception cref="TenantException">Auth0 failed, or it is not known whether it acted.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    internal async Task<ExecutionLine> ActAsync(
        Ticket ticket, PlannedUser planned, Caller caller, AuditEntry trail, PlanExecution.Turns turns)
    {
        try
        {
            var (read, identified) = await turns.ReadAsync(
                turns.Pace.Read, budget => tenant.GetIdentifiedAsync(planned.Id, PlannedUser.Fields, budget));
            var user = User.From(read);
            if (rules.Find(identified.Ids, caller) is { } rule)
            {
                return Line(planned, rule is ProtectionRule.ProtectedUser ? ExecutionOutcome.Protected : ExecutionOutcome.Self);
            }

            if (ticket.Action is PlanAction.Block && user.Blocked is true)
            {
                return Line(planned, ExecutionOutcome.Blocked);
            }

            if (planned.Differences(user, DateTimeOffset.FromUnixTimeSeconds(ticket.IssuedAt)) is { Count: > 0 } differences)
            {
                return Line(planned, ExecutionOutcome.Changed) with { Changed = differences };
            }

            if (ticket.InactiveSince is { } bound
                && await turns.ReadAsync(turns.Pace.Other, budget => activity.GetLastActiveAsync(planned.Id, budget)) is { } lastActive
                && lastActive > DateTimeOffset.FromUnixTimeMilliseconds(bound).UtcDateTime)
            {
                return Line(planned, ExecutionOutcome.Active) with { LastActive = lastActive };
            }

            return ticket.Action is PlanAction.Delete
                ? await DeleteAsync(planned, trail, turns)
                : await BlockAsync(planned, trail, turns);
        }
        catch (NoSuchUserException)
        {
            return Line(planned, ExecutionOutcome.Gone);
        }
    }

    private static ExecutionLine Line(PlannedUser planned, ExecutionOutcome outcome) => new() { UserId = planned.Id, Outcome = outcome };

    private async Task<ExecutionLine> DeleteAsync(PlannedUser planned, AuditEntry trail, PlanExecution.Turns turns)
    {
        await turns.WriteAsync(
            turns.Pace.Delete,
            budget => trail.RequestAsync(correlationId => tenant.DeleteAsync(planned.Id, correlationId, budget)));
        return Line(planned, ExecutionOutcome.Deleted);
    }

    private async Task<ExecutionLine> BlockAsync(PlannedUser planned, AuditEntry trail, PlanExecution.Turns turns)
    {
        await turns.WriteAsync(
            turns.Pace.Update,
            budget => trail.RequestAsync(correlationId => tenant.SetBlockedAsync(planned.Id, blocked: true, correlationId, budget)));
        var (revocation, detail) = await SecondHalf.DoAsync(
            "accepted",
            "The user is blocked, but sessions may go on.",
            () => turns.FinishAsync(
                turns.Pace.Other,
                budget => trail.RequestAsync(correlationId => tenant.RevokeAccessAsync(planned.Id, correlationId, budget))));
        return Line(planned, ExecutionOutcome.Blocked) with { AccessRevocation = revocation, Detail = detail };
    }
}
