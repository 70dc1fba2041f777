using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>The keys that the tenant signs its tokens with (RS256), and the JWKS that publishes them (RFC 7517).</summary>
internal sealed class SigningKeys
{
    // Making a key takes longer than starting the tenant: the tenants of one process begin with the same one, and
    // differ by issuer. After a rotation each has its own.
    private static readonly Lazy<Task<RsaSecurityKey>> First = new(() => Task.Run(Create));

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly Lock _lock = new();

    private RsaSecurityKey[]? _rotated;

    /// <summary>Has the first key made in the background.</summary>
    public SigningKeys() => _ = First.Value;

    /// <summary>The published keys, the current one first.</summary>
    public IReadOnlyList<RsaSecurityKey> Published => Volatile.Read(ref _rotated) ?? [First.Value.GetAwaiter().GetResult()];

    /// <summary>What the current key signs with.</summary>
    public SigningCredentials Credentials => new(Published[0], SecurityAlgorithms.RsaSha256);

    /// <summary>
    /// Goes on with a new key. Tokens of the previous one stay valid while it is published, as after a rotation at
    /// Auth0; the one before that is published no more.
    /// </summary>
    /// <param name="revokePrevious">Publishes the previous key no more either, as after a revocation at Auth0.</param>
    public void Rotate(bool revokePrevious = false)
    {
        lock (_lock)
        {
            var previous = Published[0];
            Volatile.Write(ref _rotated, revokePrevious ? [Create()] : [Create(), previous]);
        }
    }

    /// <summary>Signs a token of any claims.</summary>
    /// <param name="claims">The payload.</param>
    /// <param name="type">The header's <c>typ</c>; Auth0's default profile says <c>JWT</c>, RFC 9068 <c>at+jwt</c>.</param>
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
