using System.Globalization;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// The Management API, <c>/api/v2</c>: rate limits, bearer tokens, scopes, and which endpoint handles a request.
/// https://auth0.com/docs/api/management/v2.
/// </summary>
internal sealed class ManagementEndpoints(
    UserDirectory users,
    UserActivity activity,
    LoginSessions sessions,
    Tokens tokens,
    TenantStats stats,
    TenantOptions options,
    ClientsApi clients)
{
    /// <summary>The base path.</summary>
    public const string BasePath = "/api/v2";

    private readonly RateBuckets _buckets = new(options);
    private readonly UsersApi _users = new(users, activity, sessions, stats, options);
    private readonly UserAccessApi _access = new(users, activity, sessions, stats, options);
    private readonly UserSessionsApi _sessions = new(users, sessions, options);
    private readonly UserLogsApi _logs = new(activity, stats);
    private readonly UserFactorsApi _factors = new(users, activity, stats);
    private readonly VerificationEmailApi _emails = new(users, activity, options);

    /// <summary>Handles all requests under <see cref="BasePath"/>.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        // The raw path, decoded only once, including %2F.
        var segments = context.RawTarget().Split('?')[0][(BasePath.Length + 1)..].Split('/').Select(Uri.UnescapeDataString).ToArray();
        var endpoint = Find(context, segments);
        if (!await AdmitAsync(context, endpoint.Bucket))
        {
            return;
        }

        if (BearerToken(context.Request) is not { } bearer)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await context.ErrorAsync(401, "Unauthorized", "Missing authentication");
            return;
        }

        var (token, fault) = await tokens.CheckAsync(bearer, tokens.ManagementAudience);
        if (token is null)
        {
            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"{fault}\"";
            await context.ErrorAsync(401, "Unauthorized", fault!);
            return;
        }

        string[] scopes = token.TryGetPayloadValue("scope", out string scope) ? scope.Split(' ') : [];
        if (endpoint.Scopes is [_, ..] && !endpoint.Scopes.Any(scopes.Contains))
        {
            await context.ErrorAsync(
                403, "Forbidden", $"Insufficient scope, expected any of: {string.Join(',', endpoint.Scopes)}", "insufficient_scope");
            return;
        }

        await endpoint.HandleAsync(scopes);
    }

    private Endpoint Find(HttpContext context, string[] segments) => (context.Request.Method, segments) switch
    {
        ("GET", ["users"]) => new(RateBucket.ReadUsers, ["read:users"], scopes => _users.ListAsync(context, scopes)),
        ("GET", ["users", { Length: > 0 } id]) => new(
            RateBucket.ReadUsers, ["read:users", "read:current_user"], scopes => _users.ReadAsync(context, id, scopes)),
        ("PATCH", ["users", { Length: > 0 } id]) => new(
            RateBucket.WriteUsers,
            ["update:users", "update:users_app_metadata", "update:current_user_metadata"],
            scopes => _users.UpdateAsync(context, id, scopes)),
        ("DELETE", ["users", { Length: > 0 } id]) => new(
            RateBucket.DeleteUsers, ["delete:users", "delete:current_user"], _ => _users.DeleteAsync(context, id)),
        ("POST", ["users", { Length: > 0 } id, "revoke-access"]) => new(
            RateBucket.Other, ["delete:sessions", "delete:refresh_tokens"], scopes => _access.RevokeAsync(context, id, scopes)),
        ("GET", ["users", { Length: > 0 } id, "sessions"]) => new(
            RateBucket.Other, ["read:sessions"], _ => _sessions.ListSessionsAsync(context, id)),
        ("GET", ["users", { Length: > 0 } id, "refresh-tokens"]) => new(
            RateBucket.Other, ["read:refresh_tokens"], _ => _sessions.ListRefreshTokensAsync(context, id)),
        ("GET", ["user-blocks", { Length: > 0 } id]) => new(RateBucket.Other, ["read:users"], _ => _access.ListBlocksAsync(context, id)),
        ("DELETE", ["user-blocks", { Length: > 0 } id]) => new(
            RateBucket.Other, ["update:users"], _ => _access.RemoveBlocksAsync(context, id)),
        ("GET", ["users", { Length: > 0 } id, "logs"]) => new(
            RateBucket.Logs, ["read:logs", "read:logs_users"], _ => _logs.ListAsync(context, id)),
        ("GET", ["users", { Length: > 0 } id, "authentication-methods"]) => new(
            RateBucket.AuthenticationMethods, ["read:authentication_methods"], _ => _factors.ListAsync(context, id)),
        ("DELETE", ["users", { Length: > 0 } id, "authentication-methods", { Length: > 0 } method]) => new(
            RateBucket.AuthenticationMethods, ["delete:authentication_methods"], _ => _factors.DeleteAsync(context, id, method)),
        ("POST", ["users", { Length: > 0 } id, "multifactor", "actions", "invalidate-remember-browser"]) => new(
            RateBucket.Other, ["update:users"], _ => _factors.InvalidateRememberedBrowsersAsync(context, id)),
        ("POST", ["jobs", "verification-email"]) => new(RateBucket.Other, ["update:users"], _ => _emails.CreateAsync(context)),
        ("POST", ["clients", { Length: > 0 } id, "rotate-secret"]) => new(
            RateBucket.Other, ["update:client_keys"], _ => clients.RotateSecretAsync(context, id)),
        _ => new(RateBucket.Other, [], _ => context.ErrorAsync(404, "Not Found", "Not Found")),
    };

    private async Task<bool> AdmitAsync(HttpContext context, RateBucket name)
    {
        var bucket = _buckets.Get(name);
        var rate = bucket.Take();
        var headers = context.Response.Headers;
        headers["X-RateLimit-Limit"] = bucket.Limit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = rate.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = rate.Reset.ToString(CultureInfo.InvariantCulture);
        if (!rate.Allowed)
        {
            headers.RetryAfter = rate.RetryAfter.ToString(CultureInfo.InvariantCulture);
            await context.ErrorAsync(429, "Too Many Requests", "Global limit has been reached", "too_many_requests");
        }

        return rate.Allowed;
    }

    private static string? BearerToken(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim()
            : null;

    /// <param name="Scopes">One of these is required; none if the endpoint is unknown.</param>
    /// <param name="HandleAsync">Responds, given the scopes of the token.</param>
    private sealed record Endpoint(RateBucket Bucket, string[] Scopes, Func<string[], Task> HandleAsync);
}
