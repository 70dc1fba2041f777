using System.Net;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Tests.Tenant;

/// <summary><c>POST /api/v2/users/{id}/revoke-access</c>.</summary>
public sealed class RevokeAccessTests
{
    private const string Path = "/api/v2/users/auth0%7C000000000000000000000001/revoke-access";

    private static readonly string Ada = Admin.All[0].UserId;

    [Theory]
    [InlineData("{}", false, false, false, false)]
    [InlineData("""{"preserve_refresh_tokens":false}""", false, false, false, false)]
    [InlineData("""{"preserve_refresh_tokens":true}""", false, false, true, true)]
    [InlineData("""{"session_id":"FIRST"}""", false, true, false, true)]
    [InlineData("""{"session_id":"FIRST","preserve_refresh_tokens":true}""", false, true, true, true)]
    [InlineData("""{"session_id":"unknown"}""", true, true, true, true)]
    public async Task What_the_body_names_ends_and_nothing_else(
        string body, bool firstSession, bool secondSession, bool firstToken, bool secondToken)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application();
        using var first = new SinglePageApplication(tenant);
        using var second = new SinglePageApplication(tenant);
        var (tokenOfFirst, tokenOfSecond) = (await TokenAsync(first), await TokenAsync(second));

        var answer = await application.PostJsonAsync(Path, body.Replace("FIRST", first.Cookies[0].Value, StringComparison.Ordinal));

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
        tenant.Stats.AccessRevocations.ShouldBe(1);
        tenant.Activity.Log.Of(Ada).ShouldContain(item => item.Type == "sapi" && item.Description == "Revoke access of a user");
        (await HasSessionAsync(first)).ShouldBe(firstSession);
        (await HasSessionAsync(second)).ShouldBe(secondSession);
        (await first.RefreshAsync(tokenOfFirst)).IsSuccessStatusCode.ShouldBe(firstToken);
        (await second.RefreshAsync(tokenOfSecond)).IsSuccessStatusCode.ShouldBe(secondToken);
    }

    [Fact]
    public async Task The_session_of_another_user_does_not_end()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application();
        using var rita = new SinglePageApplication(tenant);
        var token = await TokenAsync(rita, Admin.All[1].UserId);

        var answer = await application.PostJsonAsync(Path, $$"""{"session_id":"{{rita.Cookies[0].Value}}"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await HasSessionAsync(rita)).ShouldBeTrue();
        (await rita.RefreshAsync(token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", "Expected type object")]
    [InlineData("[]", "Expected type object")]
    [InlineData("null", "Expected type object")]
    [InlineData("{", "Expected type object")]
    [InlineData("""{"session_id":7}""", "Expected type string on property session_id")]
    [InlineData("""{"session_id":null}""", "Expected type string on property session_id")]
    [InlineData("""{"session_id":""}""", "Expected type string on property session_id")]
    [InlineData("""{"session_id":["a"]}""", "Expected type string on property session_id")]
    [InlineData("""{"preserve_refresh_tokens":"true"}""", "Expected type boolean on property preserve_refresh_tokens")]
    [InlineData("""{"preserve_refresh_tokens":null}""", "Expected type boolean on property preserve_refresh_tokens")]
    [InlineData("""{"preserve_refresh_token":true}""", "Additional properties not allowed: preserve_refresh_token")]
    public async Task A_body_of_another_form_is_a_400_and_ends_nothing(string body, string problem)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application();
        using var browser = new SinglePageApplication(tenant);
        await TokenAsync(browser);

        var answer = await application.PostJsonAsync(Path, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = await answer.JsonAsync();
        error["errorCode"]!.GetValue<string>().ShouldBe("invalid_body");
        error["message"]!.GetValue<string>().ShouldContain(problem);
        (await HasSessionAsync(browser)).ShouldBeTrue();
        tenant.Stats.AccessRevocations.ShouldBe(0);
    }

    [Theory]
    [InlineData("read:users", "{}", 403, "insufficient_scope")]
    [InlineData("delete:sessions", "{}", 403, "insufficient_scope")]
    [InlineData("delete:sessions", """{"preserve_refresh_tokens":true}""", 202, null)]
    [InlineData("delete:refresh_tokens", "{}", 202, null)]
    public async Task Refresh_tokens_need_a_scope_of_their_own(string scope, string body, int status, string? code)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application(scope);

        var answer = await application.PostJsonAsync(Path, body);

        ((int)answer.StatusCode).ShouldBe(status);
        if (code is not null)
        {
            (await answer.JsonAsync())["errorCode"]!.GetValue<string>().ShouldBe(code);
        }
    }

    [Theory]
    [InlineData("auth0%7Cnobody", 404, "inexistent_user")]
    [InlineData("nobody", 400, "invalid_uri")]
    [InlineData("%7C", 400, "invalid_uri")]
    public async Task Nobody_has_no_access(string id, int status, string code)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        using var application = tenant.Application();

        var answer = await application.PostJsonAsync($"/api/v2/users/{id}/revoke-access", "{}");

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.JsonAsync())["errorCode"]!.GetValue<string>().ShouldBe(code);
    }

    [Fact]
    public async Task It_is_limited_with_everything_else_that_has_no_bucket_of_its_own()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3, RateLimits = RateLimits.Professional });
        using var application = tenant.Application();

        (await application.PostJsonAsync(Path, "{}")).Headers.GetValues("X-RateLimit-Limit").ShouldBe(["10"]);
    }

    private static async Task<string> TokenAsync(SinglePageApplication browser, string? userId = null)
    {
        var answer = await browser.ExchangeAsync(await browser.SignInAsync(userId ?? Ada));
        return (await answer.JsonAsync())["refresh_token"]!.GetValue<string>();
    }

    private static async Task<bool> HasSessionAsync(SinglePageApplication browser) =>
        SinglePageApplication.AnswerOf(await browser.AuthorizeAsync(("prompt", "none"))).ContainsKey("code");
}
