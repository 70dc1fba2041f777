using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Tests.Access;

/// <summary>Tokens that are not signed by the tenant, or not with RS256.</summary>
public sealed class ForgedTokenTests
{
    private const string NotTheTenants = "The access token's signature is not valid.";
    private const string UnknownKey = "The access token is signed with a key that the tenant does not have.";
    private const string NotRs256 = "The access token is not signed with RS256.";

    [Fact]
    public async Task A_token_that_names_an_unknown_key_is_refused_although_its_signature_matches_another_key()
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithHeader("""{"kid":"retired"}""").Signed(), UnknownKey);
    }

    [Fact]
    public async Task Another_key_with_the_same_name_is_refused()
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).SignedBy(HandmadeToken.StrangersKey), NotTheTenants);
    }

    [Theory]
    [InlineData("""{"permissions":["read:users","delete:users"]}""")]
    [InlineData("""{"sub":"auth0|somebody-else"}""")]
    [InlineData("""{"exp":9999999999}""")]
    public async Task A_claim_that_is_changed_after_signing_breaks_the_signature(string claims)
    {
        await using var app = await AdminApp.StartAsync();
        var signature = HandmadeToken.For(app).Signed().Split('.')[2];

        var changed = HandmadeToken.For(app).WithClaims(claims).Signed().Split('.');

        await app.ShouldRefuseAsync($"{changed[0]}.{changed[1]}.{signature}", NotTheTenants);
    }

    [Fact]
    public async Task A_signature_that_is_truncated_or_has_one_flipped_bit_is_refused()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app);
        byte[] Signature(byte[] bytes) => token.TenantsKey.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        await app.ShouldRefuseAsync(token.Signed(bytes => Signature(bytes)[..^1]), NotTheTenants);
        await app.ShouldRefuseAsync(token.Signed(bytes => [.. Signature(bytes), 0]), NotTheTenants);
        await app.ShouldRefuseAsync(token.Signed(bytes => [.. Signature(bytes).Select((value, index) => (byte)(index == 100 ? value ^ 1 : value))]), NotTheTenants);
        await app.ShouldRefuseAsync(token.Signed(_ => new byte[256]), NotTheTenants);
        await app.ShouldAdmitAsync(token.Signed());
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_token_that_says_it_needs_no_signature_is_refused_with_and_without_one(string? algorithm)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app);
        if (algorithm is null)
        {
            token.WithoutHeader("alg");
        }
        else
        {
            token.WithHeader($$"""{"alg":"{{algorithm}}"}""");
        }

        await app.ShouldRefuseAsync(token.Signed(_ => []), NotRs256);
        await app.ShouldRefuseAsync(token.Signed(), NotRs256);
        await app.ShouldRefuseAsync(token.WithoutHeader("kid").Signed(_ => []), NotRs256);
    }

    [Fact]
    public async Task An_RS256_token_without_a_signature_is_refused()
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).Signed(_ => []), NotTheTenants);
    }

    [Fact]
    public async Task The_public_key_is_not_accepted_as_a_shared_secret()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithHeader("""{"alg":"HS256"}""");
        var key = token.TenantsKey.ExportParameters(includePrivateParameters: false);
        var jwks = app.Tenant.SigningKeys.Jwks();

        foreach (var secret in new[]
        {
            Encoding.ASCII.GetBytes(token.TenantsKey.ExportSubjectPublicKeyInfoPem()),
            Encoding.ASCII.GetBytes(token.TenantsKey.ExportSubjectPublicKeyInfoPem() + "\n"),
            Encoding.ASCII.GetBytes(token.TenantsKey.ExportRSAPublicKeyPem()),
            token.TenantsKey.ExportSubjectPublicKeyInfo(),
            token.TenantsKey.ExportRSAPublicKey(),
            key.Modulus!,
            Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode(key.Modulus)),
            Encoding.ASCII.GetBytes(jwks["keys"]![0]!.ToJsonString()),
            Encoding.ASCII.GetBytes(jwks.ToJsonString()),
            [],
        })
        {
            await app.ShouldRefuseAsync(token.Signed(bytes => HMACSHA256.HashData(secret, bytes)), NotRs256);
        }
    }

    [Theory]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS512")]
    public async Task The_right_key_with_another_algorithm_is_refused(string algorithm)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithHeader($$"""{"alg":"{{algorithm}}"}""");
        var hash = new HashAlgorithmName($"SHA{algorithm[2..]}");
        var padding = algorithm.StartsWith('P') ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;

        await app.ShouldRefuseAsync(token.SignedBy(token.TenantsKey, hash, padding), NotRs256);
    }

    [Theory]
    [InlineData("rs256")]
    [InlineData("RS256 ")]
    [InlineData("ES256")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")]
    public async Task An_algorithm_that_is_not_called_RS256_is_not_RS256(string algorithm)
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithHeader($$"""{"alg":"{{algorithm}}"}""").Signed(), NotRs256);
    }

    [Theory]
    [InlineData("nobodys-key")]
    [InlineData("../../../../../dev/null")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\\\Windows\\\\win.ini")]
    [InlineData("' UNION SELECT 'secret' --")]
    [InlineData("https://keys.example/jwks.json")]
    [InlineData("key|whoami")]
    [InlineData("\\u0000")]
    public async Task A_key_that_the_tenant_does_not_have_is_refused(string kid)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithHeader($$"""{"kid":"{{kid}}"}""");

        await app.ShouldRefuseAsync(token.SignedBy(HandmadeToken.StrangersKey), UnknownKey);
        app.Tenant.Requests.All.Select(request => request.RawTarget).Distinct().ShouldBe(["/.well-known/openid-configuration", "/.well-known/jwks.json"]);
    }

    [Fact]
    public async Task A_token_that_names_no_key_is_valid_only_if_the_tenant_has_signed_it()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithoutHeader("kid");

        await app.ShouldRefuseAsync(token.SignedBy(HandmadeToken.StrangersKey), UnknownKey);
        await app.ShouldAdmitAsync(token.Signed());
    }

    [Fact]
    public async Task A_key_in_the_token_is_ignored()
    {
        await using var app = await AdminApp.StartAsync();
        var strangers = HandmadeToken.StrangersKey.ExportParameters(includePrivateParameters: false);
        var request = new CertificateRequest("CN=stranger", HandmadeToken.StrangersKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var headers = new JsonObject
        {
            ["jwk"] = new JsonObject
            {
                ["kty"] = "RSA",
                ["alg"] = "RS256",
                ["n"] = Base64UrlEncoder.Encode(strangers.Modulus),
                ["e"] = Base64UrlEncoder.Encode(strangers.Exponent),
            },
            ["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData)),
            ["x5t"] = Base64UrlEncoder.Encode(certificate.GetCertHash()),
        }.ToJsonString();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithHeader(headers).SignedBy(HandmadeToken.StrangersKey), NotTheTenants);
        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithHeader(headers).WithoutHeader("kid").SignedBy(HandmadeToken.StrangersKey), UnknownKey);
    }

    [Fact]
    public async Task A_key_that_the_token_links_to_is_not_fetched()
    {
        await using var app = await AdminApp.StartAsync();
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();

        foreach (var scheme in new[] { "http", "https" })
        {
            var headers = $$"""
                {
                  "jku": "{{scheme}}://{{elsewhere.LocalEndpoint}}/jwks.json",
                  "x5u": "{{scheme}}://{{elsewhere.LocalEndpoint}}/certificate.pem"
                }
                """;

            await app.ShouldRefuseAsync(HandmadeToken.For(app).WithHeader(headers).SignedBy(HandmadeToken.StrangersKey), NotTheTenants);
            await app.ShouldRefuseAsync(HandmadeToken.For(app).WithHeader(headers).WithHeader("""{"kid":"theirs"}""").SignedBy(HandmadeToken.StrangersKey), UnknownKey);
        }

        elsewhere.Pending().ShouldBeFalse();
        app.Tenant.Requests.All.Select(request => request.RawTarget).Distinct().ShouldBe(["/.well-known/openid-configuration", "/.well-known/jwks.json"]);
    }

    [Theory]
    [InlineData("""{"crit":["exp"]}""")]
    [InlineData("""{"crit":["http://example.com/UNDEFINED"],"http://example.com/UNDEFINED":true}""")]
    [InlineData("""{"crit":["b64"],"b64":true}""")]
    [InlineData("""{"crit":[]}""")]
    public async Task A_critical_header_that_is_not_understood_makes_a_token_invalid(string header)
    {
        // RFC 7515, section 4.1.11: this API understands no extension.
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithHeader(header).Signed(), "The access token is malformed.");
    }
}
