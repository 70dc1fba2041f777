using System.Net;
using AdminFunctions.Access;

namespace AdminFunctions.Tests.Functions;

public sealed class GetMeTests
{
    [Theory]
    [InlineData(new string[0], """{"sub":"auth0|5f7c8ec7c33c6c004bbafe82","permissions":[]}""")]
    [InlineData(new[] { "read:users", "write:poems" }, """{"sub":"auth0|5f7c8ec7c33c6c004bbafe82","permissions":["read:users"]}""")]
    [InlineData(new[] { "delete:users", "read:users" }, """{"sub":"auth0|5f7c8ec7c33c6c004bbafe82","permissions":["read:users","delete:users"],"protected_users":["auth0|owner","samlp|a|b"]}""")]
    public async Task Callers_learn_what_they_may_do(string[] permissions, string expected)
    {
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", "samlp|a|b,auth0|owner"));
        using var caller = app.CallerWith(permissions);

        var answer = await caller.GetAsync("/api/me");

        answer.ShouldHaveTheHeadersOfEveryAnswer();
        (await answer.Content.ReadAsStringAsync()).ShouldBe(expected);
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
    }

    [Fact]
    public async Task It_takes_a_valid_token_and_no_parameter()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        using var expired = app.CallerWithToken(app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers], TimeSpan.FromHours(-1)));
        using var customer = app.CallerWithToken(app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers], organization: "org_1"));
        using var caller = app.CallerWith();

        await (await anyone.GetAsync("/api/me")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        await (await expired.GetAsync("/api/me")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token");
        await (await customer.GetAsync("/api/me")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "organization-token");
        await (await caller.GetAsync("/api/me?who=else")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
    }
}
