using System.Net;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Access;

/// <summary>
/// Tokens that were issued for an Auth0 organization. Their permissions come from the member's roles in the organization, not in the tenant
/// (https://auth0.com/docs/manage-users/organizations/using-tokens).
/// </summary>
public sealed class OrganizationTokenTests
{
    private const string Ours = "org_9ybsU1dN2dKfDkBi";

    private const string WithoutSetting =
        "The access token was issued for an Auth0 organization, and its permissions come from the member's roles there. This API serves the whole tenant. Sign in without an organization. If the members of one organization administer the whole tenant, set Auth0__Organization to its ID.";

    private const string WithSetting =
        "The access token was issued for another Auth0 organization than the one in Auth0__Organization. Sign in to that organization, or without one.";

    [Theory]
    [InlineData("GET", "/api/users")]
    [InlineData("GET", "/api/users/export")]
    [InlineData("GET", "/api/health?deep=true")]
    [InlineData("DELETE", "/api/users/auth0%7Csomebody")]
    public async Task A_token_of_an_organization_is_refused_unless_a_setting_allows_it(string method, string address)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithClaims($$"""{"org_id":"{{Ours}}","permissions":["read:users","delete:users"]}""").Signed();
        using var caller = app.CallerWithToken(token);

        // A cached token is checked again.
        for (var call = 0; call < 2; call++)
        {
            using var answer = await caller.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));

            (await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "organization-token")).ShouldBe(WithoutSetting);
            answer.ShouldChallengeWith($"Bearer error=\"insufficient_scope\", error_description=\"{WithoutSetting}\"");
            await app.ShouldKeepToItselfAsync(token, answer);
        }

        app.ShouldHaveAskedNothingOfTheManagementApi();
        app.Log.Lines().ShouldContain(line => line.Contains("organization-token", StringComparison.Ordinal));
        app.Log.Lines(LogLevel.Warning).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_trail_names_the_caller_who_was_refused()
    {
        await using var app = await AdminApp.StartAsync();
        using var caller = app.CallerWithToken(HandmadeToken.For(app).WithClaims($$"""{"org_id":"{{Ours}}","permissions":["delete:users"]}""").Signed());

        using var answer = await caller.DeleteAsync("/api/users/auth0%7Csomebody");

        var line = app.Log.Audit.ShouldHaveSingleItem().Text;
        line.ShouldStartWith($"WriteRefused action=DeleteUser actor={AdminApp.CallerId} ");
        line.ShouldContain(" target=auth0|somebody outcome=organization-token ");
    }

    [Theory]
    [InlineData("""{"org_id":"org_0000000000000000"}""")]
    [InlineData("""{"org_id":"ORG_9YBSU1DN2DKFDKBI"}""")]
    [InlineData("""{"org_id":" org_9ybsU1dN2dKfDkBi"}""")]
    [InlineData("""{"org_id":""}""")]
    [InlineData("""{"org_id":null}""")]
    [InlineData("""{"org_id":[]}""")]
    [InlineData("""{"org_id":["org_9ybsU1dN2dKfDkBi"]}""")]
    [InlineData("""{"org_id":{"id":"org_9ybsU1dN2dKfDkBi"}}""")]
    [InlineData("""{"org_id":7}""")]
    [InlineData("""{"org_id":true}""")]
    [InlineData("""{"org_id":null,"org_name":"acme"}""")]
    [InlineData("""{"org_name":"acme"}""")]
    [InlineData("""{"org_name":"org_9ybsU1dN2dKfDkBi"}""")]
    [InlineData("""{"org_name":null}""")]
    public async Task A_token_that_names_its_organization_in_another_form_than_the_settings_is_refused(string claims)
    {
        await using var app = await AdminApp.StartAsync(settings: ("Auth0:Organization", Ours));
        await using var without = await AdminApp.StartAsync();

        await ShouldRefuseAsync(app, WithSetting);
        await ShouldRefuseAsync(without, WithoutSetting);

        async Task ShouldRefuseAsync(AdminApp app, string because)
        {
            using var answer = await app.ListWithAsync(HandmadeToken.For(app).WithClaims(claims).Signed());
            (await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "organization-token")).ShouldBe(because);
            app.ShouldHaveAskedNothingOfTheManagementApi();
        }
    }

    [Theory]
    [InlineData($$"""{"org_id":"{{Ours}}"}""")]
    [InlineData($$"""{"org_id":"{{Ours}}","org_name":"acme"}""")]
    [InlineData("{}")]
    public async Task The_setting_accepts_tokens_of_that_organization_and_still_accepts_tokens_without_one(string claims)
    {
        await using var app = await AdminApp.StartAsync(settings: ("Auth0:Organization", Ours));

        await app.ShouldAdmitAsync(HandmadeToken.For(app).WithClaims(claims).Signed());
    }

    [Fact]
    public async Task A_member_of_that_organization_still_needs_the_permission()
    {
        await using var app = await AdminApp.StartAsync(settings: ("Auth0:Organization", Ours));

        using var answer = await app.ListWithAsync(HandmadeToken.For(app).WithClaims($$"""{"org_id":"{{Ours}}","permissions":[]}""").Signed());

        await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
    }
}
