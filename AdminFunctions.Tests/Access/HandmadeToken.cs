using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AdminFunctions.Access;

namespace AdminFunctions.Tests.Access;

/// <summary>
/// A handmade token (RFC 7515, section 7.1), which no library would create. It is valid at first, so that only the changes of a test make
/// it invalid.
/// </summary>
internal sealed class HandmadeToken
{
    private static readonly Lazy<RSA> SomebodysKey = new(() => RSA.Create(2048));

    private HandmadeToken(AdminApp app)
    {
        var key = app.Tenant.SigningKeys.Published[0];
        var now = app.Time.Elsewhere.GetUtcNow().ToUnixTimeSeconds();
        TenantsKey = key.Rsa;
        Header = new() { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = key.KeyId };
        Claims = new()
        {
            ["iss"] = app.Tenant.Issuer,
            ["sub"] = AdminApp.CallerId,
            ["aud"] = app.Tenant.Audience,
            ["iat"] = now,
            ["exp"] = now + 3600,
            ["permissions"] = new JsonArray(Permissions.ReadUsers),
        };
    }

    /// <summary>A key that is not the tenant's.</summary>
    public static RSA StrangersKey => SomebodysKey.Value;

    /// <summary>The key that the tenant signs with.</summary>
    public RSA TenantsKey { get; }

    /// <summary>The header (RFC 7515, section 4).</summary>
    public JsonObject Header { get; }

    /// <summary>The payload.</summary>
    public JsonObject Claims { get; }

    /// <summary>A valid token for listing users.</summary>
    public static HandmadeToken For(AdminApp app) => new(app);

    /// <summary>Changes members of the header.</summary>
    /// <param name="changes">A JSON object.</param>
    public HandmadeToken WithHeader(string changes) => Change(Header, changes);

    /// <summary>Changes claims.</summary>
    /// <param name="changes">A JSON object.</param>
    public HandmadeToken WithClaims(string changes) => Change(Claims, changes);

    /// <summary>Removes members of the header.</summary>
    public HandmadeToken WithoutHeader(string name)
    {
        Header.Remove(name);
        return this;
    }

    /// <summary>Removes a claim.</summary>
    public HandmadeToken WithoutClaim(string name)
    {
        Claims.Remove(name);
        return this;
    }

    /// <summary>The token, signed by the tenant.</summary>
    public string Signed() => SignedBy(TenantsKey);

    /// <summary>The token, signed with a key, by default with RS256.</summary>
    public string SignedBy(RSA key, HashAlgorithmName? hash = null, RSASignaturePadding? padding = null) =>
        Signed(bytes => key.SignData(bytes, hash ?? HashAlgorithmName.SHA256, padding ?? RSASignaturePadding.Pkcs1));

    /// <summary>The token with any signature.</summary>
    public string Signed(Func<byte[], byte[]> signature) => Compact(Header.ToJsonString(), Claims.ToJsonString(), signature);

    /// <summary>A token with any header and payload, signed by the tenant.</summary>
    public string SignedAs(string header, string payload) =>
        Compact(header, payload, bytes => TenantsKey.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static string Compact(string header, string payload, Func<byte[], byte[]> signature)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        return $"{signed}.{Encode(signature(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private HandmadeToken Change(JsonObject json, string changes)
    {
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
        {
            json[name] = value?.DeepClone();
        }

        return this;
    }
}
