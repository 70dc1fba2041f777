using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Functions;

public sealed class GetUserTests
{
    [Fact]
    public async Task A_user_has_the_fields_that_the_list_serves_and_no_others()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 20, AlwaysShowProviderTokens = true });
        using var reader = app.Reader();
        var listed = (await (await reader.GetAsync("/api/users")).JsonAsync()).AsArray();

        foreach (var user in listed)
        {
            var answer = await reader.GetAsync(Target.Path(id: user!["user_id"]!.GetValue<string>()));
            answer.ShouldHaveTheHeadersOfEveryAnswer();
            JsonNode.DeepEquals(await answer.JsonAsync(), user).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_user_who_has_just_been_deleted_is_not_found_while_the_list_still_has_them()
    {
        await using var app = await Target.StartAsync(new TenantOptions { Users = 5, SearchLag = TimeSpan.FromSeconds(5) });
        using var administrator = app.Administrator();
        (await administrator.DeleteAsync(Target.Path())).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await (await administrator.GetAsync("/api/users")).Content.ReadAsStringAsync()).ShouldContain(Target.Id);
        var detail = await (await administrator.GetAsync(Target.Path())).ShouldBeProblemAsync(HttpStatusCode.NotFound, "no-such-user");

        detail.ShouldNotContain(Target.Id);
    }

    [Theory]
    [InlineData("?fields=user_id,email", new[] { "user_id", "email" })]
    [InlineData("?fields=phone_verified,email", new[] { "email" })]
    [InlineData("?fields=user_id&blocks=true", new[] { "user_id", "blocked_for" })]
    [InlineData("?fields=user_id&blocks=false", new[] { "user_id" })]
    public async Task You_choose_the_fields(string query, string[] fields)
    {
        await using var app = await Target.StartAsync();
        using var reader = app.Reader();

        var user = (await (await reader.GetAsync(Target.Path(query))).JsonAsync()).AsObject();

        user.Select(member => member.Key).ShouldBe(fields);
    }

    [Fact]
    public async Task Blocks_by_brute_force_protection_are_read_on_request()
    {
        await using var app = await Target.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Activity.Blocks.Add(Target.Id, new("ann", "203.0.113.9", Target.Database));

        var user = await (await reader.GetAsync(Target.Path("?blocks=true"))).JsonAsync();

        user["blocked_for"]!.ToJsonString().ShouldBe(
            """[{"identifier":"ann","ip":"203.0.113.9","connection":"Username-Password-Authentication"}]""");
        user["blocked"].ShouldBeNull("an administrator has not blocked the user");
    }

    [Fact]
    public async Task What_cannot_be_read_of_a_user_is_left_out()
    {
        await using var app = await Target.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Users.Put(Target.User with
        {
            Changes = new Dictionary<string, string?> { ["email_verified"] = "\"maybe\"", ["last_login"] = "\"\"", ["identities"] = "[7,{\"provider\":{},\"connection\":\"c\"}]" },
        });

        var user = await (await reader.GetAsync(Target.Path())).JsonAsync();

        user["email"]!.GetValue<string>().ShouldBe(Target.Email);
        user["email_verified"].ShouldBeNull();
        user["identities"]!.ToJsonString().ShouldBe("""[{"connection":"c"}]""");
    }

    [Theory]
    [InlineData("?blocks=yes", "blocks")]
    [InlineData("?fields=app_metadata", "fields")]
    [InlineData("?q=ann", "q")]
    public async Task A_wrong_parameter_is_named_and_Auth0_is_not_asked(string query, string name)
    {
        await using var app = await Target.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync(Target.Path(query));

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]![name].ShouldNotBeNull();
        app.Tenant.Requests.Matching("GET /api/v2/*").ShouldBeEmpty();
    }

    [Fact]
    public async Task To_read_a_user_takes_the_permission_to_read()
    {
        await using var app = await Target.StartAsync();
        using var caller = app.CallerWith(Permissions.UpdateUsers, Permissions.DeleteUsers, Permissions.ReadLogs);

        await (await caller.GetAsync(Target.Path())).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
    }

    [Fact]
    public async Task A_server_that_is_no_tenant_is_not_told_as_a_missing_user()
    {
        await using var app = await Target.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(Target.Request("GET"), 404, "<html>Not found</html>", "text/html"));

        await (await reader.GetAsync(Target.Path())).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
    }
}
