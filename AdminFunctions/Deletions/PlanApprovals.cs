using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Management;
using AdminFunctions.Users;

namespace AdminFunctions.Deletions;

/// <summary>The second administrator's approval of a plan.</summary>
public sealed class PlanApprovals(PlanTokens tokens, TenantUsers tenant, AuditTrail audit)
{
    /// <summary>Approves a plan or, for a preview, says what it is without approving it.</summary>
    /// <exception cref="InvalidRequestException">It is not a seal of this tenant, or it was altered.</exception>
    /// <exception cref="PlanRefusedException">It has expired, or the caller made the plan.</exception>
    /// <exception cref="AccessDeniedException">The caller may not do what the plan does.</exception>
    /// <exception cref="TenantException">The caller's accounts could not be read.</exception>
    internal async Task<ApprovedPlan> ApproveAsync(ApprovalRequest request, Caller caller, string traceId, CancellationToken budget)
    {
        var seal = await tokens.VerifySealAsync(request.Seal!, budget);
        caller.Require(seal.Action.Permission());
        await CheckThatThereAreTwoAsync(seal, caller, budget);
        var plan = new ApprovedPlan(
            seal.Plan,
            seal.Action,
            seal.Total,
            seal.Q,
            seal.Reason,
            seal.Actor,
            DateTimeOffset.FromUnixTimeSeconds(seal.Expires).UtcDateTime);
        if (request.Preview)
        {
            return plan;
        }

        var approval = PlanTokens.Sign(
            new Approval
            {
                Issuer = tokens.Issuer,
                Actor = caller.Subject,
                IssuedAt = seal.IssuedAt,
                Expires = seal.Expires,
                Plan = seal.Plan,
                Digest = seal.Digest,
            },
            await tokens.GetSigningKeyAsync(budget));
        audit.Approved(seal.Plan, caller, seal.Total, seal.Digest, traceId);
        return plan with { Approval = approval };
    }

    /// <summary>Checks that a plan has been approved by someone other than the administrator who made it.</summary>
    /// <exception cref="PlanRefusedException">It has not.</exception>
    internal async Task CheckAsync(string? approvalToken, Seal seal, CancellationToken budget)
    {
        if (string.IsNullOrEmpty(approvalToken))
        {
            throw new PlanRefusedException(
                PlanRefusal.ApprovalRequired,
                "A second administrator has to approve this plan. Give them its seal, and send the approval that they get.");
        }

        var approval = await tokens.VerifyApprovalAsync(approvalToken, budget);
        if (approval.Plan != seal.Plan || approval.Digest != seal.Digest || IsSame(approval.Actor, seal.Actor))
        {
            throw new InvalidRequestException("approval", "This is the approval of another plan.");
        }
    }

    /// <summary>
    /// Checks that the caller is not the person who made the plan. The subjects of two tokens can differ although the accounts are
    /// linked. If a token names an account that has been linked since, its user cannot be read, so it cannot approve.
    /// </summary>
    private async Task CheckThatThereAreTwoAsync(Seal seal, Caller caller, CancellationToken budget)
    {
        if (IsSame(seal.Actor, caller.Subject) || (await IdsOfAsync(caller, budget)).Any(id => IsSame(seal.Actor, id)))
        {
            throw new PlanRefusedException(
                PlanRefusal.ApprovalRequired, "You made this plan. Give its seal to another administrator, and ask them to approve it.");
        }
    }

    private async Task<IReadOnlyList<string>> IdsOfAsync(Caller caller, CancellationToken budget)
    {
        if (!caller.Subject.Contains('|', StringComparison.Ordinal))
        {
            // The administrator who made the plan may have its secret.
            throw new PlanRefusedException(
                PlanRefusal.ApprovalRequired,
                "An application cannot approve a plan. Ask a second administrator to sign in and approve it.");
        }

        try
        {
            return (await tenant.IdentifyAsync(caller.Subject, budget)).Ids;
        }
        catch (NoSuchUserException)
        {
            throw new PlanRefusedException(
                PlanRefusal.ApprovalRequired,
                "The account that you signed in with no longer exists, or is linked to another one. Sign in again, or ask another "
                    + "administrator to approve the plan.");
        }
    }

    /// <summary>It does no harm to take too many for the same person.</summary>
    private static bool IsSame(string subject, string other) => subject.Equals(other, StringComparison.OrdinalIgnoreCase);
}
