using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.Tests.Access;

namespace AdminFunctions.Tests.Security;

/// <summary>A token and what its bearer may get done with it, at the most.</summary>
/// <param name="Text">The token.</param>
/// <param name="MayRead">Whether the tenant has signed that its bearer may list users.</param>
/// <param name="MayDelete">Whether the tenant has signed that its bearer may delete users.</param>
internal sealed record HostileToken(string Text, bool MayRead = false, bool MayDelete = false);

/// <summary>Tokens of every kind that an attacker may hold or make, for one tenant.</summary>
internal sealed class HostileTokens
{
    private const string Base64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>Every permission.</summary>
    private static readonly string[] Every = Permissions.All;

    /// <summary>In the header. None of them makes a stranger's signature the tenant's, nor spoils the tenant's own.</summary>
    private static readonly string[] HeadersToIgnore =
    [
        """{"jku":"https://localhost:1/jwks.json"}""",
        """{"jku":["https://localhost:1/jwks.json"],"x5u":7}""",
        """{"x5u":"http://169.254.169.254/latest/meta-data"}""",
        """{"x5t":"AAAA","x5t#S256":{}}""",
        """{"b64":false}""",
        """{"zip":"DEF"}""",
        """{"cty":"JWT"}""",
        """{"typ":"at+jwt","enc":"A256GCM"}""",
        """{"epk":{"kty":"EC"},"apu":"","p2c":2147483647,"p2s":"AAAA"}""",
        """{"nested":{"nested":[[[[[[{"alg":"none"}]]]]]]}}""",
    ];

    /// <summary>In the header. No key is found by them.</summary>
    private static readonly string[] StrangeKeys =
    [
        """{"kid":"../../../../dev/null"}""",
        """{"kid":"..\\..\\windows\\win.ini"}""",
        """{"kid":"' OR '1'='1"}""",
        """{"kid":"x' UNION SELECT 'secret' --"}""",
        """{"kid":"https://localhost:1/jwks.json"}""",
        """{"kid":"${jndi:ldap://localhost:1/a}"}""",
        """{"kid":"\u0000"}""",
        """{"kid":"\r\nAuthorization: Bearer x"}""",
        """{"kid":"\ud83d\ude00\u202e"}""",
        """{"kid":""}""",
        """{"kid":null}""",
        """{"kid":7}""",
        """{"kid":["a"]}""",
        """{"kid":{"a":1}}""",
    ];

    /// <summary>In the header. Whoever signed, such a token is refused.</summary>
    private static readonly string[] HeadersToRefuse =
    [
        """{"alg":"none"}""",
        """{"alg":"None"}""",
        """{"alg":""}""",
        """{"alg":null}""",
        """{"alg":["RS256"]}""",
        """{"alg":{"RS256":true}}""",
        """{"alg":256}""",
        """{"alg":"HS256"}""",
        """{"alg":"RS1"}""",
        """{"alg":"PS256"}""",
        """{"alg":"ES256"}""",
        """{"alg":"dir","enc":"A128CBC-HS256"}""",
        """{"crit":["exp"]}""",
        """{"crit":["b64"],"b64":false}""",
        """{"crit":[]}""",
        """{"crit":"b64"}""",
        """{"crit":null}""",
        """{"typ":"JWE"}""",
        """{"typ":["JWT"]}""",
        """{"typ":7}""",
    ];

    /// <summary>In the payload, with both permissions. The tenant vouches for nothing by them.</summary>
    private static readonly string[] ClaimsToRefuse =
    [
        """{"exp":0}""",
        """{"exp":-1}""",
        """{"exp":-9223372036854775808}""",
        """{"exp":-1e308}""",
        """{"exp":[9999999999]}""",
        """{"exp":{}}""",
        """{"exp":null}""",
        """{"exp":false}""",
        """{"nbf":9999999999}""",
        """{"nbf":1e308}""",
        """{"nbf":9223372036854775807}""",
        """{"iss":"https://localhost/"}""",
        """{"iss":null}""",
        """{"iss":7}""",
        """{"iss":["@issuer"]}""",
        """{"iss":{"0":"@issuer"}}""",
        """{"aud":null}""",
        """{"aud":7}""",
        """{"aud":[]}""",
        """{"aud":[["@audience"]]}""",
        """{"aud":{"0":"@audience"}}""",
        """{"aud":["@issuer","@issuerapi/v2/"]}""",
        """{"sub":null}""",
        """{"sub":""}""",
        """{"sub":["auth0|5f7c8ec7c33c6c004bbafe99"]}""",
        """{"sub":{"0":"auth0|5f7c8ec7c33c6c004bbafe99"}}""",
        """{"permissions":null}""",
        """{"permissions":true}""",
        """{"permissions":"read:users"}""",
        """{"permissions":"read:users delete:users"}""",
        """{"permissions":"[\"read:users\",\"delete:users\"]"}""",
        """{"permissions":{"read:users":true,"delete:users":true}}""",
        """{"permissions":{"0":"read:users","1":"delete:users"}}""",
        """{"permissions":[["read:users","delete:users"]]}""",
        """{"permissions":[{"permission_name":"delete:users"}]}""",
        """{"permissions":["READ:USERS","Delete:Users","read:users ","\u0000delete:users","*"]}""",
        """{"permissions":[],"scope":"read:users delete:users"}""",
        """{"permissions":[],"scp":["read:users"],"roles":["delete:users"],"Permissions":["delete:users"]}""",
    ];

