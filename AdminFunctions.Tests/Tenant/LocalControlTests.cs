using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AdminFunctions.Tests.Tenant;

/// <summary><c>/_local</c>: what only a local tenant has.</summary>
public sealed class LocalControlTests
{
    [Theory]
    [InlineData("""{"sub":"auth0|anyone","permissions":["read:users","x"]}""", "auth0|anyone", 86_400, "read:users x", "https://admin-functions.local/api", "")]
    [InlineData("""{"sub":"samlp|a|b","expiresIn":60,"audience":"https://elsewhere/","scope":"openid"}""", "samlp|a|b", 60, "", "https://elsewhere/", "openid")]
    [InlineData("""{"sub":"auth0|late","permissions":[],"expiresIn":-60}""", "auth0|late", -60, "", "https://admin-functions.local/api", "")]
    public async Task A_token_is_made_for_the_asking(string body, string sub, int seconds, string permissions, string audience, string scope)
    {
        var time = new FakeTime();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, TimeProvider = time });
        using var client = tenant.Anyone();

        // As curl posts it, with the content type of a form.
        var answer = await client.PostAsync("/_local/token", new StringContent(body, null, "application/x-www-form-urlencoded"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var json = (await answer.JsonAsync()).AsObject();
        json.Select(member => member.Key).ShouldBe(["access_token"]);
        var token = new JsonWebToken(json["access_token"]!.GetValue<string>());
        token.Subject.ShouldBe(sub);
        token.Issuer.ShouldBe(tenant.Issuer);
        token.Audiences.ShouldBe([audience]);
        token.ValidTo.ShouldBe(time.GetUtcNow().UtcDateTime.AddSeconds(seconds));
        token.IssuedAt.ShouldBeLessThan(token.ValidTo);
        token.GetPayloadValue<string[]>("permissions").ShouldBe(permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        token.GetPayloadValue<string>("scope").ShouldBe(scope);
    }

    [Theory]
    [InlineData("""{"sub":"auth0|anyone","org_id":"org_9ybsU1dN2dKfDkBi"}""", "org_9ybsU1dN2dKfDkBi")]
    [InlineData("""{"sub":"auth0|anyone"}""", null)]
    public async Task A_token_may_be_one_of_an_organization(string body, string? organization)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();

        var answer = await client.PostAsync("/_local/token", new StringContent(body));

        new JsonWebToken((await answer.JsonAsync())["access_token"]!.GetValue<string>()).TryGetPayloadValue<string>("org_id", out var id).ShouldBe(organization is not null);
        id.ShouldBe(organization);
    }

    [Fact]
    public async Task Users_are_added_in_the_Management_APIs_words()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, TimeProvider = new FakeTime() });
        using var client = tenant.Application();

        var answer = await client.PostAsync("/_local/users", new StringContent("""
            [{"user_id":"auth0|a","name":"<b>Ann</b>","email":"ann@example.com","picture":"https://example.com/a.png","created_at":"2024-05-06T08:00:00Z","blocked":true},
             {"user_id":"google-oauth2|1|2"}]
            """));

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var users = await (await client.GetAsync("/api/v2/users?fields=user_id,name,email,email_verified,picture,created_at,blocked,identities")).JsonAsync();
        JsonNode.DeepEquals(users, JsonNode.Parse("""
            [{"user_id":"auth0|a","name":"<b>Ann</b>","email":"ann@example.com","email_verified":false,"picture":"https://example.com/a.png","created_at":"2024-05-06T08:00:00.000Z","blocked":true,
              "identities":[{"connection":"Username-Password-Authentication","provider":"auth0","user_id":"a","isSocial":false}]},
             {"user_id":"google-oauth2|1|2","name":"google-oauth2|1|2","created_at":"2026-03-02T09:30:00.000Z",
              "identities":[{"connection":"google-oauth2","provider":"google-oauth2","user_id":"1|2","isSocial":false}]}]
            """)).ShouldBeTrue(users.ToJsonString());
    }

    [Theory]
    [InlineData("""[null]""")]
    [InlineData("""[{"name":"Ann"}]""")]
    [InlineData("""[{"user_id":"ann"}]""")]
    [InlineData("""[{"user_id":"auth0|"}]""")]
    [InlineData("""[{"user_id":"auth0|a","password":"x"}]""")]
    [InlineData("""{"user_id":"auth0|a"}""")]
    public async Task What_is_no_user_is_refused_with_a_sentence_and_nobody_is_added(string body)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();

        var answer = await client.PostAsync("/_local/users", new StringContent(body));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync())["error"]!.GetValue<string>().ShouldContain("auth0|anyone");
        tenant.Users.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Totals_stop_where_they_are_told_to()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 20, MostTotal = 10 });
        using var client = tenant.Application();

        (await (await client.GetAsync("/api/v2/users?include_totals=true&per_page=1")).JsonAsync())["total"]!.GetValue<int>().ShouldBe(10);
    }

    [Fact]
    public async Task Stats_count_what_was_given_and_not_what_was_asked_in_vain()
    {
        await using var local = await LocalTenantAndVault.StartAsync(new TenantOptions { Users = 3 }, new VaultOptions());
        using var client = local.Tenant.Application();
        (await client.GetStringAsync("/_local/stats")).ShouldBe("""{"tokenGrants":0,"userLists":0,"userReads":0,"userUpdates":0,"userDeletes":0,"accessRevocations":0,"methodDeletes":0,"logReads":0,"mails":0,"secretReads":0,"jwksReads":0}""");

        string[] asked =
        [
            "GET /api/v2/users", "GET /api/v2/users?q=(",
            "GET /api/v2/users/auth0%7C000000000000000000000001", "GET /api/v2/users/auth0%7C000000000000000000000002", "GET /api/v2/users/auth0%7Cnobody",
            "DELETE /api/v2/users/auth0%7C000000000000000000000001", "DELETE /api/v2/users/auth0%7C000000000000000000000001", "DELETE /api/v2/users/auth0%7Cx", "DELETE /api/v2/users/nobody",
            "GET /.well-known/jwks.json", "GET /.well-known/jwks.json", "GET /.well-known/jwks.json", "GET /.well-known/jwks.json",
            "POST /oauth/token",
        ];
        foreach (var request in asked)
        {
            await client.SendAsync(new HttpRequestMessage(new HttpMethod(request.Split(' ')[0]), request.Split(' ')[1]));
        }

        (await client.GetStringAsync("/_local/stats")).ShouldBe("""{"tokenGrants":0,"userLists":1,"userReads":2,"userUpdates":0,"userDeletes":3,"accessRevocations":0,"methodDeletes":0,"logReads":0,"mails":0,"secretReads":0,"jwksReads":4}""");
        local.Tenant.Requests.All.ShouldNotContain(request => request.RawTarget.StartsWith("/_local"));
    }

    [Fact]
    public async Task A_fault_is_posted_met_as_often_as_it_says_and_can_be_taken_back()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 1 });
        using var client = tenant.Application();

        (await client.PostJsonAsync("/_local/faults", """
            [
              {"match":"GET /api/v2/users","times":2,"status":429,"headers":{"Retry-After":"7"},"body":{"a":1}},
              {"match":"GET /api/v2/users","status":502,"body":"<html>"},
              {"match":"get /userinfo","times":null,"status":500}
            ]
            """)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        for (var time = 0; time < 2; time++)
        {
            var limited = await client.GetAsync("/api/v2/users?page=0");
            ((int)limited.StatusCode).ShouldBe(429);
            limited.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
            limited.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
            (await limited.Content.ReadAsStringAsync()).ShouldBe("""{"a":1}""");
        }

        var html = await client.GetAsync("/api/v2/users");
        html.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        html.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await html.Content.ReadAsStringAsync()).ShouldBe("<html>");
        (await client.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        for (var time = 0; time < 3; time++)
        {
            (await client.GetAsync("/userinfo")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        }

        (await client.DeleteAsync("/_local/faults")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/userinfo")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_user_is_blocked_for_an_address_until_the_Management_API_unblocks_them()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        tenant.Users.Put(People.All);
        using var client = tenant.Application();

        (await client.PostJsonAsync("/_local/user-blocks", """{"user_id":"auth0|0a","ip":"203.0.113.7"}""")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SignInAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostJsonAsync("/_local/user-blocks", """{"user_id":"auth0|0a"}""")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await (await SignInAsync()).JsonAsync())["error"]!.GetValue<string>().ShouldBe("too_many_attempts");
        (await client.PostJsonAsync("/_local/user-blocks", """{"user_id":"auth0|nobody"}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var blocks = (await (await client.GetAsync("/_local/user-blocks")).JsonAsync()).AsArray();
        blocks.Count.ShouldBe(2);
        blocks[0]!.ToJsonString().ShouldBe(
            """{"user_id":"auth0|0a","identifier":"ann.smith@example.com","ip":"203.0.113.7","connection":"Username-Password-Authentication"}""");
        (await client.GetStringAsync("/api/v2/user-blocks/auth0%7C0a")).ShouldContain("203.0.113.7");
        (await client.DeleteAsync("/api/v2/user-blocks/auth0%7C0a")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetStringAsync("/_local/user-blocks")).ShouldBe("[]");
        (await SignInAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);

        Task<HttpResponseMessage> SignInAsync() => client.PostJsonAsync("/_local/sign-in", """{"user_id":"auth0|0a"}""");
    }

    [Theory]
    [InlineData("token", "", "Send a body such as {\"sub\":\"auth0|anyone\"")]
    [InlineData("token", "null", "The body must not be null.")]
    [InlineData("token", "[]", "Send a body such as {\"sub\":\"auth0|anyone\"")]
    [InlineData("token", "{}", "sub is missing")]
    [InlineData("token", """{"sub":7}""", "$.sub")]
    [InlineData("token", """{"sub":"\ud800"}""", "$.sub")]
    [InlineData("token", """{"sub":"a","expires_in":7}""", "expires_in")]
    [InlineData("token", """{"sub":"a","expiresIn":2000000000}""", "expiresIn must be between")]
    [InlineData("token", """{"sub":"a","expiresIn":-2147483648}""", "expiresIn must be between")]
    [InlineData("token", """{"sub":"a","permissions":"read:users"}""", "$.permissions")]
    [InlineData("faults", "", "Send a body such as [{\"match\":\"GET /api/v2/users\"")]
    [InlineData("faults", "{}", "Send a body such as [{\"match\":\"GET /api/v2/users\"")]
    [InlineData("faults", "[null]", "A fault must not be null.")]
    [InlineData("faults", "[{}]", "match")]
    [InlineData("faults", """[{"match":null}]""", "match")]
    [InlineData("faults", """[{"match":"GET"}]""", "\"GET\" is not a request pattern. Write \"METHOD /path\"")]
    [InlineData("faults", """[{"match":"GET users"}]""", "is not a request pattern")]
    [InlineData("faults", """[{"match":"*"},{"match":"*","times":0}]""", "times must be at least 1")]
    [InlineData("faults", """[{"match":"*","status":99}]""", "status must be between 200 and 599")]
    [InlineData("faults", """[{"match":"*","status":600}]""", "status must be between 200 and 599")]
    [InlineData("faults", """[{"match":"*","delayMs":-1}]""", "delayMs must not be negative")]
    [InlineData("faults", """[{"match":"*","mode":"explode"}]""", "$[0].mode")]
    [InlineData("faults", """[{"match":"*","mode":7}]""", "mode")]
    [InlineData("faults", """[{"match":"*","mode":"hang","status":200}]""", "A fault with the mode hang, abort, abort-after or close-after cannot have a status.")]
    [InlineData("faults", """[{"match":"*","status":200,"headers":{"a b":"c"}}]""", "\"a b\" is not a header name.")]
    [InlineData("faults", """[{"match":"*","status":200,"headers":{"a":"b\r\nc: d"}}]""", "The header \"a\"")]
    [InlineData("faults", """[{"match":"*","status":200,"headers":{"a":"ü"}}]""", "The header \"a\"")]
    [InlineData("faults", """[{"match":"*","status":200,"headers":{"a":null}}]""", "The header \"a\"")]
    [InlineData("faults", """[{"match":"*","status":204,"body":{}}]""", "204")]
    [InlineData("faults", """[{"match":"*","colour":"red"}]""", "colour")]
    [InlineData("token-exchange", "[]", "Send a body such as {\"user_id\":\"auth0|anyone\"")]
    [InlineData("interaction", """{"user":"auth0|a"}""", "user")]
    [InlineData("user-blocks", "[]", "Send a body such as {\"user_id\":\"auth0|anyone\"")]
    [InlineData("user-blocks", """{"user_id":"auth0|anyone","ip":"nowhere"}""", "ip is not valid")]
    [InlineData("rotate-secret", "[]", "Send a body such as {\"revokeTokens\":true}")]
    [InlineData("rotate-secret", """{"revoke":true}""", "revoke")]
    [InlineData("rotate-keys", "x", "Send a body such as {\"revokePrevious\":true}")]
    public async Task A_bad_body_is_a_400_with_a_sentence_and_does_nothing(string path, string body, string sentence)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Application();
        var (secret, key) = (tenant.ClientSecret, tenant.SigningKeys.Published[0]);

        var answer = await client.PostJsonAsync($"/_local/{path}", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await answer.JsonAsync()).AsObject();
        error.Select(member => member.Key).ShouldBe(["error"]);
        error["error"]!.GetValue<string>().ShouldContain(sentence, Case.Sensitive);
        (tenant.ClientSecret, tenant.SigningKeys.Published[0]).ShouldBe((secret, key));
        (await client.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Secret_tokens_and_keys_are_rotated_and_revoked_each_by_itself()
    {
        await using var local = await LocalTenantAndVault.StartAsync(new TenantOptions { Users = 0 }, new VaultOptions());
        var tenant = local.Tenant;
        using var client = tenant.Application();
        var secret = tenant.ClientSecret;

        await DoAsync("rotate-secret", null);
        tenant.ClientSecret.ShouldNotBe(secret);
        (await UsersAsync()).ShouldBe(HttpStatusCode.OK);

        await DoAsync("rotate-secret", """{"revokeTokens":true}""");
        (await UsersAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        client.DefaultRequestHeaders.Authorization = new("Bearer", tenant.MintManagementToken());
        await DoAsync("rotate-keys", null);
        tenant.SigningKeys.Published.Count.ShouldBe(2);
        (await UsersAsync()).ShouldBe(HttpStatusCode.OK);

        await DoAsync("rotate-keys", """{"revokePrevious":true}""");
        tenant.SigningKeys.Published.Count.ShouldBe(1);
        (await UsersAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        client.DefaultRequestHeaders.Authorization = new("Bearer", tenant.MintManagementToken());
        (await UsersAsync()).ShouldBe(HttpStatusCode.OK);
        await DoAsync("revoke-tokens", null);
        (await UsersAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        async Task DoAsync(string path, string? body) =>
            (await client.PostAsync($"/_local/{path}", body is null ? null : new StringContent(body))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        async Task<HttpStatusCode> UsersAsync() => (await client.GetAsync("/api/v2/users")).StatusCode;
    }

    [Theory]
    [InlineData("POST", "token")]
    [InlineData("GET", "stats")]
    [InlineData("POST", "faults")]
    [InlineData("DELETE", "faults")]
    [InlineData("POST", "token-exchange")]
    [InlineData("POST", "interaction")]
    [InlineData("POST", "user-blocks")]
    [InlineData("GET", "user-blocks")]
    [InlineData("GET", "mails")]
    [InlineData("DELETE", "mails")]
    [InlineData("POST", "rotate-secret")]
    [InlineData("POST", "revoke-tokens")]
    [InlineData("POST", "rotate-keys")]
    public async Task Pages_from_elsewhere_are_refused(string method, string path)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Application();
        var secret = tenant.ClientSecret;

        foreach (var origin in new[] { "https://evil.example", "http://localhost.evil.example", "null" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/_local/{path}");
            request.Headers.Add("Origin", origin);
            var answer = await client.SendAsync(request);

            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await answer.JsonAsync())["error"]!.GetValue<string>().ShouldStartWith($"Pages of {origin} cannot use /_local");
        }

        tenant.ClientSecret.ShouldBe(secret);
        (await client.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
