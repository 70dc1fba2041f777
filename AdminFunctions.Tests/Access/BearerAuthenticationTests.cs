using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AdminFunctions.Tests.Access;

/// <summary>The place, audience, issuer and lifetime of a token that the tenant has signed.</summary>
public sealed class BearerAuthenticationTests
{
    private const string Malformed = "The access token is malformed.";
    private const string Expired = "The access token has expired. Get a new one.";
    private const string NotYetValid = "The access token is not valid yet.";
    private const string OfAnotherIssuer = "The access token was issued by another issuer.";

    [Fact]
    public async Task The_token_that_the_invalid_ones_are_derived_from_is_valid()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).Signed();

        await app.ShouldAdmitAsync(token);

        app.Log.Lines().ShouldAllBe(line => !token.Split('.').Any(part => line.Contains(part, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER ")]
    [InlineData("Bearer   ")]
    public async Task The_scheme_is_Bearer_in_any_case(string scheme)
    {
        await using var app = await AdminApp.StartAsync();

        (await RawAsync(app, "GET /api/users", $"Authorization: {scheme}{HandmadeToken.For(app).Signed()}")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic dXNlcjpwYXNzd29yZA==")]
    [InlineData("DPoP {0}")]
    [InlineData("Token {0}")]
    [InlineData("Bearer:{0}")]
    [InlineData("BearerToken {0}")]
    [InlineData("{0}")]
    [InlineData("{0} Bearer")]
    public async Task A_token_with_another_scheme_is_not_a_bearer_token(string authorization)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).Signed();
        using var caller = app.Anyone();
        caller.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", string.Format(null, authorization, token)).ShouldBeTrue();

        var answer = await caller.GetAsync("/api/users");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        answer.ShouldChallengeWith("Bearer");
        await app.ShouldKeepToItselfAsync(token, answer);
        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_in_the_URL_a_form_or_a_cookie_is_not_a_bearer_token()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithClaims("""{"permissions":["read:users","delete:users"]}""").Signed();
        using var caller = app.Anyone();
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("access_token", token)]);

        var inTheAddress = await caller.GetAsync($"/api/users?access_token={token}");
        var inAForm = await caller.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/users/auth0%7Csomebody") { Content = form });
        var inACookie = await caller.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/users") { Headers = { { "Cookie", $"access_token={token}" } } });

        foreach (var answer in new[] { inTheAddress, inAForm, inACookie })
        {
            await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain(token);
        }

        app.Log.Lines().Where(line => line.StartsWith("AdminFunctions.", StringComparison.Ordinal)).ShouldAllBe(line => !line.Contains(token, StringComparison.Ordinal));
        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("bearer \t ")]
    public async Task Bearer_without_a_token_is_an_invalid_token(string authorization)
    {
        await using var app = await AdminApp.StartAsync();

        var answer = await RawAsync(app, "GET /api/users", $"Authorization: {authorization}");

        answer.ShouldStartWith("HTTP/1.1 401 ");
        answer.ShouldContain("WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The Authorization header has no token after Bearer.\"\r\n");
        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_Authorization_headers_are_refused()
    {
        await using var app = await AdminApp.StartAsync();
        var header = $"Authorization: Bearer {HandmadeToken.For(app).Signed()}";

        foreach (var other in new[] { header, "Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization:" })
        {
            foreach (var headers in new[] { new[] { header, other }, [other, header] })
            {
                var answer = await RawAsync(app, "GET /api/users", headers);
                answer.ShouldStartWith("HTTP/1.1 401 ");
                answer.ShouldContain("The request has more than one Authorization header, or more than one value in it.");
            }
        }

        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{0}, {0}")]
    [InlineData("{0} {0}")]
    [InlineData("{0},Basic dXNlcjpwYXNzd29yZA==")]
    [InlineData("{0}; charset=utf-8")]
    [InlineData("\"{0}\"")]
    [InlineData("žluťoučký")]
    public async Task Other_text_after_Bearer_is_an_invalid_token(string behind)
    {
        await using var app = await AdminApp.StartAsync();

        var answer = await RawAsync(app, "GET /api/users", $"Authorization: Bearer {string.Format(null, behind, HandmadeToken.For(app).Signed())}");

        answer.ShouldStartWith("HTTP/1.1 401 ");
        answer.ShouldContain("WWW-Authenticate: Bearer error=\"invalid_token\"");
        app.ShouldHaveAskedNothingOfTheManagementApi();
    }

    [Theory]
    [InlineData(59, null)]
    [InlineData(60, Expired)]
    [InlineData(3600, Expired)]
    public async Task A_token_may_have_expired_less_than_a_minute_ago(int secondsAgo, string? because)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).Signed();

        app.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(secondsAgo));

        await ShouldAnswerAsync(app, token, because);
    }

    [Theory]
    [InlineData(60, null)]
    [InlineData(61, NotYetValid)]
    [InlineData(3000, NotYetValid)]
    public async Task A_token_may_become_valid_within_a_minute(int inSeconds, string? because)
    {
        await using var app = await AdminApp.StartAsync();
        var notBefore = app.Time.GetUtcNow().ToUnixTimeSeconds() + inSeconds;

        await ShouldAnswerAsync(app, HandmadeToken.For(app).WithClaims($$"""{"nbf":{{notBefore}}}""").Signed(), because);
    }

    [Fact]
    public async Task A_token_becomes_valid_when_its_time_has_come()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithClaims($$"""{"nbf":{{app.Time.GetUtcNow().ToUnixTimeSeconds() + 600}}}""").Signed();

        await app.ShouldRefuseAsync(token, NotYetValid);
        app.Time.Advance(TimeSpan.FromMinutes(10));
        await app.ShouldAdmitAsync(token);
    }

    [Fact]
    public async Task A_token_without_an_expiry_is_refused()
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithoutClaim("exp").Signed(), "The access token has no expiry (exp).");
    }

    [Theory]
    [InlineData("""{"exp":null}""")]
    [InlineData("""{"exp":true}""")]
    [InlineData("""{"exp":"tomorrow"}""")]
    [InlineData("""{"exp":[9999999999]}""")]
    [InlineData("""{"exp":{"at":9999999999}}""")]
    [InlineData("""{"exp":-1}""")]
    [InlineData("""{"exp":0}""")]
    [InlineData("""{"exp":-1e300}""")]
    [InlineData("""{"nbf":"tomorrow"}""")]
    [InlineData("""{"nbf":9999999999}""")]
    [InlineData("""{"nbf":1e300}""")]
    [InlineData("""{"nbf":{}}""")]
    [InlineData("""{"iss":null}""")]
    [InlineData("""{"iss":{}}""")]
    [InlineData("""{"iss":[]}""")]
    [InlineData("""{"aud":null}""")]
    [InlineData("""{"aud":{}}""")]
    [InlineData("""{"aud":[]}""")]
    [InlineData("""{"aud":[null]}""")]
    [InlineData("""{"sub":null}""")]
    [InlineData("""{"sub":""}""")]
    [InlineData("""{"sub":[]}""")]
    [InlineData("""{"sub":{}}""")]
    [InlineData("""{"sub":["auth0|5f7c8ec7c33c6c004bbafe82"]}""")]
    public async Task A_nonsensical_claim_makes_a_token_invalid(string claims)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithClaims(claims).Signed();

        var answer = await app.ListWithAsync(token);

        await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token");
        await app.ShouldKeepToItselfAsync(token, answer);
        app.ShouldHaveAskedNothingOfTheManagementApi();
    }

    [Theory]
    [InlineData("https://other.example/api")]
    [InlineData("local-dashboard")]
    [InlineData("https://admin-functions.local/api/")]
    [InlineData("https://admin-functions.local/ap")]
    [InlineData("https://admin-functions.local/api/v2")]
    [InlineData("HTTPS://ADMIN-FUNCTIONS.LOCAL/API")]
    [InlineData("https://admin-functions.local/api https://other.example/api")]
    public async Task A_token_for_another_audience_is_refused(string audience)
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(
            HandmadeToken.For(app).WithClaims($$"""{"aud":"{{audience}}"}""").Signed(),
            "The access token is for another audience. Request one from Auth0 with the audience https://admin-functions.local/api.");
    }

    [Fact]
    public async Task A_token_for_several_audiences_is_valid_if_this_API_is_one_of_them()
    {
        await using var app = await AdminApp.StartAsync();

        // Auth0 issues such a token if the openid scope is requested too.
        await app.ShouldAdmitAsync(HandmadeToken.For(app).WithClaims($$"""{"aud":["{{app.Tenant.Issuer}}userinfo","{{app.Tenant.Audience}}"]}""").Signed());
        await app.ShouldAdmitAsync(HandmadeToken.For(app).WithClaims($$"""{"aud":["{{app.Tenant.Audience}}"]}""").Signed());
    }

    [Fact]
    public async Task A_token_for_several_audiences_is_refused_if_this_API_is_not_one_of_them()
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(
            HandmadeToken.For(app).WithClaims($$"""{"aud":["{{app.Tenant.Issuer}}userinfo","{{app.Tenant.Issuer}}api/v2/"]}""").Signed(),
            "The access token is for another audience. Request one from Auth0 with the audience https://admin-functions.local/api.");
    }

    [Fact]
    public async Task A_token_of_the_Management_API_is_for_another_audience()
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(
            app.Tenant.MintManagementToken(),
            "The access token is for another audience. Request one from Auth0 with the audience https://admin-functions.local/api.");
    }

    [Fact]
    public async Task An_id_token_is_for_another_audience()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithClaims($$"""{"aud":"{{app.Tenant.SpaClientId}}","nonce":"n-0S6_WzA2Mj","name":"Ann Smith"}""");

        await app.ShouldRefuseAsync(
            token.Signed(),
            "The access token is for another audience. Request one from Auth0 with the audience https://admin-functions.local/api.");
    }

    [Fact]
    public async Task While_a_custom_domain_is_introduced_tokens_of_two_issuers_are_accepted()
    {
        const string custom = "https://login.example.com/";
        await using var app = await AdminApp.StartAsync(settings: ("Auth0:Issuer", "{issuer}, https://login.example.com/"));

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithClaims($$"""{"iss":"{{custom}}x"}""").Signed(), OfAnotherIssuer);
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        await app.ShouldAdmitAsync(HandmadeToken.For(app).WithClaims($$"""{"iss":"{{custom}}"}""").Signed());
    }

    [Fact]
    public async Task A_token_of_another_issuer_is_refused()
    {
        await using var app = await AdminApp.StartAsync();
        var issuer = app.Tenant.Issuer;

        foreach (var other in new[]
        {
            "https://other.eu.auth0.com/",
            issuer.TrimEnd('/'),
            issuer + "/",
            issuer.ToUpperInvariant(),
            issuer.Replace("https", "http", StringComparison.Ordinal),
            issuer.Replace("//", "//x.", StringComparison.Ordinal),
            issuer + "x",
            "",
        })
        {
            await app.ShouldRefuseAsync(HandmadeToken.For(app).WithClaims($$"""{"iss":"{{other}}"}""").Signed(), OfAnotherIssuer);
        }

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithoutClaim("iss").Signed(), OfAnotherIssuer);
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
    }

    [Fact]
    public async Task A_token_without_a_subject_is_refused()
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithoutClaim("sub").Signed(), "The access token has no subject (sub).");
    }

    [Fact]
    public async Task A_machine_may_call_too()
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldAdmitAsync(HandmadeToken.For(app).WithClaims("""{"sub":"mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA@clients","gty":"client-credentials"}""").Signed());
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("at+jwt")]
    public async Task An_access_token_of_either_profile_is_valid(string type)
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldAdmitAsync(HandmadeToken.For(app).WithHeader($$"""{"typ":"{{type}}"}""").Signed());
    }

    [Theory]
    [InlineData("id+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("secevent+jwt")]
    [InlineData("JWE")]
    [InlineData("")]
    public async Task A_token_of_another_type_is_not_an_access_token(string type)
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).WithHeader($$"""{"typ":"{{type}}"}""").Signed(), "The token is not an access token.");
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("abc.def")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("....")]
    [InlineData("a.b.c.d")]
    [InlineData("a.b.c.d.e.f")]
    [InlineData("null")]
    [InlineData("undefined")]
    [InlineData("{}")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9..c2ln")]
    [InlineData(".eyJzdWIiOiJhIn0.c2ln")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.!!!")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.ey JzdWIiOiJhIn0.c2ln")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0=.c2ln")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJh+/0.c2ln")]
    public async Task Text_that_is_not_a_JSON_Web_Token_is_refused_without_any_request(string token)
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(
            token,
            token.Count(character => character is '.') is 2 ? Malformed
                : token is "...." ? Encrypted(app)
                : $"The access token is opaque: it is not a JSON Web Token. Request one from Auth0 with the audience {app.Tenant.Audience}.");

        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""[]""", """{}""")]
    [InlineData("""null""", """{}""")]
    [InlineData("""7""", """{}""")]
    [InlineData("\"RS256\"", """{}""")]
    [InlineData("""{"alg":"RS256","typ":"JWT" """, """{}""")]
    [InlineData("""{"alg":7,"typ":"JWT"}""", """{}""")]
    [InlineData("""{"alg":"RS256","typ":"JWT","kid":{}}""", """{}""")]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", """[]""")]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", """null""")]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", """7""")]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", "\"auth0|somebody\"")]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", """{"sub":"auth0|somebody" """)]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", """<html></html>""")]
    public async Task A_header_or_payload_that_is_not_a_JSON_object_is_malformed(string header, string payload)
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldRefuseAsync(HandmadeToken.For(app).SignedAs(header, payload), Malformed);
    }

    [Fact]
    public async Task A_payload_of_a_thousand_nested_arrays_is_malformed()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app);
        var claims = token.Claims.ToJsonString().TrimEnd('}');

        await app.ShouldRefuseAsync(
            token.SignedAs(token.Header.ToJsonString(), $"{claims},\"nested\":{new string('[', 1000)}{new string(']', 1000)}}}"),
            Malformed);
    }

    [Fact]
    public async Task An_encrypted_token_is_refused()
    {
        await using var app = await AdminApp.StartAsync();
        var key = app.Tenant.SigningKeys.Published[0];
        var token = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode($$"""{"alg":"RSA-OAEP","enc":"A256GCM","typ":"JWT","kid":"{{key.KeyId}}"}""")
            + ".a2V5LWtleS1rZXkta2V5.aXYtaXYtaXYtaXYt.Y2lwaGVyLWNpcGhlcg.dGFnLXRhZy10YWctdGFn";

        await app.ShouldRefuseAsync(token, Encrypted(app));
    }

    [Fact]
    public async Task A_token_can_be_up_to_16_KiB_long()
    {
        await using var app = await AdminApp.StartAsync();

        var longest = OfLength(app, 16 * 1024);
        var tooLong = OfLength(app, (16 * 1024) + 4);

        await app.ShouldAdmitAsync(longest);
        app.Tenant.Requests.Clear();
        app.Vault.Requests.Clear();
        await app.ShouldRefuseAsync(tooLong, "The access token is longer than 16 KiB.");
    }

    private static string Encrypted(AdminApp app) =>
        $"The access token is encrypted (JWE). Get one from Auth0 that is signed only, with the audience {app.Tenant.Audience}: "
            + "turn off JSON Web Encryption in the settings of the API.";

    private static Task ShouldAnswerAsync(AdminApp app, string token, string? because) =>
        because is null ? app.ShouldAdmitAsync(token) : app.ShouldRefuseAsync(token, because);

    /// <summary>A valid token with a claim that makes it this long.</summary>
    private static string OfLength(AdminApp app, int length)
    {
        var token = HandmadeToken.For(app).WithClaims("""{"padding":""}""");
        var signed = token.Signed();
        for (var characters = (length - signed.Length) * 3 / 4 - 4; signed.Length < length; characters++)
        {
            signed = token.WithClaims($$"""{"padding":"{{new string('a', characters)}}"}""").Signed();
        }

        signed.Length.ShouldBeInRange(length, length + 1);
        return signed;
    }

    /// <summary>Sends headers unchanged, which HttpClient does not, and returns the whole response.</summary>
    private static async Task<string> RawAsync(AdminApp app, string request, params string[] headers)
    {
        using var anyone = app.Anyone();
        using var connection = new TcpClient();
        await connection.ConnectAsync(anyone.BaseAddress!.Host, anyone.BaseAddress.Port);
        await using var stream = connection.GetStream();
        var lines = string.Join("\r\n", [$"{request} HTTP/1.1", $"Host: {anyone.BaseAddress.Authority}", "Connection: close", .. headers, "", ""]);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(lines));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
