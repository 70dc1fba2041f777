using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Tests.Deletions;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Tests.Functions;

public sealed class PlanDeletionsTests
{
    [Fact]
    public async Task A_plan_has_everyone_who_matches_once_in_batches_of_a_hundred_past_the_first_thousand()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 1250 }, ("Users:LargestPlan", "5000"));
        using var administrator = app.Administrator();

        var plan = await administrator.PlanEveryoneAsync();

        plan.Users.ShouldBe(app.Tenant.Users.All.Select(user => user.UserId), ignoreOrder: true);
        plan.Total.ShouldBe(1250);
        plan.Batches.Select(batch => batch["users"]!.AsArray().Count).ShouldBe([.. Enumerable.Repeat(100, 12), 50]);
        plan.Batches.Select(batch => batch["number"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, 13));
        plan.End["batches"]!.GetValue<int>().ShouldBe(13);
        app.Tenant.Stats.UserDeletes.ShouldBe(0);
    }

    [Fact]
    public async Task A_user_of_a_plan_is_shown_as_a_person_judges_them()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var administrator = app.Administrator();
        app.Tenant.Users.Put(Plans.Somebody("auth0|ann") with { Name = "Ann", LastLogin = new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc), LoginsCount = 3 });

        var user = (await administrator.PlanEveryoneAsync()).Batches.Single()["users"]!.AsArray().Single()!;

        user.ToJsonString().ShouldBe(
            """{"user_id":"auth0|ann","email":"ann@example.com","name":"Ann","created_at":"2020-01-02T03:04:05.000Z","updated_at":"2020-01-02T03:04:05.000Z","last_login":"2021-01-01T00:00:00.000Z","logins_count":3,"identities":[{"connection":"Username-Password-Authentication","provider":"auth0","user_id":"ann","isSocial":false}]}""");
    }

    [Fact]
    public async Task Oneself_linked_accounts_of_oneself_and_protected_users_are_left_out_and_named()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 }, ("Users:Protected", "auth0|owner"));
        using var administrator = app.Administrator();
        app.Tenant.Users.Put(
            Plans.Somebody(AdminApp.CallerId),
            Plans.Somebody("auth0|linked") with { Identities = [new(new("db", "auth0"), "linked"), new(new("db", "auth0"), AdminApp.CallerId["auth0|".Length..])] },
            Plans.Somebody("auth0|owner"),
            Plans.Somebody("auth0|other"));

        var plan = await administrator.PlanEveryoneAsync();

        plan.Users.ShouldBe(["auth0|other"]);
        plan.LeftOut.ShouldBe([(AdminApp.CallerId, "self"), ("auth0|linked", "self"), ("auth0|owner", "protected")], ignoreOrder: true);
        plan.End["left_out"]!.ToJsonString().ShouldBe("""{"self":2,"protected":1,"blocked":0}""");
    }

    [Fact]
    public async Task Users_who_are_blocked_already_are_counted_in_a_plan_that_blocks()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var helpDesk = app.CallerWith(Permissions.ReadUsers, Permissions.UpdateUsers);
        app.Tenant.Users.Put(Plans.Somebody("auth0|a") with { Blocked = true }, Plans.Somebody("auth0|b"));

        var plan = await helpDesk.PlanEveryoneAsync("block");

        plan.Users.ShouldBe(["auth0|b"]);
        plan.End["left_out"]!["blocked"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task The_digest_is_that_of_all_tickets_in_order_and_the_trail_has_it()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 230 });
        using var administrator = app.Administrator();

        var plan = await administrator.PlanAsync(new { q = "user_id:auth0*", action = "delete", reason = "ask eva@example.com PlanMade plan=x" });

        var digest = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(plan.Tickets.Select(ticket => $"{ticket}\n")))));
        plan.End["digest"]!.GetValue<string>().ShouldBe(digest);
        var line = app.Log.Audit.ShouldHaveSingleItem().Text;
        line.ShouldStartWith($"PlanMade plan={plan.Id} action=delete actor={AdminApp.CallerId} total={plan.Total} digest={digest} traceId=");
        line.ShouldEndWith(""" q="user_id:auth0*" reason="ask (address) PlanMade plan=x" """.TrimEnd());
    }

    [Fact]
    public async Task A_plan_that_is_too_large_has_no_seal_and_says_what_to_do()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 120 }, ("Users:LargestPlan", "110"));
        using var administrator = app.Administrator();

        var (lines, broke) = await app.ReadPlanAsync(administrator, new { everyone = true, action = "delete", reason = "test" });

        broke.ShouldBeTrue();
        lines[^1]["error"]!["type"]!.GetValue<string>().ShouldEndWith(":plan-too-large");
        lines[^1]["error"]!["detail"]!.GetValue<string>().ShouldContain("Users__LargestPlan");
        lines.ShouldNotContain(line => line.ContainsKey("plan"));
        app.Log.Audit.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_plan_that_breaks_off_has_no_seal()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var administrator = app.Administrator();
        app.Tenant.Faults.Add(new Fault { Match = "GET /api/v2/users", Times = 1 }, Fault.Answer("GET /api/v2/users", 403) with { Times = null });

        var (lines, broke) = await app.ReadPlanAsync(administrator, new { everyone = true, action = "delete", reason = "test" });

        broke.ShouldBeTrue();
        lines[^1].ContainsKey("error").ShouldBeTrue();
        lines.ShouldNotContain(line => line.ContainsKey("plan"));
    }

    [Fact]
    public async Task A_plan_for_nobody_is_complete()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var administrator = app.Administrator();

        var plan = await administrator.PlanAsync(new { q = "name:nobody", action = "delete", reason = "test" });

        plan.Lines.Count.ShouldBe(1);
        plan.Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("last_login:[* TO 2024-01-01]", "2024-01-01T00:00:00.000Z")]
    [InlineData("last_login:{* TO 2024-01-01T12:00:00Z}", "2024-01-01T12:00:00.000Z")]
    [InlineData("last_login:[1970-01-01 TO 2024-01-01T00:00:00.000Z} AND blocked:true", "2024-01-01T00:00:00.000Z")]
    [InlineData("(NOT last_login:[2024-01-01T00:00:00.000Z TO *])", "2024-01-01T00:00:00.000Z")]
    [InlineData("last_login:[* TO 2024-01-01] OR last_login:[* TO 2023-01-01]", "2023-01-01T00:00:00.000Z")]
    public async Task The_search_says_since_when_users_must_have_been_inactive(string q, string expected)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var administrator = app.Administrator();

        var plan = await administrator.PlanAsync(new { q, action = "delete", reason = "unused" });

        plan.End["inactive_since"]!.GetValue<string>().ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"action":"delete","reason":"r"}""", "q")]
    [InlineData("""{"q":" ","action":"delete","reason":"r"}""", "q")]
    [InlineData("""{"q":"a","everyone":true,"action":"delete","reason":"r"}""", "q")]
    [InlineData("""{"q":"a","reason":"r"}""", "action")]
    [InlineData("""{"q":"a","action":"delete"}""", "reason")]
    [InlineData("""{"q":"a","action":"delete","reason":"two\nlines"}""", "reason")]
    [InlineData("""{"q":"last_login:*","action":"delete","reason":"r"}""", "inactive_since")]
    [InlineData("""{"q":"a","action":"delete","reason":"r","check_activity":true}""", "inactive_since")]
    [InlineData("""{"q":"a","action":"delete","reason":"r","check_activity":false,"inactive_since":"2024-01-01T00:00:00Z"}""", "check_activity")]
    [InlineData("""{"q":"a","action":"destroy","reason":"r"}""", "body")]
    [InlineData("""{"q":"a","action":"delete","reason":"r","force":true}""", "body")]
    [InlineData("""{"q":"a","q":"b","action":"delete","reason":"r"}""", "body")]
    [InlineData("[]", "body")]
    [InlineData("", "body")]
    public async Task A_body_of_another_form_is_a_400_and_Auth0_is_not_asked(string body, string fault)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        var answer = await administrator.PostAsync(Plans.Path, new StringContent(body));

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe([fault]);
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("delete", Permissions.UpdateUsers, "delete:users")]
    [InlineData("block", Permissions.DeleteUsers, "update:users")]
    public async Task A_plan_requires_the_permission_of_its_action(string action, string permission, string missing)
    {
        await using var app = await AdminApp.StartAsync();
        using var caller = app.CallerWith(Permissions.ReadUsers, permission);

        var answer = await caller.PostAsJsonAsync(Plans.Path, new { everyone = true, action, reason = "test" });

        (await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission")).ShouldContain(missing);
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_search_that_Auth0_rejects_and_a_vault_that_fails_are_problems_before_the_stream_begins()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        await (await administrator.PostAsJsonAsync(Plans.Path, new { q = "name:(", action = "delete", reason = "test" }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        app.Time.Advance(TimeSpan.FromMinutes(6));
        app.Vault.Faults.Add(LocalVault.Forbidden);
        await (await administrator.PostAsJsonAsync(Plans.Path, new { q = "name:a", action = "delete", reason = "test" }))
            .ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "vault-unavailable");
    }

    [Theory]
    [InlineData('語')]
    [InlineData('é')]
    [InlineData('+')]
    [InlineData('"')]
    public async Task Long_IDs_make_batches_smaller_so_that_a_ticket_fits_into_a_request(char letter)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var administrator = app.Administrator();
        app.Tenant.Users.Put(Enumerable.Range(0, 100).Select(i => Plans.Somebody($"auth0|{new string(letter, 240)}{i:000}")));

        var plan = await administrator.PlanEveryoneAsync();

        plan.Total.ShouldBe(100);
        plan.Batches.Count.ShouldBeGreaterThan(1);
        plan.Tickets.ShouldAllBe(ticket => ticket.Length < 58_000);
        (await administrator.ExecuteAllAsync(plan)).Values.ShouldAllBe(outcome => outcome == "deleted");
    }

    [Fact]
    public async Task A_search_without_last_login_can_say_since_when_users_must_have_been_inactive()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var administrator = app.Administrator();

        var plan = await administrator.PlanAsync(
            new { q = "blocked:true", action = "delete", reason = "unused", inactive_since = "2024-01-01T00:00:00Z" });

        plan.End["inactive_since"]!.GetValue<string>().ShouldBe("2024-01-01T00:00:00.000Z");
    }

    [Fact]
    public async Task A_plan_is_made_although_the_first_user_has_just_been_deleted()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var administrator = app.Administrator();
        app.Tenant.Users.Put("ab".Select(letter => Plans.Somebody($"auth0|{letter}")));
        app.Tenant.Faults.Add(Fault.Answer(
            "GET /api/v2/users/auth0*", 404, """{"statusCode":404,"message":"The user does not exist.","errorCode":"inexistent_user"}"""));

        var plan = await administrator.PlanAsync(new { everyone = true, action = "delete", reason = "unused", inactive_since = "2024-01-01T00:00:00Z" });

        plan.Total.ShouldBe(2);
        plan.End["warnings"]!.AsArray().ShouldBeEmpty();
        app.Tenant.Requests.Matching("GET /api/v2/users/auth0%7Ca/refresh-tokens").Count.ShouldBe(1);
        app.Tenant.Requests.Matching("GET /api/v2/users/auth0%7Cb/refresh-tokens").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_that_asks_for_a_look_at_activity_is_refused_where_that_is_not_possible()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3, HasSessionManagement = false });
        using var administrator = app.Administrator();

        var answer = await administrator.PostAsJsonAsync(
            Plans.Path, new { everyone = true, action = "delete", reason = "unused", check_activity = true, inactive_since = "2024-01-01T00:00:00Z" });

        await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "not-in-plan");
    }

    [Fact]
    public async Task A_failure_other_than_a_denial_does_not_turn_the_look_at_activity_off()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        app.Tenant.Users.Put(Plans.Somebody("auth0|a") with { LastLogin = new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc) });
        using var administrator = app.Administrator();
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users/auth0%7Ca/refresh-tokens", 400) with { Times = null });

        var answer = await administrator.PostAsJsonAsync(Plans.Path, new { q = "last_login:[* TO 2024-01-01]", action = "delete", reason = "unused" });

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
    }
}
