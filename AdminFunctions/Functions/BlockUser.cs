using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>PUT /api/users/{id}/block</c>: blocks a user and ends their sessions.</summary>
public sealed class BlockUser(RequestPipeline pipeline, ProtectionRules rules, TenantUsers tenant)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(BlockUser), Permissions.UpdateUsers);

    /// <summary>
    /// Responds 200 once the user is blocked, and says what became of the sessions. Access tokens stay valid until they expire, and
    /// applications keep their own sessions.
    /// </summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    [Function(nameof(BlockUser))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{id}/block")] HttpRequest request,
        string id) =>
        pipeline.RunWriteAsync(Policy, request, id, async (call, audit) =>
        {
            var userId = Auth0UserId.Parse(id).Value;
            ParameterReader.RefuseAll(request.Query);
            rules.CheckLockout([userId], call.Caller);
            rules.CheckLockout((await tenant.IdentifyAsync(userId, call.Budget)).Ids, call.Caller);

            var (sessions, detail) = await audit.RequestAsync(async correlationId =>
            {
                await tenant.SetBlockedAsync(userId, blocked: true, correlationId, call.Budget);
                return await SecondHalf.DoAsync(
                    "accepted",
                    "The user is blocked, but sessions may go on.",
                    () => tenant.RevokeAccessAsync(userId, correlationId, call.Budget));
            });
            return TypedResults.Json(new BlockOutcome(Blocked: true, sessions, detail), UsersJson.Unescaped.BlockOutcome);
        });
}
