using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>DELETE /api/users/{id}/sessions</c>: ends a user's sessions at Auth0 and revokes their refresh tokens.</summary>
public sealed class SignOutUser(RequestPipeline pipeline, TenantUsers tenant)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(SignOutUser), Permissions.UpdateUsers);

    /// <summary>Responds 202, because Auth0 accepts the request and ends the sessions later.</summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    [Function(nameof(SignOutUser))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}/sessions")] HttpRequest request,
        string id) =>
        pipeline.RunWriteAsync(Policy, request, id, async (call, audit) =>
        {
            var userId = Auth0UserId.Parse(id).Value;
            ParameterReader.RefuseAll(request.Query);
            await tenant.IdentifyAsync(userId, call.Budget);

            await audit.RequestAsync(correlationId => tenant.RevokeAccessAsync(userId, correlationId, call.Budget));
            return TypedResults.Json(
                new SignOutOutcome("accepted"), UsersJson.Unescaped.SignOutOutcome, statusCode: StatusCodes.Status202Accepted);
        });
}
