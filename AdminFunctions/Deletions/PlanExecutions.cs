using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Export;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Users;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Deletions;

/// <summary>Executes the batches of plans.</summary>
public sealed class PlanExecutions(
    PlanTokens tokens,
    PlanApprovals approvals,
    ExecutionPace pace,
    ExportSlots slots,
    PlannedActions actions,
    AuditTrail audit,
    IOptions<UsersOptions> settings,
    TimeProvider time)
{
    /// <summary>
    /// Checks everything that can refuse a batch as a whole, and starts it. It takes the slot of an export, because it also takes turns at
    /// reading users.
    /// </summary>
    /// <param name="entry">The entry of the call in the audit trail.</param>
    /// <param name="describe">Describes a failure as a problem: its slug, and its details as JSON.</param>
    /// <param name="budget">Canceled when the time of the checks is up.</param>
    /// <exception cref="InvalidRequestException">The tokens are not those of one plan of this tenant, or the total is wrong.</exception>
    /// <exception cref="PlanRefusedException">The plan has expired, is someone else's, or is not approved.</exception>
    /// <exception cref="AccessDeniedException">The caller may not do what the plan does.</exception>
    /// <exception cref="TooManyExportsException">Too many exports, plans and executions are in progress.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    internal async Task<PlanExecution> StartAsync(
        ExecutionRequest request,
        Caller caller,
        string traceId,
        AuditEntry entry,
        Func<Exception, (string Slug, byte[] Details)> describe,
        CancellationToken budget)
    {
        var ticket = await tokens.VerifyTicketAsync(request.Ticket!, budget);
        var seal = await tokens.VerifySealAsync(request.Seal!, budget);
        Check(request, ticket, seal, caller);
        if (settings.Value.PlansNeedApproval)
        {
            await approvals.CheckAsync(request.Approval, seal, budget);
        }

        var slot = slots.Take(caller.Subject);
        entry.Split();
        var except = (request.Except ?? []).ToHashSet(StringComparer.Ordinal);
        return new PlanExecution(ticket, except, caller, traceId, entry, describe, actions, pace.Join(), slot, audit, time);
    }

    private static void Check(ExecutionRequest request, Ticket ticket, Seal seal, Caller caller)
    {
        if (ticket.Actor != caller.Subject || seal.Actor != caller.Subject)
        {
            throw new PlanRefusedException(
                PlanRefusal.AnotherActor, "Another administrator made this plan. Only they can execute it; make a plan of your own.");
        }

        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (ticket.Plan != seal.Plan || ticket.Action != seal.Action)
        {
            errors["seal"] = ["This is the seal of another plan than the ticket's."];
        }
        else if (request.Confirm != seal.Total)
        {
            errors["confirm"] = ["confirm is not the plan's total. Look at the plan again before you execute it."];
        }

        var planned = ticket.Users.Select(static user => user.Id).ToHashSet(StringComparer.Ordinal);
        if (request.Except?.All(planned.Contains) is false)
        {
            errors["except"] = ["except has an ID that is not in the ticket. Leave out the users of a batch with its own ticket."];
        }

        if (errors.Count > 0)
        {
            throw new InvalidRequestException(errors);
        }

        caller.Require(ticket.Action.Permission());
    }
}
