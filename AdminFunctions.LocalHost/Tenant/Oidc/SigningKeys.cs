using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>The signing keys of the tenant (RS256), and the JWKS that publishes them (RFC 7517).</summary>
internal sealed class SigningKeys
{
    // Creating a key takes longer than starting the tenant. So all tenants of a process start with the same key, and differ by
    // issuer. After a rotation, each has its own key.
    private static readonly Lazy<Task<RsaSecurityKey>> First = new(() => Task.Run(Create));

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly Lock _lock = new();

    private RsaSecurityKey[]? _rotated;

    /// <summary>Creates the first key in the background.</summary>
    public SigningKeys() => _ = First.Value;

    /// <summary>The published keys, the current one first.</summary>
    public IReadOnlyList<RsaSecurityKey> Published => Volatile.Read(ref _rotated) ?? [First.Value.GetAwaiter().GetResult()];

    /// <summary>The signing credentials of the current key.</summary>
    public SigningCredentials Credentials => new(Published[0], SecurityAlgorithms.RsaSha256);

    /// <summary>
    /// Rotates to a new key. Tokens of the previous key remain valid while it is published, as after a rotation in Auth0. The key
    /// before that is no longer published.
    /// </summary>
    /// <param name="revokePrevious">Whether to stop publishing the previous key too, as after a revocation in Auth0.</param>
    public void Rotate(bool revokePrevious = false)
    {
        lock (_lock)
        {
            var previous = Published[0];
            Volatile.Write(ref _rotated, revokePrevious ? [Create()] : [Create(), previous]);
        }
    }

    /// <summary>Signs a token with any claims.</summary>
    /// <param name="claims">The payload.</param>
    /// <param name="type">The header <c>typ</c>: <c>JWT</c> in Auth0's default profile, <c>at+jwt</c> in RFC 9068.</param>
    public string Sign(JsonObject claims, string type = "JWT") =>
        _handler.CreateToken(claims.ToJsonString(), Credentials, new Dictionary<string, object>(StringComparer.Ordinal) { ["typ"] = type });

    /// <summary>The JWKS document.</summary>
    public JsonObject Jwks() => new()
    {
        ["keys"] = new JsonArray([.. Published.Select(key =>
        {
            var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
            return new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["alg"] = "RS256",
                ["kid"] = key.KeyId,
                ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
                ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
            };
        })]),
    };

    private static RsaSecurityKey Create() => new(RSA.Create(2048)) { KeyId = RandomNumberGenerator.GetString(Tokens.Alphabet, 21) };
}
