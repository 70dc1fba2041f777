using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>POST /api/users/{id}/password-reset</c>: has Auth0 send the user an email with a link to set a new password.</summary>
public sealed class SendPasswordReset(RequestPipeline pipeline, TenantUsers tenant, TenantEmails emails)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } =
        FunctionPolicy.RequirePermission(nameof(SendPasswordReset), Permissions.UpdateUsers);

    /// <summary>Responds 202 once Auth0 accepts the request for the email.</summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    [Function(nameof(SendPasswordReset))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{id}/password-reset")] HttpRequest request,
        string id) =>
        pipeline.RunWriteAsync(Policy, request, id, async (call, audit) =>
        {
            var userId = Auth0UserId.Parse(id).Value;
            ParameterReader.RefuseAll(request.Query);
            var reset = await PasswordReset.ReadAsync(request, call.Budget);
            var (email, connection) = reset.Find(await tenant.IdentifyAsync(userId, call.Budget, withEmail: true));

            await audit.RequestAsync(_ => emails.SendPasswordResetAsync(email, connection, call.Budget));
            return TypedResults.Json(
                new EmailOutcome("accepted", Connection: connection),
                UsersJson.Unescaped.EmailOutcome,
                statusCode: StatusCodes.Status202Accepted);
        });
}
