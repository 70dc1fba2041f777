using System.Net;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Functions;

public sealed class SignOutUserTests
{
    private static readonly string Revoke = Target.Request("POST", "/revoke-access");

    [Fact]
    public async Task The_sessions_of_the_user_end_and_nobody_elses()
    {
        await using var app = await Target.StartAsync();
        var session = app.Tenant.Sessions.Start(Target.Id, new("127.0.0.1", ""));
        var others = app.Tenant.Sessions.Start("auth0|other", new("127.0.0.1", ""));
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var answer = await helpDesk.DeleteAsync(Target.Path("/sessions"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answer.JsonAsync()).ToJsonString().ShouldBe("""{"access_revocation":"accepted"}""");
        app.Tenant.Sessions.TryUse(session, out _).ShouldBeFalse();
        app.Tenant.Sessions.TryUse(others, out _).ShouldBeTrue();
        Target.Now(app).Blocked.ShouldBeFalse();
    }

    [Fact]
    public async Task Where_the_plan_has_no_revocation_it_is_a_409_that_says_so()
    {
        await using var app = await Target.StartAsync(new TenantOptions { Users = 5, HasSessionManagement = false });
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        await (await helpDesk.DeleteAsync(Target.Path("/sessions"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "not-in-plan");

        app.Log.Audit[^1].Text.ShouldStartWith("WriteFailed action=SignOutUser ");
    }

    [Fact]
    public async Task A_missing_scope_is_not_told_as_a_missing_plan()
    {
        await using var app = await Target.StartAsync(new TenantOptions { Users = 5, ManagementScope = "read:users update:users" });
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var detail = await (await helpDesk.DeleteAsync(Target.Path("/sessions"))).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        detail.ShouldContain("delete:sessions and delete:refresh_tokens");
    }

    [Theory]
    [InlineData(nameof(FaultMode.Abort))]
    [InlineData(nameof(FaultMode.AbortAfter))]
    public async Task A_request_that_may_have_been_received_is_not_sent_again_and_its_outcome_is_not_known(string mode)
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(new Fault { Match = Revoke, Mode = Enum.Parse<FaultMode>(mode) });

        await (await helpDesk.DeleteAsync(Target.Path("/sessions"))).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");

        app.Tenant.Requests.Matching(Revoke).Count.ShouldBe(1);
        app.Log.Audit[^1].Text.ShouldStartWith("WriteUnknown action=SignOutUser ");
    }

    [Fact]
    public async Task Nobody_signs_out_who_is_not_there()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        await (await helpDesk.DeleteAsync(Target.Path("/sessions", "auth0|nobody"))).ShouldBeProblemAsync(HttpStatusCode.NotFound, "no-such-user");
    }
}
