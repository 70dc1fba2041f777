using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>The tenant's OpenID configuration and its signing key set (OpenID Connect Discovery 1.0).</summary>
/// <param name="issuer">The issuer, with a trailing slash.</param>
/// <param name="keys">The signing keys.</param>
/// <param name="stats">Counts reads of the key set.</param>
internal sealed class Discovery(string issuer, SigningKeys keys, TenantStats stats)
{
    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/openid-configuration", context => context.AnswerAsync(200, Configuration()));
        routes.MapGet("/.well-known/jwks.json", context =>
        {
            stats.CountJwksRead();
            return context.AnswerAsync(200, keys.Jwks());
        });
    }

    // Like the issuer, the URLs use HTTPS. Clients of the local tenant use plain HTTP on the same port.
    private JsonObject Configuration() => new()
    {
        ["issuer"] = issuer,
        ["authorization_endpoint"] = issuer + "authorize",
        ["token_endpoint"] = issuer + "oauth/token",
        ["userinfo_endpoint"] = issuer + "userinfo",
        ["jwks_uri"] = issuer + ".well-known/jwks.json",
        ["revocation_endpoint"] = issuer + "oauth/revoke",
        ["response_types_supported"] = new JsonArray("code"),
        ["response_modes_supported"] = new JsonArray("query", "web_message"),
        ["grant_types_supported"] = new JsonArray("client_credentials", "authorization_code", "refresh_token"),
        ["code_challenge_methods_supported"] = new JsonArray("S256"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "client_secret_post", "none"),
        ["scopes_supported"] = new JsonArray("openid", "profile", "email", "offline_access"),
        ["claims_supported"] = new JsonArray(
            "aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "nickname", "picture", "sub"),
        ["request_uri_parameter_supported"] = false,
    };
}
