using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary>
/// <c>POST /api/users/{id}/verification-email</c>: has Auth0 send the user an email with a link to verify their email address.
/// </summary>
public sealed class SendVerificationEmail(RequestPipeline pipeline, TenantUsers tenant, TenantEmails emails)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } =
        FunctionPolicy.RequirePermission(nameof(SendVerificationEmail), Permissions.UpdateUsers);

    /// <summary>Responds 202 once Auth0 accepts the request for the email.</summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    [Function(nameof(SendVerificationEmail))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{id}/verification-email")] HttpRequest request,
        string id) =>
        pipeline.RunWriteAsync(Policy, request, id, async (call, audit) =>
        {
            var userId = Auth0UserId.Parse(id).Value;
            ParameterReader.RefuseAll(request.Query);
            VerificationEmail.Check(await tenant.IdentifyAsync(userId, call.Budget, withEmail: true));

            var jobId = await audit.RequestAsync(correlationId => emails.SendVerificationAsync(userId, correlationId, call.Budget));
            return TypedResults.Json(
                new EmailOutcome("accepted", JobId: jobId),
                UsersJson.Unescaped.EmailOutcome,
                statusCode: StatusCodes.Status202Accepted);
        });
}
