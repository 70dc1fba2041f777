using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary>
/// <c>DELETE /api/users/{id}/mfa</c>: deletes a user's second factors, so that they enroll new ones at the next login.
/// </summary>
public sealed class ResetMfa(
    RequestPipeline pipeline, ProtectionRules rules, TenantUsers tenant, TenantAuthenticationMethods methods)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(ResetMfa), Permissions.ResetMfa);

    /// <summary>Responds 200 with the methods that were deleted, and says what became of remembered browsers.</summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    [Function(nameof(ResetMfa))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}/mfa")] HttpRequest request,
        string id) =>
        pipeline.RunWriteAsync(Policy, request, id, async (call, audit) =>
        {
            var userId = Auth0UserId.Parse(id).Value;
            ParameterReader.RefuseAll(request.Query);
            rules.CheckLockout([userId], call.Caller);
            rules.CheckLockout((await tenant.IdentifyAsync(userId, call.Budget)).Ids, call.Caller);

            var outcome = await audit.RequestAsync(async correlationId =>
            {
                var deleted = await methods.DeleteSecondFactorsAsync(userId, correlationId, call.Budget);
                var (browsers, detail) = await SecondHalf.DoAsync(
                    "invalidated",
                    "The second factors are deleted, but browsers that remember one are not asked for another until that expires.",
                    () => methods.InvalidateRememberedBrowsersAsync(userId, correlationId, call.Budget));
                return new MfaOutcome([.. deleted.Select(DeletedMethod.From)], browsers, detail);
            });
            return TypedResults.Json(outcome, UsersJson.Unescaped.MfaOutcome);
        });
}