    /// <summary>In the payload, with both permissions. Odd, but the tenant has signed it.</summary>
    private static readonly string[] OddClaims =
    [
        """{"exp":9999999999}""",
        """{"exp":253402300800}""",
        """{"exp":9223372036854775807}""",
        """{"exp":18446744073709551616}""",
        """{"exp":1e300}""",
        """{"exp":9999999999.999}""",
        """{"exp":"9999999999"}""",
        """{"nbf":-1}""",
        """{"nbf":-9223372036854775808}""",
        """{"nbf":1.5}""",
        """{"iat":"yesterday"}""",
        """{"iat":1e300}""",
        """{"iat":[{}]}""",
        """{"aud":["@audience"]}""",
        """{"aud":["x","@audience","y"]}""",
        """{"aud":[7,null,{},"@audience"]}""",
        """{"sub":7}""",
        """{"sub":"\r\nSet-Cookie: a=b"}""",
        """{"sub":"\u0000"}""",
        """{"sub":"\ud83d\ude00|\u202e"}""",
        """{"sub":"auth0|a\"b\\c<script>"}""",
        """{"permissions":[null,7,{},[],"read:users","delete:users","delete:users"]}""",
        """{"azp":{},"gty":[],"jti":7,"act":{"sub":"x"},"cnf":{"jkt":"x"}}""",
    ];

    private readonly AdminApp _app;
    private readonly Func<HostileToken>[] _makers;
    private readonly Dictionary<int, HostileToken> _made = [];

    public HostileTokens(AdminApp app)
    {
        _app = app;
        _makers = [.. Makers()];
    }

    /// <summary>A good one, with no permission, one or both.</summary>
    public HostileToken Good(bool mayRead, bool mayDelete) =>
        Make((mayRead ? 1 : 0) + (mayDelete ? 2 : 0));

    /// <summary>Any.</summary>
    public HostileToken Any(Random random) => random.Next(3) is 0 ? Spoilt(random) : Make(random.Next(_makers.Length));

    /// <summary>A good one in which a character or two are not.</summary>
    private HostileToken Spoilt(Random random)
    {
        var token = Good(true, true).Text;
        var at = random.Next(token.Length - 1);
        return new(random.Next(6) switch
        {
            0 => token[..at],
            1 => token[at..][1..],
            2 => token.Insert(at, "."),
            3 => $"{token}.{token}",
            4 => token.Replace('.', random.NextItem([',', '/', ' ', '%', '~'])),

            // The last character has bits that belong to no byte: it is left alone.
            _ => $"{token[..at]}{Base64Url[(Math.Max(0, Base64Url.IndexOf(token[at], StringComparison.Ordinal)) + random.Next(1, 64)) % 64]}{token[(at + 1)..]}",
        });
    }

    private HostileToken Make(int index)
    {
        if (!_made.TryGetValue(index, out var token))
        {
            _made[index] = token = _makers[index]();
        }

        return token;
    }

    private IEnumerable<Func<HostileToken>> Makers()
    {
        yield return () => new(Base([]).Signed());
        yield return () => new(Base([Permissions.ReadUsers]).Signed(), MayRead: true);
        yield return () => new(Base([Permissions.DeleteUsers]).Signed(), MayDelete: true);
        yield return () => Vouched(Base(Every));

        foreach (var header in HeadersToIgnore)
        {
            yield return () => Vouched(Base(Every).WithHeader(header));
            yield return () => Strangers(Base(Every).WithHeader(header));
            yield return () => Strangers(Base(Every).WithHeader(header).WithoutHeader("kid"));
        }

        foreach (var header in StrangeKeys)
        {
            yield return () => Strangers(Base(Every).WithHeader(header));
        }

        foreach (var header in HeadersToRefuse)
        {
            yield return () => new(Base(Every).WithHeader(header).Signed());
            yield return () => new(Base(Every).WithHeader(header).Signed(_ => []));
        }

        foreach (var claims in ClaimsToRefuse)
        {
            yield return () => new(Base(Every).WithClaims(Filled(claims)).Signed());
        }

        foreach (var claims in OddClaims)
        {
            yield return () => Vouched(Base(Every).WithClaims(Filled(claims)));
            yield return () => Strangers(Base(Every).WithClaims(Filled(claims)));
        }

        yield return () => Strangers(Base(Every).WithHeader(StrangersKeyInside()));
        yield return () => Strangers(Base(Every).WithHeader(StrangersKeyInside()).WithoutHeader("kid"));
        yield return () => new(WithPublicKeyAsSecret(key => key.ExportSubjectPublicKeyInfo()));
        yield return () => new(WithPublicKeyAsSecret(key => Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem())));

