using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Export;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Users;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Deletions;

/// <summary>Makes plans.</summary>
public sealed class DeletionPlans(
    TenantUsers tenant,
    TenantActivity activity,
    ExportSlots slots,
    WalkPace pace,
    PlanTokens tokens,
    ProtectionRules rules,
    AuditTrail audit,
    IOptions<UsersOptions> settings,
    TimeProvider time)
{
    /// <summary>
    /// Starts a plan. Its first page of users is read, and the key that signs it, so that a failure up to there is known before a response
    /// begins. A plan takes the slot of an export, because it reads as many users.
    /// </summary>
    /// <param name="budget">Canceled when the time of the call is up.</param>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    /// <exception cref="TooManyExportsException">Too many exports and plans are in progress.</exception>
    /// <exception cref="TenantException">Auth0 did not return the first page, or does not allow the required look at activity.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    internal async Task<DeletionPlan> StartAsync(
        PlanRequest request, Caller caller, string traceId, CancellationToken budget, CancellationToken cancellationToken)
    {
        var key = await tokens.GetSigningKeyAsync(budget);
        var pages = new UserWalk(tenant, pace, time, request.ToListUsersRequest()).RunAsync(cancellationToken);
        var plan = new DeletionPlan(
            request, caller, key, traceId, pages.GetAsyncEnumerator(cancellationToken), slots.Take(caller.Subject), tokens, rules, audit,
            settings.Value, time);
        try
        {
            var users = await plan.ReadFirstPageAsync();
            if (plan.InactiveSince is not null)
            {
                await CheckThatActivityCanBeReadAsync(plan, users, request.RequiresActivity, budget);
            }

            return plan;
        }
        catch
        {
            await plan.DisposeAsync();
            throw;
        }
    }

    private async Task CheckThatActivityCanBeReadAsync(
        DeletionPlan plan, IEnumerable<string> users, bool isRequired, CancellationToken budget)
    {
        // The search may still find a user who has just been deleted.
        foreach (var id in users.Take(3))
        {
            try
            {
                await activity.GetLastActiveAsync(id, budget);
                return;
            }
            catch (NoSuchUserException)
            {
            }
            catch (TenantException exception) when (!isRequired && TenantErrors.IsDenied(exception))
            {
                plan.DoNotLookAtActivity(
                    $"{exception.Message} So users who only use existing refresh tokens or sessions look inactive, although they are not: "
                        + "silent sign-ins and exchanges of refresh tokens do not update last_login.");
                return;
            }
        }
    }
}
