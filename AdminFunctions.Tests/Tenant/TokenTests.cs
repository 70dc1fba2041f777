using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AdminFunctions.LocalHost.Tenant;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Tests.Tenant;

/// <summary>Client credentials at <c>/oauth/token</c>, and the keys that all tokens are signed with.</summary>
public sealed class TokenTests
{
    private const string AccessDenied = """{"error":"access_denied","error_description":"Unauthorized"}""";
    private const string InvalidRequest = """{"error":"invalid_request","error_description":"The body must be a form or a JSON object of strings."}""";

    [Theory]
    [InlineData("form")]
    [InlineData("json")]
    [InlineData("basic")]
    public async Task The_application_is_granted_a_token_in_each_way_it_may_ask(string way)
    {
        var time = new FakeTime();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, TimeProvider = time, ManagementTokenSeconds = 600, ClientId = "m2m:1", ManagementScope = "read:users delete:users" });
        using var client = tenant.Anyone();
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["audience"] = $"{tenant.Issuer}api/v2/",
        };
        if (way is "basic")
        {
            var pair = $"{Uri.EscapeDataString(tenant.ClientId)}:{Uri.EscapeDataString(tenant.ClientSecret)}";
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }
        else
        {
            parameters["client_id"] = tenant.ClientId;
            parameters["client_secret"] = tenant.ClientSecret;
        }

        var answer = way is "json"
            ? await client.PostJsonAsync("/oauth/token", JsonSerializer.Serialize(parameters))
            : await client.PostFormAsync("/oauth/token", parameters);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var grant = (await answer.JsonAsync()).AsObject();
        var token = grant["access_token"]!.GetValue<string>();
        grant.Remove("access_token");
        grant.ToJsonString().ShouldBe("""{"scope":"read:users delete:users","expires_in":600,"token_type":"Bearer"}""");
        tenant.Stats.TokenGrants.ShouldBe(1);

        var read = new JsonWebToken(token);
        (read.Typ, read.Alg, read.Issuer, read.Subject).ShouldBe(("JWT", "RS256", tenant.Issuer, "m2m:1@clients"));
        read.Audiences.ShouldBe([$"{tenant.Issuer}api/v2/"]);
        (read.ValidTo - read.IssuedAt).ShouldBe(TimeSpan.FromMinutes(10));
        read.IssuedAt.ShouldBe(time.GetUtcNow().UtcDateTime);
        read.GetPayloadValue<string>("scope").ShouldBe("read:users delete:users");
        using var application = tenant.Bearer(token);
        (await application.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("client_secret=wrong", 401, AccessDenied)]
    [InlineData("client_secret=", 401, AccessDenied)]
    [InlineData("client_id=somebody", 401, AccessDenied)]
    [InlineData("client_id=", 401, AccessDenied)]
    [InlineData("grant_type=password", 403, """{"error":"unsupported_grant_type","error_description":"Unsupported grant type: password"}""")]
    [InlineData("grant_type=authorization_code", 403, """{"error":"unauthorized_client","error_description":"Grant type 'authorization_code' not allowed for the client."}""")]
    [InlineData("grant_type=refresh_token", 403, """{"error":"unauthorized_client","error_description":"Grant type 'refresh_token' not allowed for the client."}""")]
    [InlineData("client_id=local-dashboard", 403, """{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}""")]
    [InlineData("audience=", 403, """{"error":"access_denied","error_description":"No audience parameter was provided, and no default audience has been configured"}""")]
    [InlineData("audience=https://elsewhere/", 403, """{"error":"access_denied","error_description":"Service not found: https://elsewhere/"}""")]
    [InlineData("audience=https://admin-functions.local/api", 403, """{"error":"access_denied","error_description":"Client is not authorized to access \"https://admin-functions.local/api\". You need to create a \"client-grant\" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants"}""")]
    public async Task A_grant_is_refused_in_Auth0s_words(string change, int status, string body)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        var parameters = GoodRequest(tenant);
        parameters[change[..change.IndexOf('=')]] = change[(change.IndexOf('=') + 1)..];
        using var client = tenant.Anyone();

        var answer = await client.PostFormAsync("/oauth/token", parameters);

        (await answer.Content.ReadAsStringAsync()).ShouldBe(body);
        ((int)answer.StatusCode).ShouldBe(status);
        tenant.Stats.TokenGrants.ShouldBe(0);
    }

    [Fact]
    public async Task An_application_without_a_grant_for_the_Management_API_is_told_so()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, ManagementScope = null });
        using var client = tenant.Anyone();

        var answer = await client.PostFormAsync("/oauth/token", GoodRequest(tenant));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.JsonAsync())["error_description"]!.GetValue<string>().ShouldStartWith($"Client is not authorized to access \"{tenant.Issuer}api/v2/\".");
        tenant.ManagementScope = "read:users";
        (await (await client.PostFormAsync("/oauth/token", GoodRequest(tenant))).JsonAsync())["scope"]!.GetValue<string>().ShouldBe("read:users");
    }

    [Theory]
    [InlineData("application/json", "{}", """{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}""")]
    [InlineData("application/json", """{"grant_type":1}""", """{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}""")]
    [InlineData("application/json", "[]", InvalidRequest)]
    [InlineData("application/json", "", InvalidRequest)]
    [InlineData("application/json", "{", InvalidRequest)]
    [InlineData("application/json", """{"grant_type":"a","grant_type":"b"}""", InvalidRequest)]
    [InlineData("application/json", """{"grant_type":"\ud800"}""", InvalidRequest)]
    [InlineData("multipart/form-data", "x", InvalidRequest)]
    [InlineData("text/plain", "grant_type=client_credentials", InvalidRequest)]
    public async Task A_body_that_is_no_request_is_a_400(string contentType, string body, string error)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();

        var answer = await client.PostAsync("/oauth/token", new StringContent(body, Encoding.UTF8, contentType));

        (await answer.Content.ReadAsStringAsync()).ShouldBe(error);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("Basic !", 400)]
    [InlineData("Basic eA==", 400)]
    [InlineData("Basic eDp5", 401)]
    public async Task Basic_credentials_that_are_none_are_refused(string header, int status)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        ((int)(await client.PostFormAsync("/oauth/token", GoodRequest(tenant))).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task After_a_rotation_only_the_new_secret_is_good_and_old_tokens_still_are()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var application = tenant.Application();
        var old = GoodRequest(tenant);

        tenant.RotateClientSecret();

        (await application.PostFormAsync("/oauth/token", old)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await application.PostFormAsync("/oauth/token", GoodRequest(tenant))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await application.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.RevokeManagementTokens();
        (await application.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_OpenID_configuration_leads_the_official_client_to_the_keys()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();

        // The configuration's addresses are https, as Auth0's are; the tenant's are not.
        var retriever = new Plain(tenant, client);
        var configuration = await OpenIdConnectConfigurationRetriever.GetAsync($"{tenant.Issuer}.well-known/openid-configuration", retriever, CancellationToken.None);

        configuration.Issuer.ShouldBe($"https://{tenant.Domain}/");
        configuration.TokenEndpoint.ShouldBe($"{tenant.Issuer}oauth/token");
        configuration.AuthorizationEndpoint.ShouldBe($"{tenant.Issuer}authorize");
        configuration.UserInfoEndpoint.ShouldBe($"{tenant.Issuer}userinfo");
        configuration.ResponseTypesSupported.ShouldBe(["code"]);
        configuration.IdTokenSigningAlgValuesSupported.ShouldBe(["RS256"]);
        (await IsValidAsync(tenant.MintAccessToken("auth0|x", []), tenant, configuration.SigningKeys)).ShouldBeTrue();
        tenant.Stats.JwksReads.ShouldBe(1);
        (await client.GetStringAsync("/.well-known/jwks.json")).ShouldNotContain("\"d\"");
    }

    [Fact]
    public async Task After_a_rotation_the_previous_key_is_published_beside_the_new_one_until_it_is_revoked()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();
        using var application = tenant.Application();
        var (first, second, third) = (tenant.MintAccessToken("auth0|x", []), "", "");

        tenant.SigningKeys.Rotate();
        second = tenant.MintAccessToken("auth0|x", []);

        (await ValidAsync()).ShouldBe((2, true, true, false));
        (await application.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.OK);

        tenant.SigningKeys.Rotate(revokePrevious: true);
        third = tenant.MintAccessToken("auth0|x", []);

        (await ValidAsync()).ShouldBe((1, false, false, true));
        (await application.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        async Task<(int Keys, bool First, bool Second, bool Third)> ValidAsync()
        {
            var keys = new JsonWebKeySet(await client.GetStringAsync("/.well-known/jwks.json")).GetSigningKeys();
            keys.Select(key => key.KeyId).ShouldBeUnique();
            return (keys.Count, await IsValidAsync(first, tenant, keys), await IsValidAsync(second, tenant, keys), await IsValidAsync(third, tenant, keys));
        }
    }

    private static Dictionary<string, string> GoodRequest(LocalTenant tenant) => new(StringComparer.Ordinal)
    {
        ["grant_type"] = "client_credentials",
        ["client_id"] = tenant.ClientId,
        ["client_secret"] = tenant.ClientSecret,
        ["audience"] = $"{tenant.Issuer}api/v2/",
    };

    private static async Task<bool> IsValidAsync(string token, LocalTenant tenant, IEnumerable<SecurityKey> keys) =>
        (await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = tenant.Issuer,
            ValidAudience = tenant.Audience,
            IssuerSigningKeys = keys,
        })).IsValid;

    private sealed class Plain(LocalTenant tenant, HttpClient client) : IDocumentRetriever
    {
        public Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            address.ShouldStartWith(tenant.Issuer);
            return client.GetStringAsync(new Uri(tenant.Address, new Uri(address).PathAndQuery), cancel);
        }
    }
}
