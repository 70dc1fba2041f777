using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Tests.Management;

namespace AdminFunctions.Tests.Functions;

public sealed class BlockUserTests
{
    private static readonly string Update = Target.Request("PATCH");
    private static readonly string Revoke = Target.Request("POST", "/revoke-access");

    [Fact]
    public async Task A_blocked_user_cannot_sign_in_and_their_sessions_end()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        using var tenant = new HttpClient { BaseAddress = app.Tenant.Address };
        var session = (await (await SignInAsync(tenant)).JsonAsync())["session_id"]!.GetValue<string>();

        var answer = await helpDesk.PutAsync(Target.Path("/block"), content: null);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        (await answer.JsonAsync()).ToJsonString().ShouldBe("""{"blocked":true,"access_revocation":"accepted"}""");
        app.Tenant.Sessions.TryUse(session, out _).ShouldBeFalse();
        var refused = await SignInAsync(tenant);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.JsonAsync())["error_description"]!.GetValue<string>().ShouldBe("user is blocked");
    }

    [Theory]
    [InlineData("delete:sessions delete:refresh_tokens")]
    [InlineData("delete:refresh_tokens")]
    public async Task Without_the_scope_to_revoke_the_user_is_blocked_and_the_response_says_what_is_not(string missing)
    {
        var scopes = new TenantOptions().ManagementScope!.Split(' ').Except(missing.Split(' '));
        await using var app = await Target.StartAsync(new TenantOptions { Users = 5, ManagementScope = string.Join(' ', scopes) });
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var answer = await helpDesk.PutAsync(Target.Path("/block"), content: null);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var outcome = await answer.JsonAsync();
        outcome["blocked"]!.GetValue<bool>().ShouldBeTrue();
        outcome["access_revocation"]!.GetValue<string>().ShouldBe("not-available");
        outcome["detail"]!.GetValue<string>().ShouldContain("delete:sessions and delete:refresh_tokens");
        Target.Now(app).Blocked.ShouldBeTrue();
    }

    [Fact]
    public async Task Where_the_plan_has_no_revocation_the_user_is_blocked_all_the_same()
    {
        await using var app = await Target.StartAsync(new TenantOptions { Users = 5, HasSessionManagement = false });
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var outcome = await (await helpDesk.PutAsync(Target.Path("/block"), content: null)).JsonAsync();

        outcome["access_revocation"]!.GetValue<string>().ShouldBe("not-available");
        outcome["detail"]!.GetValue<string>().ShouldStartWith("The user is blocked, but sessions may go on. The tenant's plan");
    }

    [Theory]
    [InlineData(429, "failed")]
    [InlineData(400, "not-available")]
    [InlineData(500, "unknown")]
    [InlineData(200, "unknown")]
    public async Task A_revocation_that_goes_wrong_does_not_hide_the_block(int status, string outcome)
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(Fault.Answer(Revoke, status) with { Times = null, Headers = new Dictionary<string, string> { ["Retry-After"] = "30" } });

        var answer = await (await helpDesk.PutAsync(Target.Path("/block"), content: null).InTimeAsync()).JsonAsync();

        answer["blocked"]!.GetValue<bool>().ShouldBeTrue();
        answer["access_revocation"]!.GetValue<string>().ShouldBe(outcome);
        answer["detail"]!.GetValue<string>().ShouldStartWith("The user is blocked, but sessions may go on.");
        app.Tenant.Requests.Matching(Revoke).Count.ShouldBe(1);
        app.Log.Audit[^1].Text.ShouldStartWith("WriteDone action=BlockUser ");
    }

    [Fact]
    public async Task A_block_whose_responses_are_lost_is_read_back()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(new Fault { Match = Update, Mode = FaultMode.AbortAfter, Times = null });

        var call = helpDesk.PutAsync(Target.Path("/block"), content: null);
        await app.Time.LetBackoffsPassAsync();
        var answer = await call.InTimeAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.JsonAsync())["blocked"]!.GetValue<bool>().ShouldBeTrue();
        app.Log.Audit[^1].Text.ShouldStartWith("WriteDone ");
    }

    [Fact]
    public async Task A_block_that_was_not_made_is_told_as_a_failure()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(new Fault { Match = Update, Mode = FaultMode.Abort, Times = null });

        var call = helpDesk.PutAsync(Target.Path("/block"), content: null);
        await app.Time.LetBackoffsPassAsync();

        var detail = await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
        detail.ShouldEndWith("The user was read afterwards: nothing has changed.");
        Target.Now(app).Blocked.ShouldBeFalse();
        app.Tenant.Requests.Matching(Revoke).ShouldBeEmpty();
        app.Log.Audit[^1].Text.ShouldStartWith("WriteFailed ");
    }

    [Fact]
    public async Task A_block_of_which_nothing_is_known_is_told_as_such()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(new Fault { Match = Update, Mode = FaultMode.AbortAfter, Times = null });

        var call = helpDesk.PutAsync(Target.Path("/block"), content: null);
        await app.Tenant.Requests.WaitForAsync(Update).InTimeAsync();
        app.Tenant.Faults.Add(Fault.Answer(Target.Request("GET"), 500) with { Times = null });
        await app.Time.LetBackoffsPassAsync();
        await app.Time.LetBackoffsPassAsync();

        var detail = await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");
        detail.ShouldEndWith("Auth0 may have carried out the request all the same. Look at the user before you try again.");
        app.Log.Audit[^1].Text.ShouldStartWith("WriteUnknown ");
    }

    [Fact]
    public async Task A_vault_that_fails_after_an_uncertain_block_does_not_make_a_failure_of_it()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(new Fault { Match = Update, Mode = FaultMode.AbortAfter });

        var call = helpDesk.PutAsync(Target.Path("/block"), content: null);
        await Waiting.UntilAsync(() => Target.Now(app).Blocked);
        app.Tenant.RotateClientSecret();
        app.Tenant.RevokeManagementTokens();
        app.Vault.Faults.Add(LocalVault.Forbidden);
        await app.Time.LetBackoffsPassAsync(retries: 1);

        var detail = await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");
        detail.ShouldEndWith("Auth0 may have carried out the request all the same. Look at the user before you try again.");
        app.Log.Audit[^1].Text.ShouldStartWith("WriteUnknown ");
        Target.Now(app).Blocked.ShouldBeTrue();
    }

    [Fact]
    public async Task One_hundred_blocks_at_once_through_broken_connections_are_all_true()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        var ids = Enumerable.Range(0, 100).Select(i => $"auth0|{i:000}").ToList();
        app.Tenant.Users.Put(ids.Select(id => Target.User with { UserId = id }));
        app.Tenant.Faults.Add(ids.Where((_, i) => i % 3 is 0).Select(id =>
            new Fault { Match = $"PATCH /api/v2/users/{Uri.EscapeDataString(id)}", Mode = FaultMode.AbortAfter, Times = 2 }));

        using var done = new CancellationTokenSource();
        var passing = PassTimeAsync(app, done.Token);
        var answers = await Task.WhenAll(ids.Select(id => helpDesk.PutAsync(Target.Path("/block", id), content: null))).InTimeAsync();
        await done.CancelAsync();
        await passing;

        foreach (var answer in answers)
        {
            (await answer.JsonAsync())["blocked"]!.GetValue<bool>().ShouldBeTrue();
        }

        ids.ShouldAllBe(id => app.Tenant.Users.Find(id)!.Blocked);
        app.Tenant.Stats.AccessRevocations.ShouldBe(100);
    }

    [Theory]
    [InlineData(AdminApp.CallerId, "own-account")]
    [InlineData("auth0|owner", "protected-user")]
    public async Task Neither_oneself_nor_a_protected_user_is_blocked(string id, string slug)
    {
        await using var app = await Target.StartAsync(settings: ("Users:Protected", "auth0|owner"));
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.AddUser(id);

        await (await helpDesk.PutAsync(Target.Path("/block", id), content: null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, slug);

        app.Tenant.Requests.Matching("PATCH *").ShouldBeEmpty();
        app.Log.Audit.Single().Text.ShouldStartWith("WriteRefused action=BlockUser ");
    }

    [Fact]
    public async Task A_user_who_is_linked_with_oneself_is_not_blocked()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWithToken(app.Tenant.MintAccessToken("github|7", [Permissions.UpdateUsers]));
        app.Tenant.Users.Put(Target.User with { Identities = [.. Target.User.Identities, new(new("github", "github", NumericIds: true), "7")] });

        await (await helpDesk.PutAsync(Target.Path("/block"), content: null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "own-account");

        app.Tenant.Requests.Matching("PATCH *").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_whose_accounts_cannot_be_read_is_not_blocked()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Users.Put(Target.User with { Changes = new Dictionary<string, string?> { ["identities"] = "[{\"provider\":[\"a\",\"b\"],\"user_id\":\"1\"}]" } });

        await (await helpDesk.PutAsync(Target.Path("/block"), content: null)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");

        app.Tenant.Requests.Matching("PATCH *").ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_blocks_who_is_not_there_or_without_the_permission_or_with_a_parameter()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        using var other = app.CallerWith(Permissions.ReadUsers, Permissions.DeleteUsers, Permissions.ResetMfa);

        await (await helpDesk.PutAsync(Target.Path("/block", "auth0|nobody"), content: null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "no-such-user");
        await (await other.PutAsync(Target.Path("/block"), content: null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
        await (await helpDesk.PutAsync(Target.Path("/block?for=ever"), content: null)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        app.Tenant.Requests.Matching("PATCH *").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var app = await Target.StartAsync(new TenantOptions { Users = 5, ManagementScope = "read:users" });
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var detail = await (await helpDesk.PutAsync(Target.Path("/block"), content: null)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        detail.ShouldContain("the scope update:users of the Auth0 Management API");
    }

    [Fact]
    public async Task The_tenants_log_names_both_requests_by_the_id_in_the_audit_trail()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        (await helpDesk.PutAsync(Target.Path("/block"), content: null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var ids = app.Tenant.Requests.Matching(Update).Concat(app.Tenant.Requests.Matching(Revoke)).Select(request => request.CorrelationId).Distinct().ToList();
        app.Log.Audit.Select(line => line.Text.Split("correlationId=")[1]).Distinct().ShouldBe(ids);
        ids.Count.ShouldBe(1);
    }

    internal static async Task PassTimeAsync(AdminApp app, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(2, CancellationToken.None);
        }
    }

    private static Task<HttpResponseMessage> SignInAsync(HttpClient tenant) =>
        tenant.PostAsync("/_local/sign-in", new StringContent(new JsonObject { ["user_id"] = Target.Id }.ToJsonString()));
}
