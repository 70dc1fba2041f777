using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Functions;

public sealed class GetUserLogTests
{
    private static readonly string Logs = Target.Request("GET", "/logs");

    [Fact]
    public async Task The_newest_event_comes_first_with_its_type_in_words()
    {
        await using var app = await Target.StartAsync();
        using var auditor = app.CallerWith(Permissions.ReadLogs);
        app.Tenant.Activity.Log.Add(Target.User, "s", "");
        app.Time.Advance(TimeSpan.FromMinutes(1));
        app.Tenant.Activity.Log.Add(Target.User, "fp", "Wrong email or password.");

        var answer = await auditor.GetAsync(Target.Path("/log"));

        answer.ShouldHaveTheHeadersOfEveryAnswer();
        var events = (await answer.JsonAsync()).AsArray();
        events.Select(item => item!["type"]!.GetValue<string>()).ShouldBe(["fp", "s"]);
        events[0]!["type_name"]!.GetValue<string>().ShouldBe("Failed login: wrong password");
        events[0]!["description"]!.GetValue<string>().ShouldBe("Wrong email or password.");
    }

    [Fact]
    public async Task Neither_details_nor_names_are_served()
    {
        await using var app = await Target.StartAsync();
        using var auditor = app.CallerWith(Permissions.ReadLogs);
        app.Tenant.Activity.Log.Add(Target.User, "s", "");

        var body = await (await auditor.GetAsync(Target.Path("/log"))).Content.ReadAsStringAsync();

        body.ShouldNotContain("secret");
        body.ShouldNotContain(Target.Email);
        JsonNode.Parse(body)!.AsArray()[0]!.AsObject().Select(member => member.Key).ShouldBe(
            ["log_id", "date", "type", "type_name", "ip", "user_agent", "connection", "client_name", "description"]);
    }

    [Fact]
    public async Task Pages_have_totals_on_request()
    {
        await using var app = await Target.StartAsync();
        using var auditor = app.CallerWith(Permissions.ReadLogs);
        for (var i = 0; i < 7; i++)
        {
            app.Tenant.Activity.Log.Add(Target.User, "s", $"{i}");
        }

        var page = await (await auditor.GetAsync(Target.Path("/log?page=1&per_page=3&include_totals=true"))).JsonAsync();

        (page["start"]!.GetValue<int>(), page["limit"]!.GetValue<int>(), page["length"]!.GetValue<int>(), page["total"]!.GetValue<int>()).ShouldBe((3, 3, 3, 7));
        page["logs"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Odd_events_are_served_as_far_as_they_can_be_read()
    {
        await using var app = await Target.StartAsync();
        using var auditor = app.CallerWith(Permissions.ReadLogs);
        app.Tenant.Faults.Add(Fault.Answer(Logs, 200,
            """
            {"start":0,"limit":50,"length":3,"total":3,"logs":[
              {"log_id":7,"date":"2026-01-02T03:04:05.678Z","type":"xyz","scope":["openid"],"user_id":5,"details":[1],"location_info":"here"},
              {"date":{"$date":"2026-01-02T03:04:05.678Z"},"type":"s","isMobile":"no","description":null,"ip":["203.0.113.1"]},
              {}]}
            """));

        var events = (await (await auditor.GetAsync(Target.Path("/log"))).JsonAsync()).AsArray();

        events.Select(item => item!.ToJsonString()).ShouldBe(
        [
            """{"log_id":"7","date":"2026-01-02T03:04:05.678Z","type":"xyz"}""",
            """{"type":"s","type_name":"Successful login","ip":"203.0.113.1"}""",
            "{}",
        ]);
    }

    [Fact]
    public async Task What_a_client_has_written_is_shortened()
    {
        await using var app = await Target.StartAsync();
        using var auditor = app.CallerWith(Permissions.ReadLogs);
        app.Tenant.Activity.Log.Add(Target.User, "f", new string('x', 499) + "🦉🦉");

        var description = (await (await auditor.GetAsync(Target.Path("/log"))).JsonAsync())[0]!["description"]!.GetValue<string>();

        description.ShouldBe(new string('x', 499) + "…");
    }

    [Theory]
    [InlineData("?per_page=101", "per_page")]
    [InlineData("?page=10&per_page=100", "page")]
    [InlineData("?q=type:f", "q")]
    [InlineData("?sort=date:1", "sort")]
    public async Task A_wrong_parameter_is_named_and_Auth0_is_not_asked(string query, string name)
    {
        await using var app = await Target.StartAsync();
        using var auditor = app.CallerWith(Permissions.ReadLogs);

        var answer = await auditor.GetAsync(Target.Path($"/log{query}"));

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]![name].ShouldNotBeNull();
        app.Tenant.Requests.Matching("GET /api/v2/*").ShouldBeEmpty();
    }

    [Fact]
    public async Task It_takes_a_permission_of_its_own_a_scope_and_a_user_who_is_there()
    {
        await using var app = await Target.StartAsync(new TenantOptions { Users = 5, ManagementScope = "read:users" });
        using var auditor = app.CallerWith(Permissions.ReadLogs);
        using var other = app.CallerWith(Permissions.ReadUsers, Permissions.UpdateUsers);

        await (await other.GetAsync(Target.Path("/log"))).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
        await (await auditor.GetAsync(Target.Path("/log", "auth0|nobody"))).ShouldBeProblemAsync(HttpStatusCode.NotFound, "no-such-user");
        (await (await auditor.GetAsync(Target.Path("/log"))).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused"))
            .ShouldContain("the scope read:logs_users");
    }
}
