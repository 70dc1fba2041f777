using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// A user's access: the revocation of sessions and refresh tokens, and the blocks by brute-force protection.
/// https://auth0.com/docs/api/management/v2/users/post-revoke-access,
/// https://auth0.com/docs/api/management/v2/user-blocks/get-user-blocks-by-id.
/// </summary>
internal sealed class UserAccessApi(
    UserDirectory users, UserActivity activity, LoginSessions sessions, TenantStats stats, TenantOptions options)
{
    public async Task RevokeAsync(HttpContext context, string id, string[] scopes)
    {
        if (!options.HasSessionManagement)
        {
            await context.NotInPlanAsync();
            return;
        }

        if (!await context.IsUserIdAsync(id, "ID of the user to revoke access for") || await context.BodyAsync() is not { } body)
        {
            return;
        }

        if (Problem(body, out var sessionId, out var keepsRefreshTokens) is { } problem)
        {
            await context.InvalidBodyAsync(problem);
            return;
        }

        if (users.Find(id) is not { } user)
        {
            await context.NoSuchUserAsync();
            return;
        }

        if (!keepsRefreshTokens && !scopes.Contains("delete:refresh_tokens"))
        {
            await context.ErrorAsync(
                403, "Forbidden", "Insufficient scope, expected any of: delete:refresh_tokens", "insufficient_scope");
            return;
        }

        // Auth0 revokes later, and says nothing about an unknown session.
        sessions.End(id, sessionId, keepsRefreshTokens);
        stats.CountAccessRevocation();
        activity.Log.Add(user, "sapi", "Revoke access of a user", context);
        context.Response.StatusCode = 202;
    }

    /// <summary>Reads the body of a revocation.</summary>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    private static string? Problem(JsonObject body, out string? sessionId, out bool keepsRefreshTokens)
    {
        (sessionId, keepsRefreshTokens) = (null, false);
        if (body.FirstOrDefault(static member => member.Key is not ("session_id" or "preserve_refresh_tokens")) is { Key: { } other })
        {
            return $"Additional properties not allowed: {other}";
        }

        if (body.TryGetPropertyValue("session_id", out var session)
            && !(session is JsonValue text && text.TryGetValue(out sessionId) && sessionId.Length > 0))
        {
            return "Expected type string on property session_id (ID of the session to revoke)";
        }

        return body.TryGetPropertyValue("preserve_refresh_tokens", out var keep)
            && !(keep is JsonValue flag && flag.TryGetValue(out keepsRefreshTokens))
                ? "Expected type boolean on property preserve_refresh_tokens (Whether to preserve the refresh tokens)"
                : null;
    }

    public Task ListBlocksAsync(HttpContext context, string id) => users.Find(id) is null
        ? context.NoSuchUserAsync()
        : context.WriteAsync(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("blocked_for");
            foreach (var block in activity.Blocks.Of(id))
            {
                json.WriteStartObject();
                json.WriteString("identifier", block.Identifier);
                json.WriteString("ip", block.Ip);
                json.WriteString("connection", block.Connection);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    public Task RemoveBlocksAsync(HttpContext context, string id)
    {
        if (users.Find(id) is not { } user)
        {
            return context.NoSuchUserAsync();
        }

        activity.Blocks.Remove(id);
        activity.Log.Add(user, "sapi", "Unblock a user", context);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}
