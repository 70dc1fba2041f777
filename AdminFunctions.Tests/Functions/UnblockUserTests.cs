using System.Net;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.Tests.Functions;

public sealed class UnblockUserTests
{
    [Fact]
    public async Task Both_kinds_of_block_are_removed()
    {
        await using var app = await Target.StartAsync();
        app.Tenant.Users.Put(Target.User with { Blocked = true });
        app.Tenant.Activity.Blocks.Add(Target.Id, new("ann", "203.0.113.9", Target.Database));
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var answer = await helpDesk.DeleteAsync(Target.Path("/block"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.JsonAsync()).ToJsonString().ShouldBe("""{"blocked":false,"brute_force_blocks":"removed"}""");
        Target.Now(app).Blocked.ShouldBeFalse();
        app.Tenant.Activity.Blocks.Of(Target.Id).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(403, "not-available")]
    [InlineData(429, "failed")]
    public async Task If_only_the_second_half_fails_the_response_says_so(int status, string outcome)
    {
        await using var app = await Target.StartAsync();
        app.Tenant.Users.Put(Target.User with { Blocked = true });
        app.Tenant.Faults.Add(Fault.Answer("DELETE /api/v2/user-blocks/*", status) with { Times = null, Headers = new Dictionary<string, string> { ["Retry-After"] = "30" } });
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var answer = await (await helpDesk.DeleteAsync(Target.Path("/block"))).JsonAsync();

        answer["blocked"]!.GetValue<bool>().ShouldBeFalse();
        answer["brute_force_blocks"]!.GetValue<string>().ShouldBe(outcome);
        answer["detail"]!.GetValue<string>().ShouldStartWith("The administrator's block is removed, but there may be blocks after failed logins.");
        Target.Now(app).Blocked.ShouldBeFalse();
    }

    [Fact]
    public async Task Nobody_unblocks_who_is_not_there_or_without_the_permission()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        using var other = app.CallerWith(Permissions.ReadUsers, Permissions.DeleteUsers);

        await (await helpDesk.DeleteAsync(Target.Path("/block", "auth0|nobody"))).ShouldBeProblemAsync(HttpStatusCode.NotFound, "no-such-user");
        await (await other.DeleteAsync(Target.Path("/block"))).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
        app.Tenant.Requests.Matching("PATCH *").ShouldBeEmpty();
    }
}
