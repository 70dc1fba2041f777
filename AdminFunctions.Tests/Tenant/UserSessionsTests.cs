using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Tests.Tenant;

/// <summary><c>/api/v2/users/{id}/sessions</c> and <c>/refresh-tokens</c>, and what makes them under <c>/_local</c>.</summary>
public sealed class UserSessionsTests
{
    private const string Scope = "read:users read:sessions read:refresh_tokens delete:sessions delete:refresh_tokens";
    private const string Sessions = "/api/v2/users/auth0%7C000000000000000000000001/sessions";
    private const string RefreshTokens = "/api/v2/users/auth0%7C000000000000000000000001/refresh-tokens";
    private const string Ada = """{"user_id":"auth0|000000000000000000000001"}""";

    [Fact]
    public async Task A_session_has_Auth0s_members_and_an_interaction_prolongs_it()
    {
        var time = new FakeTime();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3, TimeProvider = time, ManagementTokenSeconds = 100 * 86_400 });
        using var application = tenant.Application(Scope);
        using var browser = new SinglePageApplication(tenant);
        browser.Client.DefaultRequestHeaders.UserAgent.ParseAdd("Browser/1");
        await browser.SignInAsync(Admin.All[0].UserId);
        time.Advance(TimeSpan.FromDays(2));
        await browser.AuthorizeAsync(("prompt", "none"));

        var body = await application.GetStringAsync(Sessions);

        var ip = JsonNode.Parse(body)!["sessions"]![0]!["device"]!["last_ip"]!.GetValue<string>();
        IPAddress.IsLoopback(IPAddress.Parse(ip)).ShouldBeTrue();
        body.ShouldBe("""
            {"sessions":[{"id":"SESSION","user_id":"auth0|000000000000000000000001","created_at":"2026-03-02T09:30:00.000Z","updated_at":"2026-03-04T09:30:00.000Z","authenticated_at":"2026-03-02T09:30:00.000Z","idle_expires_at":"2026-03-07T09:30:00.000Z","expires_at":null,"last_interacted_at":"2026-03-04T09:30:00.000Z","device":{"initial_ip":"IP","initial_user_agent":"Browser/1","last_ip":"IP","last_user_agent":"Browser/1"},"clients":[{"client_id":"local-dashboard"}],"authentication":{"methods":[{"name":"pwd","timestamp":"2026-03-02T09:30:00.000Z"}]},"cookie":{"mode":"persistent"}}]}
            """.Replace("SESSION", browser.Cookies[0].Value, StringComparison.Ordinal).Replace("\"IP\"", $"\"{ip}\"", StringComparison.Ordinal));
        time.Advance(TimeSpan.FromDays(3));
        (await application.GetStringAsync(Sessions)).ShouldBe("""{"sessions":[]}""");
    }

    [Fact]
    public async Task A_refresh_token_has_Auth0s_members_without_its_secret_and_keeps_its_id_when_it_is_exchanged()
    {
        var time = new FakeTime();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3, TimeProvider = time, ManagementTokenSeconds = 100 * 86_400 });
        using var application = tenant.Application(Scope);
        using var browser = new SinglePageApplication(tenant);
        var secret = (await (await browser.ExchangeAsync(await browser.SignInAsync(Admin.All[0].UserId))).JsonAsync())["refresh_token"]!.GetValue<string>();

        var token = await OnlyTokenAsync();
        token.Select(member => member.Key).ShouldBe([
            "id", "user_id", "created_at", "idle_expires_at", "expires_at", "device", "client_id", "session_id", "rotating", "resource_servers",
            "last_exchanged_at",
        ]);
        token["last_exchanged_at"].ShouldBeNull();
        token["session_id"]!.GetValue<string>().ShouldBe(browser.Cookies[0].Value);
        token["resource_servers"]![0]!["audience"]!.GetValue<string>().ShouldBe(tenant.Audience);
        time.Advance(TimeSpan.FromDays(40));
        var next = await (await browser.RefreshAsync(secret)).JsonAsync();

        var exchanged = await OnlyTokenAsync();
        exchanged["id"]!.GetValue<string>().ShouldBe(token["id"]!.GetValue<string>());
        exchanged["created_at"]!.GetValue<string>().ShouldBe("2026-03-02T09:30:00.000Z");
        exchanged["last_exchanged_at"]!.GetValue<string>().ShouldBe("2026-04-11T09:30:00.000Z");
        exchanged.ToJsonString().ShouldNotContain(next["refresh_token"]!.GetValue<string>());

        async Task<JsonObject> OnlyTokenAsync() =>
            (await (await application.GetAsync(RefreshTokens)).JsonAsync())["tokens"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
    }

    [Theory]
    [InlineData("token-exchange", RefreshTokens, "tokens", "last_exchanged_at")]
    [InlineData("interaction", Sessions, "sessions", "last_interacted_at")]
    public async Task Someone_whose_last_login_is_long_ago_can_be_active(string use, string path, string name, string date)
    {
        var time = new FakeTime();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3, TimeProvider = time, ManagementTokenSeconds = 100 * 86_400 });
        using var application = tenant.Application(Scope);
        var user = tenant.Users.Find(Admin.All[0].UserId);

        (await application.PostJsonAsync($"/_local/{use}", Ada)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        time.Advance(TimeSpan.FromDays(1));
        (await application.PostJsonAsync($"/_local/{use}", Ada)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var item = (await (await application.GetAsync(path)).JsonAsync())[name]!.AsArray().ShouldHaveSingleItem()!;
        item[date]!.GetValue<string>().ShouldBe("2026-03-03T09:30:00.000Z");
        item["created_at"]!.GetValue<DateTime>().ShouldBe(user!.LastLogin!.Value, TimeSpan.FromMilliseconds(1));
        tenant.Users.Find(Admin.All[0].UserId).ShouldBe(user);
        (await application.PostJsonAsync($"/_local/{use}", """{"user_id":"auth0|nobody"}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_token_that_was_marked_as_exchanged_still_works()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application(Scope);
        using var browser = new SinglePageApplication(tenant);
        var signIn = await (await application.PostJsonAsync(
            "/_local/sign-in", """{"user_id":"auth0|000000000000000000000001","offline_access":true}""")).JsonAsync();
        await application.PostJsonAsync("/_local/token-exchange", Ada);

        (await browser.RefreshAsync(signIn["refresh_token"]!.GetValue<string>())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await application.GetStringAsync(RefreshTokens)).ShouldContain($"\"session_id\":\"{signIn["session_id"]}\"");
    }

    [Theory]
    [InlineData(Sessions, "sessions")]
    [InlineData(RefreshTokens, "tokens")]
    public async Task They_are_paged_through_from_checkpoint_to_checkpoint(string path, string name)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application(Scope);
        for (var i = 0; i < 7; i++)
        {
            var userId = Admin.All[i % 7 is 3 ? 1 : 0].UserId;
            await application.PostJsonAsync("/_local/sign-in", $$"""{"user_id":"{{userId}}","offline_access":true}""");
        }

        List<string> ids = [];
        List<int> pages = [];
        string? next = null;
        do
        {
            var page = (await (await application.GetAsync($"{path}?take=4&include_totals=true{(next is null ? "" : $"&from={next}")}")).JsonAsync()).AsObject();
            pages.Add(page[name]!.AsArray().Count);
            ids.AddRange(page[name]!.AsArray().Select(item => item!["id"]!.GetValue<string>()));
            next = page["next"]?.GetValue<string>();
        }
        while (next is not null);

        pages.ShouldBe([4, 2]);
        ids.ShouldBeUnique();
    }

    [Theory]
    [InlineData("take=0", "'Value 0 is less than minimum 1.' on property take")]
    [InlineData("take=101", "'Value 101 is greater than maximum 100.' on property take")]
    [InlineData("take=all", "'Expected type integer but found type string' on property take")]
    [InlineData("from=", "'Invalid cursor' on property from")]
    [InlineData("from=-1", "'Invalid cursor' on property from")]
    [InlineData("from=1&from=2", "'Invalid cursor' on property from")]
    [InlineData("from=99999999999999999999", "'Invalid cursor' on property from")]
    public async Task A_bad_parameter_is_a_400_that_names_it(string query, string message)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application(Scope);
        foreach (var path in new[] { Sessions, RefreshTokens })
        {
            var answer = await application.GetAsync($"{path}?{query}");

            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.JsonAsync())["message"]!.GetValue<string>().ShouldContain(message);
        }
    }

    [Theory]
    [InlineData("read:refresh_tokens", Sessions, 403, "insufficient_scope")]
    [InlineData("read:sessions", RefreshTokens, 403, "insufficient_scope")]
    [InlineData("read:sessions", "/api/v2/users/auth0%7Cnobody/sessions", 404, "inexistent_user")]
    [InlineData("read:refresh_tokens", "/api/v2/users/auth0%7Cnobody/refresh-tokens", 404, "inexistent_user")]
    [InlineData("read:sessions", "/api/v2/users/nobody/sessions", 400, "invalid_uri")]
    public async Task A_refusal_has_Auth0s_status_and_code(string scope, string path, int status, string code)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3, RateLimits = RateLimits.Professional });
        using var application = tenant.Application(scope);

        var answer = await application.GetAsync(path);

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.JsonAsync())["errorCode"]!.GetValue<string>().ShouldBe(code);
        answer.Headers.GetValues("X-RateLimit-Limit").ShouldBe(["10"]);
    }

    [Theory]
    [InlineData(Sessions)]
    [InlineData(RefreshTokens)]
    public async Task A_plan_without_them_is_a_403_that_is_not_about_scopes(string path)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3, HasSessionManagement = false });
        using var application = tenant.Application(Scope);

        var answer = await application.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.JsonAsync())["errorCode"]!.GetValue<string>().ShouldBe("feature_not_enabled");
    }

    [Fact]
    public async Task A_deleted_user_leaves_none_to_the_next_one_with_the_same_id()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application(Scope + " delete:users");
        var ada = tenant.Users.Find(Admin.All[0].UserId)!;
        await application.PostJsonAsync("/_local/interaction", Ada);
        await application.PostJsonAsync("/_local/token-exchange", Ada);

        await application.DeleteAsync(Sessions[..Sessions.LastIndexOf('/')]);
        tenant.Users.Put(ada);

        (await application.GetStringAsync(Sessions)).ShouldBe("""{"sessions":[]}""");
        (await application.GetStringAsync(RefreshTokens)).ShouldBe("""{"tokens":[]}""");
    }
}
