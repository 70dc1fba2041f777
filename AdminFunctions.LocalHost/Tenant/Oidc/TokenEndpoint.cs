using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Users;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>
/// <c>/oauth/token</c>: client credentials for the machine-to-machine application, codes and refresh tokens for the
/// single-page application. Also <c>/oauth/revoke</c> and <c>/userinfo</c>.
/// </summary>
/// <param name="tenant">The client, secret and scopes, which can change.</param>
/// <param name="options">The other options.</param>
/// <param name="tokens">Issues the tokens.</param>
/// <param name="sessions">Codes and refresh tokens.</param>
/// <param name="users">The users.</param>
internal sealed class TokenEndpoint(LocalTenant tenant, TenantOptions options, Tokens tokens, LoginSessions sessions, UserDirectory users)
{
    private static readonly TimeSpan IdTokenLifetime = TimeSpan.FromHours(10);

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/oauth/token", TokenAsync);
        routes.MapPost("/oauth/revoke", RevokeAsync);
        routes.MapMethods("/userinfo", ["GET", "POST"], UserInfoAsync);
    }

    private async Task TokenAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await ParametersAsync(context) is not { } parameters)
        {
            await ErrorAsync(context, 400, "invalid_request", "The body must be a form or a JSON object of strings.");
            return;
        }

        var isMachine = parameters.GetValueOrDefault("client_id") == tenant.ClientId;
        var isSpa = parameters.GetValueOrDefault("client_id") == options.SpaClientId;
        var grantType = parameters.GetValueOrDefault("grant_type");
        await (grantType switch
        {
            null => ErrorAsync(context, 400, "invalid_request", "Missing required parameter: grant_type"),
            not ("client_credentials" or "authorization_code" or "refresh_token") =>
                ErrorAsync(context, 403, "unsupported_grant_type", $"Unsupported grant type: {grantType}"),
            _ when !isMachine && !isSpa => ErrorAsync(context, 401, "access_denied", "Unauthorized"),
            "client_credentials" when isMachine => ClientCredentialsAsync(context, parameters),
            "authorization_code" when isSpa => CodeAsync(context, parameters),
            "refresh_token" when isSpa => RefreshAsync(context, parameters),
            _ => ErrorAsync(context, 403, "unauthorized_client", $"Grant type '{grantType}' not allowed for the client."),
        });
    }

    private Task ClientCredentialsAsync(HttpContext context, Dictionary<string, string> parameters)
    {
        if (!SameText(parameters.GetValueOrDefault("client_secret") ?? "", tenant.ClientSecret))
        {
            return ErrorAsync(context, 401, "access_denied", "Unauthorized");
        }

        if (parameters.GetValueOrDefault("audience") is not { Length: > 0 } audience)
        {
            return ErrorAsync(
                context, 403, "access_denied", "No audience parameter was provided, and no default audience has been configured");
        }

        if (audience != tokens.ManagementAudience && audience != options.Audience)
        {
            return ErrorAsync(context, 403, "access_denied", $"Service not found: {audience}");
        }

        if (audience != tokens.ManagementAudience || tenant.ManagementScope is not { } granted)
        {
            return ErrorAsync(
                context,
                403,
                "access_denied",
                $"Client is not authorized to access \"{audience}\". "
                    + "You need to create a \"client-grant\" associated to this API. "
                    + "See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants");
        }

        tenant.Stats.CountTokenGrant();
        return context.AnswerAsync(200, new JsonObject
        {
            ["access_token"] = tokens.Management(tenant.ClientId, granted, TimeSpan.FromSeconds(options.ManagementTokenSeconds)),
            ["scope"] = granted,
            ["expires_in"] = options.ManagementTokenSeconds,
            ["token_type"] = "Bearer",
        });
    }

    private Task CodeAsync(HttpContext context, Dictionary<string, string> parameters)
    {
        // Remove the code even if the rest is not valid. A code is valid for one attempt.
        if (!sessions.Codes.TryGet(parameters.GetValueOrDefault("code"), out var authorization, remove: true))
        {
            return ErrorAsync(context, 403, "invalid_grant", "Invalid authorization code");
        }

        var request = authorization.Request;
        if (parameters.GetValueOrDefault("redirect_uri") != request.RedirectUri)
        {
            return ErrorAsync(context, 403, "invalid_grant",
                $"The redirect URI is wrong. You sent {parameters.GetValueOrDefault("redirect_uri")}, "
                + $"and we expected {request.RedirectUri}");
        }

        var verifier = parameters.GetValueOrDefault("code_verifier") ?? "";
        if (!SameText(Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), request.CodeChallenge))
        {
            return ErrorAsync(context, 403, "invalid_grant", "Failed to verify code verifier");
        }

        if (users.Find(authorization.UserId) is not { } user)
        {
            return ErrorAsync(context, 403, "invalid_grant", "Invalid authorization code");
        }

        return GrantAsync(context, authorization, user, request.Nonce,
            request.Scopes.Contains("offline_access") ? sessions.AddRefreshToken(authorization, Device.Of(context)) : null);
    }

    private Task RefreshAsync(HttpContext context, Dictionary<string, string> parameters) =>
        sessions.TryRotate(parameters.GetValueOrDefault("refresh_token"), out var authorization, out var successor)
        && users.Find(authorization.UserId) is { } user
            ? user.Blocked
                ? ErrorAsync(context, 403, "invalid_grant", "user is blocked")
                : GrantAsync(context, authorization, user, nonce: null, successor)
            : ErrorAsync(context, 403, "invalid_grant", "Unknown or invalid refresh token.");

    private Task GrantAsync(HttpContext context, Authorization authorization, TenantUser user, string? nonce, string? refreshToken)
    {
        // With RBAC, only those scopes of an API are granted that are permissions of the user.
        var permissions = Admin.PermissionsOf(user.UserId);
        var request = authorization.Request;
        string[] scopes =
        [
            .. request.Scopes.Where(scope => scope is "openid" or "profile" or "email" or "offline_access"
                || (request.Audience is not null && permissions.Contains(scope))),
        ];
        var openId = scopes.Contains("openid");
        JsonNode audience = request.Audience is not { } api ? tokens.UserInfoAudience
            : openId ? new JsonArray(api, tokens.UserInfoAudience)
            : api;

        var answer = new JsonObject
        {
            ["access_token"] = tokens.Access(
                user.UserId,
                request.Audience is null ? [] : permissions,
                audience,
                string.Join(' ', scopes),
                options.SpaClientId,
                TimeSpan.FromSeconds(options.AccessTokenSeconds)),
            ["scope"] = string.Join(' ', scopes),
            ["expires_in"] = options.AccessTokenSeconds,
            ["token_type"] = "Bearer",
        };
        if (openId)
        {
            answer["id_token"] = tokens.Id(user, options.SpaClientId, nonce, authorization.SessionId, scopes, IdTokenLifetime);
        }

        if (refreshToken is not null)
        {
            answer["refresh_token"] = refreshToken;
        }

        return context.AnswerAsync(200, answer);
    }

    private async Task RevokeAsync(HttpContext context)
    {
        if (await ParametersAsync(context) is not { } parameters || !parameters.TryGetValue("token", out var token))
        {
            await ErrorAsync(context, 400, "invalid_request", "Missing required parameter: token");
            return;
        }
        // An unknown token is not an error (RFC 7009).
        sessions.Revoke(token);
    }

    private async Task UserInfoAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && await tokens.CheckAsync(header["Bearer ".Length..].Trim(), tokens.UserInfoAudience) is { Token: { } token }
            && users.Find(token.Subject) is { } user)
        {
            await context.AnswerAsync(200, Tokens.Profile(user, token.GetPayloadValue<string>("scope").Split(' ')));
            return;
        }
        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await context.Response.WriteAsync("Unauthorized", context.RequestAborted);
    }

    /// <summary>The parameters of a form or of a JSON object, and of HTTP Basic authentication (RFC 6749 section 2.3.1).</summary>
    private static async Task<Dictionary<string, string>?> ParametersAsync(HttpContext context)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (context.Request.HasFormContentType)
            {
                foreach (var (name, value) in await context.Request.ReadFormAsync(context.RequestAborted))
                {
                    parameters[name] = value.ToString();
                }
            }
            else
            {
                if (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) is not JsonObject json)
                {
                    return null;
                }

                foreach (var (name, value) in json)
                {
                    if (value is JsonValue text && text.TryGetValue(out string? one))
                    {
                        parameters[name] = one;
                    }
                }
            }

            var header = context.Request.Headers.Authorization.ToString();
            if (header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            {
                var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':', 2);
                if (pair.Length is not 2)
                {
                    return null;
                }

                parameters["client_id"] = Uri.UnescapeDataString(pair[0]);
                parameters["client_secret"] = Uri.UnescapeDataString(pair[1]);
            }
            return parameters;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidDataException
            or BadHttpRequestException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool SameText(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private static Task ErrorAsync(HttpContext context, int status, string error, string description) =>
        context.AnswerAsync(status, new JsonObject { ["error"] = error, ["error_description"] = description });
}
