using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>DELETE /api/users/{id}</c>: deletes a user.</summary>
public sealed class DeleteUser(RequestPipeline pipeline, ProtectionRules rules, TenantUsers tenant)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(DeleteUser), Permissions.DeleteUsers);

    /// <summary>
    /// Responds 204 once Auth0 accepts the deletion, or if the user does not exist. In the second case Auth0 is not asked to delete:
    /// a user who is created in the meantime has not been checked against the rules.
    /// </summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    [Function(nameof(DeleteUser))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}")] HttpRequest request,
        string id) =>
        pipeline.RunWriteAsync(Policy, request, id, async (call, audit) =>
        {
            var userId = Auth0UserId.Parse(id).Value;
            ParameterReader.RefuseAll(request.Query);
            rules.CheckDeletion([userId], call.Caller);
            try
            {
                var user = await tenant.IdentifyAsync(userId, call.Budget);
                rules.CheckDeletion(user.Ids, call.Caller);
                await audit.RequestAsync(correlationId => tenant.DeleteAsync(userId, correlationId, call.Budget));
            }
            catch (NoSuchUserException)
            {
                // As good as deleted.
            }

            return TypedResults.NoContent();
        });
}
