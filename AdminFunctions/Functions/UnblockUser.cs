using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>DELETE /api/users/{id}/block</c>: removes an administrator's block, and the blocks by brute-force protection.</summary>
public sealed class UnblockUser(RequestPipeline pipeline, TenantUsers tenant)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(UnblockUser), Permissions.UpdateUsers);

    /// <summary>Responds 200 once the administrator's block is removed, and says what became of the others.</summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    [Function(nameof(UnblockUser))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}/block")] HttpRequest request,
        string id) =>
        pipeline.RunWriteAsync(Policy, request, id, async (call, audit) =>
        {
            var userId = Auth0UserId.Parse(id).Value;
            ParameterReader.RefuseAll(request.Query);
            await tenant.IdentifyAsync(userId, call.Budget);

            var (bruteForce, detail) = await audit.RequestAsync(async correlationId =>
            {
                await tenant.SetBlockedAsync(userId, blocked: false, correlationId, call.Budget);
                return await SecondHalf.DoAsync(
                    "removed",
                    "The administrator's block is removed, but there may be blocks after failed logins.",
                    () => tenant.RemoveBruteForceBlocksAsync(userId, correlationId, call.Budget));
            });
            return TypedResults.Json(new UnblockOutcome(Blocked: false, bruteForce, detail), UsersJson.Unescaped.UnblockOutcome);
        });
}
