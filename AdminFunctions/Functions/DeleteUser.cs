using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>DELETE /api/users/{id}</c>: deletes a user, for callers with <c>delete:users</c>.</summary>
/// <param name="pipeline">What every function needs.</param>
/// <param name="rules">Who is never deleted.</param>
/// <param name="audit">The trail of deletions.</param>
/// <param name="tenant">The tenant's users.</param>
public sealed class DeleteUser(RequestPipeline pipeline, DeletionRules rules, DeletionAudit audit, TenantUsers tenant)
{
    /// <summary>
    /// Answers 204 once Auth0 has accepted the deletion, or if the user does not exist. A user who does not exist is not deleted all
    /// the same: one who was created meanwhile would be, without a look at who they are.
    /// </summary>
    /// <remarks>
    /// The function does not stop when its caller goes away. Hanging up cannot take back a deletion that has been sent; it would only
    /// leave open what became of it. Nor may it hide that the caller was refused.
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="id">The user's id, percent-encoded in the address.</param>
    [Function(nameof(DeleteUser))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}")] HttpRequest request,
        string id)
    {
        var attempt = audit.Begin(request.HttpContext, id);
        return pipeline.RunAsync(
            nameof(DeleteUser),
            request,
            Permissions.DeleteUsers,
            async (caller, budget) =>
            {
                attempt.By(caller);
                var userId = Auth0UserId.Parse(id).Value;
                rules.Check([userId], caller);
                if (await tenant.GetIdsAsync(userId, budget) is { } ids)
                {
                    rules.Check(ids, caller);
                    attempt.Requested(userId);
                    await tenant.DeleteAsync(userId, attempt.Id, budget);
                }

                return TypedResults.NoContent();
            },
            CancellationToken.None,
            attempt.Ended);
    }
}
