using System.Net;
using System.Net.Http.Json;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Deletions;

namespace AdminFunctions.Tests.Functions;

public sealed class ApprovePlanTests
{
    private const string Approvals = "/api/deletion-plans/approvals";

    [Fact]
    public async Task Where_plans_need_an_approval_a_second_administrator_gives_it()
    {
        await using var app = await StartAsync();
        using var administrator = app.Administrator();
        app.Tenant.Users.Put(Plans.Somebody("auth0|a"));
        var plan = await administrator.PlanEveryoneAsync();
        using var second = Second(app);
        plan.End["needs_approval"]!.GetValue<bool>().ShouldBeTrue();
        await (await administrator.SendTicketAsync(plan.Tickets[0], plan)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval-required");

        var approved = await (await second.PostAsJsonAsync(Approvals, new { seal = plan.Seal })).JsonAsync();
        var answer = await administrator.SendTicketAsync(plan.Tickets[0], plan, approval: approved["approval"]!.GetValue<string>());

        (approved["total"]!.GetValue<int>(), approved["reason"]!.GetValue<string>(), approved["actor"]!.GetValue<string>()).ShouldBe((1, "test", AdminApp.CallerId));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Tenant.Users.Find("auth0|a").ShouldBeNull();
        app.Log.Audit.ShouldContain(line => line.Text.StartsWith($"PlanApproved plan={plan.Id} actor=auth0|second total=1 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_preview_says_what_the_plan_is_and_approves_nothing()
    {
        await using var app = await StartAsync();
        using var administrator = app.Administrator();
        using var second = Second(app);
        app.Tenant.Users.Put(Plans.Somebody("auth0|a"));
        var plan = await administrator.PlanAsync(new { q = "user_id:\"auth0|a\"", action = "delete", reason = "test" });

        var seen = await (await second.PostAsJsonAsync(Approvals, new { seal = plan.Seal, preview = true })).JsonAsync();
        var own = await administrator.PostAsJsonAsync(Approvals, new { seal = plan.Seal, preview = true });

        (seen["action"]!.GetValue<string>(), seen["total"]!.GetValue<int>(), seen["q"]!.GetValue<string>(), seen["reason"]!.GetValue<string>()).ShouldBe(("delete", 1, "user_id:\"auth0|a\"", "test"));
        seen["approval"].ShouldBeNull();
        await own.ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval-required");
        app.Log.Audit.ShouldNotContain(line => line.Text.StartsWith("PlanApproved", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_approves_their_own_plan_or_without_the_permission_of_its_action()
    {
        await using var app = await StartAsync();
        using var administrator = app.Administrator();
        using var reader = app.CallerWithToken(app.Tenant.MintAccessToken("auth0|second", [Permissions.ReadUsers, Permissions.UpdateUsers]));
        var plan = await administrator.PlanEveryoneAsync();

        await (await administrator.PostAsJsonAsync(Approvals, new { seal = plan.Seal })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval-required");
        await (await reader.PostAsJsonAsync(Approvals, new { seal = plan.Seal })).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
    }

    [Theory]
    [InlineData("auth0|first", "google-oauth2|1001")]
    [InlineData("google-oauth2|1001", "auth0|first")]
    [InlineData("google-oauth2|1001", "windowslive|2002")]
    public async Task Nobody_approves_their_own_plan_through_a_linked_account(string planner, string approver)
    {
        await using var app = await StartAsync();
        app.Tenant.Users.Put(Plans.Somebody("auth0|first") with
        {
            Identities =
            [
                new(new("Username-Password-Authentication", "auth0"), "first"),
                new(new("google-oauth2", "google-oauth2", IsSocial: true), "1001"),
                new(new("windowslive", "windowslive", IsSocial: true), "2002"),
            ],
        });
        using var first = Administrator(app, planner);
        using var second = Administrator(app, approver);
        var plan = await first.PlanEveryoneAsync();

        await (await second.PostAsJsonAsync(Approvals, new { seal = plan.Seal })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval-required");

        app.Log.Audit.ShouldNotContain(line => line.Text.StartsWith("PlanApproved", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_application_cannot_approve()
    {
        await using var app = await StartAsync();
        using var first = app.Administrator();
        using var machine = Administrator(app, "mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA@clients");
        var plan = await first.PlanEveryoneAsync();

        await (await machine.PostAsJsonAsync(Approvals, new { seal = plan.Seal })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval-required");
    }

    [Fact]
    public async Task If_the_approvers_accounts_cannot_be_read_there_is_no_approval()
    {
        await using var app = await StartAsync();
        using var administrator = app.Administrator();
        using var second = Second(app);
        var plan = await administrator.PlanEveryoneAsync();
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users/*", 403, """{"statusCode":403,"error":"Forbidden","message":"No."}"""));

        await (await second.PostAsJsonAsync(Approvals, new { seal = plan.Seal })).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
    }

    [Fact]
    public async Task The_approval_of_another_plan_is_none()
    {
        await using var app = await StartAsync();
        using var administrator = app.Administrator();
        using var second = Second(app);
        app.Tenant.Users.Put(Plans.Somebody("auth0|a"));
        var plan = await administrator.PlanEveryoneAsync();
        var other = await administrator.PlanEveryoneAsync();
        var approval = (await (await second.PostAsJsonAsync(Approvals, new { seal = other.Seal })).JsonAsync())["approval"]!.GetValue<string>();

        var answer = await administrator.SendTicketAsync(plan.Tickets[0], plan, approval: approval);

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]!["approval"].ShouldNotBeNull();
        app.Tenant.Users.Find("auth0|a").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"seal":5}""")]
    [InlineData("""{"preview":true}""")]
    [InlineData("""{"seal":"eyJ.x.y"}""")]
    public async Task A_body_of_another_form_is_a_400(string body)
    {
        await using var app = await StartAsync();
        using var second = Second(app);

        await (await second.PostAsync(Approvals, new StringContent(body))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
    }

    private static Task<AdminApp> StartAsync() => AdminApp.StartAsync(new TenantOptions { Users = 0 }, ("Users:PlanNeedsApproval", "true"));

    private static HttpClient Second(AdminApp app)
    {
        app.Tenant.Users.Put(Plans.Somebody("auth0|second"));
        return Administrator(app, "auth0|second");
    }

    private static HttpClient Administrator(AdminApp app, string subject) =>
        app.CallerWithToken(app.Tenant.MintAccessToken(subject, [Permissions.ReadUsers, Permissions.DeleteUsers]));
}
