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
    /// <summary>Answers 204 when Auth0 has taken the deletion, also when there was no such user.</summary>
    /// <param name="request">The request.</param>
    /// <param name="id">The user's id, percent-encoded in the address.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    [Function(nameof(DeleteUser))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var attempt = audit.Begin(request.HttpContext, id);
        return pipeline.RunAsync(
            nameof(DeleteUser),
            request,
            Permissions.DeleteUsers,
            async (caller, budget) =>
            {
                attempt.By(caller);
                var userId = UserId.Parse(id);
                rules.Check(userId, caller);
                attempt.Requested(userId);
                await tenant.DeleteAsync(userId, correlationId: request.HttpContext.TraceIdentifier, budget);
                return TypedResults.NoContent();
            },
            cancellationToken,
            attempt.Ended);
    }
}
