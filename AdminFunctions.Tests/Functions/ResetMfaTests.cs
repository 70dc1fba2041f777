using System.Net;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Functions;

public sealed class ResetMfaTests
{
    private static readonly string[] Types = ["password", "totp", "passkey", "phone", "email-verification", "recovery-code"];

    [Fact]
    public async Task Second_factors_are_deleted_and_first_ones_stay()
    {
        await using var app = await StartAsync();
        using var administrator = app.CallerWith(Permissions.ResetMfa);

        var answer = await administrator.DeleteAsync(Target.Path("/mfa"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var outcome = await answer.JsonAsync();
        outcome["authentication_methods"]!.AsArray().Select(method => method!["type"]!.GetValue<string>()).ShouldBe(["totp", "phone", "recovery-code"]);
        outcome["remembered_browsers"]!.GetValue<string>().ShouldBe("invalidated");
        app.Tenant.Activity.Methods.Of(Target.User).Select(method => method.Type).ShouldBe(["password", "passkey", "email-verification"]);
        app.Tenant.Requests.Matching(Target.Request("POST", "/multifactor/*")).Count.ShouldBe(1);
        app.Log.Audit[^1].Text.ShouldStartWith("WriteDone action=ResetMfa ");
    }

    [Fact]
    public async Task Remembered_browsers_that_cannot_be_reset_are_told_and_do_not_hide_the_rest()
    {
        await using var app = await StartAsync();
        using var administrator = app.CallerWith(Permissions.ResetMfa);
        app.Tenant.Faults.Add(Fault.Answer(Target.Request("POST", "/multifactor/*"), 403));

        var outcome = await (await administrator.DeleteAsync(Target.Path("/mfa"))).JsonAsync();

        outcome["authentication_methods"]!.AsArray().Count.ShouldBe(3);
        outcome["remembered_browsers"]!.GetValue<string>().ShouldBe("not-available");
        outcome["detail"]!.GetValue<string>().ShouldContain("update:users");
    }

    [Fact]
    public async Task A_failure_in_the_middle_says_how_much_is_done()
    {
        await using var app = await StartAsync();
        using var administrator = app.CallerWith(Permissions.ResetMfa);
        var second = app.Tenant.Activity.Methods.Of(Target.User).Single(method => method.Type is "phone");
        app.Tenant.Faults.Add(Fault.Answer(Target.Request("DELETE", $"/authentication-methods/{Uri.EscapeDataString(second.Id)}"), 403));

        var detail = await (await administrator.DeleteAsync(Target.Path("/mfa"))).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        detail.ShouldContain("delete:authentication_methods");
        detail.ShouldEndWith("1 of 3 second factors were deleted. Reset them again.");
        app.Log.Audit[^1].Text.ShouldStartWith("WriteUnknown action=ResetMfa ");
    }

    [Fact]
    public async Task A_second_factor_that_is_gone_already_is_no_failure()
    {
        await using var app = await StartAsync();
        using var administrator = app.CallerWith(Permissions.ResetMfa);
        app.Tenant.Faults.Add(Fault.Answer(Target.Request("DELETE", "/authentication-methods/*"), 404, """{"statusCode":404,"error":"Not Found","message":"Not found."}"""));

        (await administrator.DeleteAsync(Target.Path("/mfa"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"authenticators":[{"id":{},"type":"totp"}]}""")]
    [InlineData("""{"authenticators":null}""")]
    [InlineData("""[]""")]
    public async Task Methods_that_cannot_be_read_are_not_passed_over(string body)
    {
        await using var app = await StartAsync();
        using var administrator = app.CallerWith(Permissions.ResetMfa);
        app.Tenant.Faults.Add(Fault.Answer(Target.Request("GET", "/authentication-methods"), 200, body));

        await (await administrator.DeleteAsync(Target.Path("/mfa"))).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");

        app.Tenant.Requests.Matching(Target.Request("DELETE", "*")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_method_of_an_odd_form_is_deleted_all_the_same()
    {
        await using var app = await StartAsync();
        using var administrator = app.CallerWith(Permissions.ResetMfa);
        var totp = app.Tenant.Activity.Methods.Of(Target.User).Single(method => method.Type is "totp");
        app.Tenant.Faults.Add(Fault.Answer(
            Target.Request("GET", "/authentication-methods"),
            200,
            """{"authenticators":[{"id":"ID","type":"totp","created_at":"long ago","confirmed":"yes","authentication_methods":{}}]}"""
                .Replace("ID", totp.Id, StringComparison.Ordinal)));

        var outcome = await (await administrator.DeleteAsync(Target.Path("/mfa"))).JsonAsync();

        outcome["authentication_methods"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task More_methods_than_fit_a_page_are_all_deleted()
    {
        await using var app = await Target.StartAsync();
        app.Tenant.Activity.Methods.Set(Target.Id, [.. Enumerable.Range(0, 120).Select(i => $"webauthn-{i:000}")]);
        using var administrator = app.CallerWith(Permissions.ResetMfa);

        (await administrator.DeleteAsync(Target.Path("/mfa"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        app.Tenant.Activity.Methods.Of(Target.User).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(AdminApp.CallerId, "own-account")]
    [InlineData("auth0|owner", "protected-user")]
    public async Task Neither_ones_own_second_factors_nor_a_protected_users_are_deleted(string id, string slug)
    {
        await using var app = await Target.StartAsync(settings: ("Users:Protected", "auth0|owner"));
        using var administrator = app.CallerWith(Permissions.ResetMfa);
        app.AddUser(id);

        await (await administrator.DeleteAsync(Target.Path("/mfa", id))).ShouldBeProblemAsync(HttpStatusCode.Conflict, slug);

        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty();
    }

    [Fact]
    public async Task It_takes_a_permission_of_its_own_and_a_user_who_is_there()
    {
        await using var app = await Target.StartAsync();
        using var administrator = app.CallerWith(Permissions.ResetMfa);
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers, Permissions.DeleteUsers);

        await (await helpDesk.DeleteAsync(Target.Path("/mfa"))).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
        await (await administrator.DeleteAsync(Target.Path("/mfa", "auth0|nobody"))).ShouldBeProblemAsync(HttpStatusCode.NotFound, "no-such-user");
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var app = await Target.StartAsync(new TenantOptions { Users = 5, ManagementScope = "read:users" });
        using var administrator = app.CallerWith(Permissions.ResetMfa);

        (await (await administrator.DeleteAsync(Target.Path("/mfa"))).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused"))
            .ShouldContain("the scope read:authentication_methods");
    }

    private static async Task<AdminApp> StartAsync()
    {
        var app = await Target.StartAsync();
        app.Tenant.Activity.Methods.Set(Target.Id, Types);
        return app;
    }
}