        // What JSON and its readers disagree about.
        yield return () => Doubled(claims => claims.Replace("\"permissions\":", "\"permissions\":[],\"permissions\":", StringComparison.Ordinal));
        yield return () => Doubled(claims => claims.TrimEnd('}') + ",\"permissions\":[]}");
        yield return () => Doubled(claims => claims.TrimEnd('}') + ",\"aud\":\"other\"}");
        yield return () => Doubled(claims => claims.TrimEnd('}') + ",\"sub\":[],\"exp\":0}");
        yield return () => Doubled(claims => claims.TrimEnd('}') + $",\"deep\":{new string('[', 60)}{new string(']', 60)}}}");
        yield return () => Doubled(claims => claims.TrimEnd('}') + $",\"deep\":{new string('[', 5000)}{new string(']', 5000)}}}");
        yield return () => Doubled(claims => claims.TrimEnd('}') + ",}");
        yield return () => Doubled(claims => claims + claims);
        yield return () => Doubled(claims => "\ufeff" + claims);
        yield return () => Doubled(claims => claims[..^1]);
        yield return () => Vouched(Base(Every).WithClaims($$"""{"long":"{{new string('x', 7000)}}"}"""));

        // Longer than anyone's.
        yield return () => new(Base(Every).WithClaims($$"""{"long":"{{new string('x', 17_000)}}"}""").Signed());
        yield return () => new(Base(Every).WithClaims($$"""{"long":"{{new string('x', 48_000)}}"}""").Signed());
        yield return () => Strangers(Base(Every).WithHeader($$"""{"kid":"{{new string('k', 9000)}}"}"""));

        // JWE, compact and not; nested; and what is no token at all.
        yield return () => new($"{Encoded("""{"alg":"RSA-OAEP","enc":"A256GCM"}""")}.AAAA.AAAA.AAAA.AAAA");
        yield return () => new($"{Encoded("""{"alg":"dir","enc":"A128CBC-HS256","zip":"DEF"}""")}..AAAA.AAAA.AAAA");
        yield return () => new($"{Encoded("""{"alg":"PBES2-HS256+A128KW","p2c":2147483647,"p2s":"AAAA","enc":"A128GCM"}""")}.AAAA.AAAA.AAAA.AAAA");
        yield return () => new("""{"payload":"e30","signatures":[{"protected":"e30","signature":""}]}""");
        yield return () => Strangers(Base(Every).WithHeader($$"""{"cty":"JWT","nested":"{{Good(true, true).Text}}"}"""));
        yield return () => new(Encoded(Good(true, true).Text));
        foreach (var text in (string[])["null", "undefined", "[object Object]", "true", "..", "....", "e30.e30.", "e30.e30.e30", ".e30.", "e30..e30", "\u00ff", new string('.', 5000), new string('A', 20_000)])
        {
            yield return () => new(text);
        }
    }

    private HandmadeToken Base(string[] permissions) =>
        HandmadeToken.For(_app).WithClaims(new JsonObject { ["permissions"] = new JsonArray([.. permissions.Select(permission => (JsonNode)permission)]) }.ToJsonString());

    private string Filled(string claims) =>
        claims.Replace("@issuer", _app.Tenant.Issuer, StringComparison.Ordinal).Replace("@audience", _app.Tenant.Audience, StringComparison.Ordinal);

    private static HostileToken Vouched(HandmadeToken token) => new(token.Signed(), MayRead: true, MayDelete: true);

    private static HostileToken Strangers(HandmadeToken token) => new(token.SignedBy(HandmadeToken.StrangersKey));

    private HostileToken Doubled(Func<string, string> change)
    {
        var token = Base(Every);
        return new(token.SignedAs(token.Header.ToJsonString(), change(token.Claims.ToJsonString())), MayRead: true, MayDelete: true);
    }

    private string WithPublicKeyAsSecret(Func<RSA, byte[]> secret)
    {
        var token = Base(Every).WithHeader("""{"alg":"HS256"}""");
        return token.Signed(bytes => HMACSHA256.HashData(secret(token.TenantsKey), bytes));
    }

    private static string StrangersKeyInside()
    {
        var key = HandmadeToken.StrangersKey.ExportParameters(includePrivateParameters: false);
        var request = new CertificateRequest("CN=stranger", HandmadeToken.StrangersKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1));
        return new JsonObject
        {
            ["jwk"] = new JsonObject { ["kty"] = "RSA", ["n"] = Encoded(key.Modulus!), ["e"] = Encoded(key.Exponent!) },
            ["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData)),
        }.ToJsonString();
    }

    private static string Encoded(string text) => Encoded(Encoding.UTF8.GetBytes(text));

    private static string Encoded(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
