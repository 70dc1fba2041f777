using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AdminFunctions.Tests.Tenant;

/// <summary>The authorization code flow with PKCE, from <c>/authorize</c> to the tokens and back out.</summary>
public sealed class SignInTests
{
    private static readonly string Ada = Admin.All[0].UserId;

    [Fact]
    public async Task The_sign_in_page_lists_the_admins_and_may_not_be_framed()
    {
        await using var tenant = await StartAsync();
        using var application = new SinglePageApplication(tenant);

        var answer = await application.AuthorizeAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var page = await answer.Content.ReadAsStringAsync();
        page.Split("<button").Length.ShouldBe(Admin.All.Count + 1);
        page.ShouldContain("Ada Admin");
        page.ShouldContain("Rita Reader");
        page.ShouldContain("Nora Nothing");
        page.ShouldContain("Dora Deleter");
        page.ShouldContain("http://localhost:5173");
    }

    [Theory]
    [InlineData(0, "read:users update:users delete:users reset:mfa read:logs")]
    [InlineData(1, "read:users")]
    [InlineData(2, "")]
    [InlineData(3, "read:users delete:users")]
    public async Task A_user_who_signs_in_gets_tokens_with_their_own_permissions(int admin, string permissions)
    {
        var time = new FakeTime();
        await using var tenant = await StartAsync(time);
        using var application = new SinglePageApplication(tenant);
        var who = Admin.All[admin];

        var answer = SinglePageApplication.AnswerOf(await application.PressAsync(await application.AuthorizeAsync(), who.UserId));
        var grant = await (await application.ExchangeAsync(answer["code"])).JsonAsync();

        answer.Keys.Order().ShouldBe(["code", "from", "state"]);
        answer["state"].ShouldBe("state-1&<");
        grant.AsObject().Select(member => member.Key).ShouldBe(["access_token", "scope", "expires_in", "token_type", "id_token", "refresh_token"]);
        grant["token_type"]!.GetValue<string>().ShouldBe("Bearer");
        grant["expires_in"]!.GetValue<int>().ShouldBe(86_400);

        // RBAC: of the API's scopes, only those that are permissions too.
        grant["scope"]!.GetValue<string>().ShouldBe($"openid profile email offline_access {permissions}".TrimEnd());

        var access = new JsonWebToken(grant["access_token"]!.GetValue<string>());
        access.Subject.ShouldBe(who.UserId);
        access.Issuer.ShouldBe(tenant.Issuer);
        access.Audiences.ShouldBe([tenant.Audience, $"{tenant.Issuer}userinfo"]);
        access.GetPayloadValue<string[]>("permissions").ShouldBe(permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        access.ValidTo.ShouldBe(time.GetUtcNow().UtcDateTime.AddDays(1));

        var id = new JsonWebToken(grant["id_token"]!.GetValue<string>());
        id.Subject.ShouldBe(who.UserId);
        id.Audiences.ShouldBe([tenant.SpaClientId]);
        id.GetPayloadValue<string>("nonce").ShouldBe("nonce-1");
        id.GetPayloadValue<string>("name").ShouldBe($"{who.GivenName} {who.FamilyName}");
        id.GetPayloadValue<string>("email").ShouldEndWith("@example.com");

        var profile = await (await application.UserInfoAsync(grant["access_token"]!.GetValue<string>())).JsonAsync();
        profile["sub"]!.GetValue<string>().ShouldBe(who.UserId);
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_given()
    {
        await using var tenant = await StartAsync();
        using var application = new SinglePageApplication(tenant);

        var grant = await (await application.ExchangeAsync(await application.SignInAsync(Ada, ("scope", "read:users"), ("nonce", null)))).JsonAsync();
        var withoutApi = await (await application.ExchangeAsync(await application.SignInAsync(Ada, ("prompt", "login"), ("audience", null), ("scope", "openid read:users")))).JsonAsync();

        grant.AsObject().Select(member => member.Key).ShouldBe(["access_token", "scope", "expires_in", "token_type"]);
        new JsonWebToken(grant["access_token"]!.GetValue<string>()).Audiences.ShouldBe([tenant.Audience]);
        withoutApi["scope"]!.GetValue<string>().ShouldBe("openid");
        var access = new JsonWebToken(withoutApi["access_token"]!.GetValue<string>());
        access.Audiences.ShouldBe([$"{tenant.Issuer}userinfo"]);
        access.GetPayloadValue<string[]>("permissions").ShouldBeEmpty();
        (await application.UserInfoAsync(grant["access_token"]!.GetValue<string>())).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.example/callback", 403)]
    [InlineData("redirect_uri", "http://localhost.evil.example/", 403)]
    [InlineData("redirect_uri", "http://localhost@evil.example/", 403)]
    [InlineData("redirect_uri", "//localhost/", 403)]
    [InlineData("redirect_uri", "/callback", 403)]
    [InlineData("redirect_uri", "javascript:alert(1)//localhost", 403)]
    [InlineData("redirect_uri", "http://localhost/#<script>", 403)]
    [InlineData("redirect_uri", null, 403)]
    [InlineData("client_id", "<script>alert(1)</script>", 400)]
    [InlineData("client_id", "local-admin-functions", 400)]
    [InlineData("client_id", null, 400)]
    public async Task Nothing_is_sent_to_who_may_not_receive_it(string name, string? value, int status)
    {
        await using var tenant = await StartAsync();
        using var application = new SinglePageApplication(tenant);
        await application.SignInAsync(Ada);

        var answer = await application.AuthorizeAsync((name, value));

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.Location.ShouldBeNull();
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("<h1>");
        page.ShouldNotContain("<script>");
        page.ShouldContain(WebUtility.HtmlEncode(value ?? ""));
    }

    [Theory]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", null, "unsupported_response_type")]
    [InlineData("response_mode", "form_post", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("audience", "https://elsewhere/", "access_denied")]
    [InlineData("prompt", "none", "login_required")]
    public async Task A_wrong_request_comes_back_as_an_error_with_its_state(string name, string? value, string error)
    {
        await using var tenant = await StartAsync();
        using var application = new SinglePageApplication(tenant);

        var answer = SinglePageApplication.AnswerOf(await application.AuthorizeAsync((name, value)));

        answer["error"].ShouldBe(error);
        answer["error_description"].ShouldNotBeEmpty();
        answer["state"].ShouldBe("state-1&<");
    }

    [Theory]
    [InlineData("code_verifier", "another-verifier-of-at-least-43-characters-00", "Failed to verify code verifier")]
    [InlineData("code_verifier", null, "Failed to verify code verifier")]
    [InlineData("redirect_uri", "http://localhost:5173/other", "The redirect URI is wrong. You sent http://localhost:5173/other, and we expected http://localhost:5173/callback?from=tenant")]
    [InlineData("redirect_uri", null, "The redirect URI is wrong. You sent , and we expected http://localhost:5173/callback?from=tenant")]
    [InlineData("code", "guess", "Invalid authorization code")]
    [InlineData("code", null, "Invalid authorization code")]
    public async Task A_wrong_exchange_is_refused(string name, string? value, string description)
    {
        await using var tenant = await StartAsync();
        using var application = new SinglePageApplication(tenant);
        var code = await application.SignInAsync(Ada);

        var answer = await application.ExchangeAsync(code, (name, value));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.JsonAsync()).ToJsonString().ShouldBe(new JsonObject { ["error"] = "invalid_grant", ["error_description"] = description }.ToJsonString());

        // A code that came with a wrong proof may be stolen: it is good for nothing any more.
        (await application.ExchangeAsync(code)).StatusCode.ShouldBe(name is "code" ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_code_is_good_once_and_for_a_minute()
    {
        var time = new FakeTime();
        await using var tenant = await StartAsync(time);
        using var application = new SinglePageApplication(tenant);
        var used = await application.SignInAsync(Ada);
        var old = await CodeAsync();

        time.Advance(TimeSpan.FromSeconds(59));
        (await application.ExchangeAsync(used)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await application.ExchangeAsync(used)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        time.Advance(TimeSpan.FromSeconds(1));
        (await application.ExchangeAsync(old)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        async Task<string> CodeAsync() => SinglePageApplication.AnswerOf(await application.AuthorizeAsync())["code"];
    }

    [Fact]
    public async Task A_refresh_token_is_replaced_each_time_and_a_used_one_ends_them_all()
    {
        await using var tenant = await StartAsync();
        using var application = new SinglePageApplication(tenant);
        var first = await RefreshTokenAsync(await application.ExchangeAsync(await application.SignInAsync(Ada)));
        var other = await RefreshTokenAsync(await application.ExchangeAsync(await application.SignInAsync(Ada, ("prompt", "login"))));

        var refreshed = await application.RefreshAsync(first);
        var second = await RefreshTokenAsync(refreshed);
        var third = await RefreshTokenAsync(await application.RefreshAsync(second));

        new JsonWebToken((await refreshed.JsonAsync())["access_token"]!.GetValue<string>()).Subject.ShouldBe(Ada);
        new[] { first, second, third }.ShouldBeUnique();
        await ShouldBeRefusedAsync(first);
        await ShouldBeRefusedAsync(third);

        // Another sign-in's token is not concerned, until it is revoked.
        other = await RefreshTokenAsync(await application.RefreshAsync(other));
        (await application.Client.PostFormAsync("/oauth/revoke", [new("token", other), new("client_id", tenant.SpaClientId)])).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeRefusedAsync(other);
        await ShouldBeRefusedAsync("v1.guess");

        static async Task<string> RefreshTokenAsync(HttpResponseMessage answer) => (await answer.JsonAsync())["refresh_token"]!.GetValue<string>();

        async Task ShouldBeRefusedAsync(string token)
        {
            var answer = await application.RefreshAsync(token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}""");
        }
    }

    [Fact]
    public async Task A_user_who_has_signed_in_is_not_asked_again_until_signed_out()
    {
        var time = new FakeTime();
        await using var tenant = await StartAsync(time);
        using var application = new SinglePageApplication(tenant);
        await application.SignInAsync(Ada);

        application.Cookies.ShouldHaveSingleItem().HttpOnly.ShouldBeTrue();
        (await SilentlyAsync()).ShouldContainKey("code");
        (await application.AuthorizeAsync(("prompt", "login"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await application.Client.GetAsync("/v2/logout?returnTo=https://evil.example")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SilentlyAsync()).ShouldContainKey("code");
        (await application.Client.GetAsync("/v2/logout?returnTo=http://localhost:5173/größe")).Headers.Location!.AbsoluteUri.ShouldBe("http://localhost:5173/gr%C3%B6%C3%9Fe");
        (await SilentlyAsync())["error"].ShouldBe("login_required");

        await application.SignInAsync(Ada);
        time.Advance(TimeSpan.FromDays(3));
        (await SilentlyAsync())["error"].ShouldBe("login_required");

        await application.SignInAsync(Ada);
        tenant.Users.Delete(Ada);
        (await SilentlyAsync())["error"].ShouldBe("login_required");

        async Task<Dictionary<string, string>> SilentlyAsync() => SinglePageApplication.AnswerOf(await application.AuthorizeAsync(("prompt", "none")));
    }

    [Fact]
    public async Task A_web_message_goes_to_the_applications_origin_alone_and_cannot_end_its_script()
    {
        await using var tenant = await StartAsync();
        using var application = new SinglePageApplication(tenant);
        await application.SignInAsync(Ada);

        var answer = await application.AuthorizeAsync(("response_mode", "web_message"), ("prompt", "none"), ("state", "</script><script>"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("\"type\":\"authorization_response\"");
        page.ShouldContain("\"code\":");
        page.ShouldContain(", \"http://localhost:5173\");");
        page.Split("<script>").Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_sign_in_page_works_once_for_an_hour_and_for_the_people_on_it()
    {
        var time = new FakeTime();
        await using var tenant = await StartAsync(time);
        using var application = new SinglePageApplication(tenant);
        var page = await application.AuthorizeAsync();
        var old = await application.AuthorizeAsync();

        (await application.PressAsync(page, tenant.Users.All[Admin.All.Count].UserId)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await application.PressAsync(page, Ada)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await application.PressAsync(page, Ada)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        time.Advance(TimeSpan.FromHours(1));
        (await application.PressAsync(old, Ada)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await application.Client.PostJsonAsync("/u/login", "{}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("http://localhost:5173/größe")]
    [InlineData("http://127.0.0.1:5173")]
    [InlineData("https://[::1]/callback")]
    public async Task Any_address_of_this_machine_can_receive_the_code(string redirectUri)
    {
        await using var tenant = await StartAsync();
        using var application = new SinglePageApplication(tenant);

        var answer = await application.PressAsync(await application.AuthorizeAsync(("redirect_uri", redirectUri)), Ada);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.GetLeftPart(UriPartial.Path).ShouldBe(new Uri(redirectUri).AbsoluteUri);
        var code = QueryHelpers.ParseQuery(answer.Headers.Location.Query)["code"].ToString();
        (await application.ExchangeAsync(code, ("redirect_uri", redirectUri))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Task<LocalTenant> StartAsync(TimeProvider? time = null) =>
        LocalTenant.StartAsync(new TenantOptions { Users = 5, TimeProvider = time ?? TimeProvider.System });
}
