using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant.Users;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>Issues and validates the tokens of the tenant.</summary>
/// <param name="keys">The signing keys.</param>
/// <param name="issuer">The claim <c>iss</c>, with a trailing slash.</param>
/// <param name="clock">The clock.</param>
internal sealed class Tokens(SigningKeys keys, string issuer, TimeProvider clock)
{
    /// <summary>The characters of codes and IDs.</summary>
    public const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly JsonWebTokenHandler _handler = new();
    private readonly ConcurrentDictionary<string, bool> _managementTokens = new(StringComparer.Ordinal);

    /// <summary>The audience of the Management API.</summary>
    public string ManagementAudience { get; } = issuer + "api/v2/";

    /// <summary>The audience of <c>/userinfo</c>.</summary>
    public string UserInfoAudience { get; } = issuer + "userinfo";

    /// <summary>Returns a random string that cannot be guessed.</summary>
    public static string Random(int length = 43) => RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>Issues a Management API token for an application.</summary>
    public string Management(string clientId, string scope, TimeSpan lifetime)
    {
        var claims = Claims($"{clientId}@clients", ManagementAudience, lifetime);
        claims["scope"] = scope;
        claims["gty"] = "client-credentials";
        claims["azp"] = clientId;
        var id = Random(22);
        claims["jti"] = id;
        _managementTokens[id] = true;
        return keys.Sign(claims);
    }

    /// <summary>Revokes all Management API tokens.</summary>
    public void RevokeManagementTokens() => _managementTokens.Clear();

    /// <summary>Issues an access token for a user, with the claim <c>permissions</c> as RBAC adds it.</summary>
    public string Access(
        string subject,
        IEnumerable<string> permissions,
        JsonNode audience,
        string scope,
        string clientId,
        TimeSpan lifetime,
        string? organization = null)
    {
        var claims = Claims(subject, audience, lifetime);
        claims["scope"] = scope;
        if (organization is not null)
        {
            claims["org_id"] = organization;
        }

        claims["azp"] = clientId;
        claims["permissions"] = new JsonArray([.. permissions.Select(permission => (JsonNode)permission)]);
        return keys.Sign(claims);
    }

    /// <summary>Issues an ID token for a user.</summary>
    public string Id(TenantUser user, string clientId, string? nonce, string? session, string[] scopes, TimeSpan lifetime)
    {
        var claims = Claims(user.UserId, clientId, lifetime);
        foreach (var (name, value) in Profile(user, scopes))
        {
            claims[name] = value?.DeepClone();
        }

        claims["sid"] = session;
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }

        return keys.Sign(claims);
    }

    /// <summary>The claims about a user for the scopes of OpenID Connect.</summary>
    public static JsonObject Profile(TenantUser user, string[] scopes)
    {
        var claims = new JsonObject { ["sub"] = user.UserId };
        if (scopes.Contains("profile"))
        {
            claims["name"] = user.Name;
            claims["given_name"] = user.GivenName;
            claims["family_name"] = user.FamilyName;
            claims["nickname"] = user.Nickname;
            claims["picture"] = user.Picture;
            claims["updated_at"] = user.UpdatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        }
        if (scopes.Contains("email"))
        {
            claims["email"] = user.Email;
            claims["email_verified"] = user.EmailVerified;
        }
        foreach (var missing in claims.Where(claim => claim.Value is null).Select(claim => claim.Key).ToArray())
        {
            claims.Remove(missing);
        }

        return claims;
    }

    /// <summary>Validates a token: RS256 with a published key, issuer, audience, lifetime, not revoked.</summary>
    /// <returns>The token, or the error message of the Management API.</returns>
    public async Task<(JsonWebToken? Token, string? Fault)> CheckAsync(string token, string audience)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKeys = keys.Published,
            ValidIssuer = issuer,
            ValidAudience = audience,
            LifetimeValidator = (_, expires, _, _) => expires is null || expires > now
                ? true
                : throw new SecurityTokenExpiredException(),
        });
        if (!result.IsValid)
        {
            return (null, result.Exception is SecurityTokenExpiredException
                ? "Expired token received for JSON Web Token validation"
                : "Invalid token");
        }
        var valid = (JsonWebToken)result.SecurityToken;
        return audience == ManagementAudience && !_managementTokens.ContainsKey(valid.Id) ? (null, "Invalid token") : (valid, null);
    }

    private JsonObject Claims(string subject, JsonNode audience, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = issuer,
            ["sub"] = subject,
            ["aud"] = audience,
            // An expired token was also issued in the past.
            ["iat"] = Math.Min(now, now + (long)lifetime.TotalSeconds - 1),
            ["exp"] = now + (long)lifetime.TotalSeconds,
        };
    }
}
