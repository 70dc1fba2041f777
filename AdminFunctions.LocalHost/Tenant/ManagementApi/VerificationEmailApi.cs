using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// The jobs that send a verification mail. https://auth0.com/docs/api/management/v2/jobs/post-verification-email.
/// </summary>
internal sealed class VerificationEmailApi(UserDirectory users, UserActivity activity, TenantOptions options)
{
    public async Task CreateAsync(HttpContext context)
    {
        if (await context.BodyAsync() is not { } body)
        {
            return;
        }

        if (body["user_id"] is not JsonValue value || !value.TryGetValue<string>(out var id))
        {
            await context.InvalidBodyAsync("Missing required property: user_id");
            return;
        }

        if (body["client_id"] is JsonValue client && client.ToString() != options.SpaClientId)
        {
            await context.ErrorAsync(404, "Not Found", "The client does not exist.", "inexistent_client");
            return;
        }

        if (users.Find(id) is not { } user)
        {
            await context.NoSuchUserAsync();
            return;
        }

        if (user.Email is not { } email)
        {
            await context.ErrorAsync(400, "Bad Request", "The user does not have an email address.", "invalid_body");
            return;
        }

        activity.Mails.Send(email, "verification", user.Identities[0].Connection.Name);
        activity.Log.Add(user, "svr", "Verification email requested", context);
        await context.AnswerAsync(201, new JsonObject
        {
            ["status"] = "pending",
            ["type"] = "verification_email",
            ["created_at"] = activity.Now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
            ["id"] = $"job_{Tokens.Random()}",
        });
    }
}
