using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Tests.Deletions;
using AdminFunctions.Tests.Management;

namespace AdminFunctions.Tests.Functions;

public sealed class ExecutePlanTests
{
    [Fact]
    public async Task Exactly_the_planned_users_are_deleted()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var administrator = app.Administrator();
        var plan = await administrator.PlanAsync(new { q = "user_id:google*", action = "delete", reason = "test" });
        plan.Total.ShouldBeGreaterThan(5);
        var others = app.Tenant.Users.All.Select(user => user.UserId).Except(plan.Users).ToList();

        var outcomes = await administrator.ExecuteAllAsync(plan);

        outcomes.Keys.ShouldBe(plan.Users);
        outcomes.Values.ShouldAllBe(outcome => outcome == "deleted");
        app.Tenant.Users.All.Select(user => user.UserId).ShouldBe(others, ignoreOrder: true);
    }

    [Fact]
    public async Task Planned_users_are_blocked_and_their_sessions_end()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"), Plans.Somebody("auth0|b"));
        using var helpDesk = HelpDesk(app);
        var plan = await helpDesk.PlanEveryoneAsync("block");

        var lines = await helpDesk.ExecuteAsync(plan.Tickets.Single(), plan);

        lines.Select(line => line.ToJsonString()).ShouldBe(
        [
            """{"user_id":"auth0|a","outcome":"blocked","access_revocation":"accepted"}""",
            """{"user_id":"auth0|b","outcome":"blocked","access_revocation":"accepted"}""",
            """{"end":{"remaining":0,"outcomes":{"blocked":2}}}""",
        ]);
        app.Tenant.Users.All.ShouldAllBe(user => user.Blocked);
        app.Tenant.Stats.AccessRevocations.ShouldBe(2);
    }

    [Fact]
    public async Task Users_who_are_not_as_planned_are_left_alone_and_the_line_says_in_which_respect()
    {
        await using var app = await AppWithAsync([.. "abcdefg".Select(letter => Plans.Somebody($"auth0|{letter}"))]);
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var now = app.Time.GetUtcNow().UtcDateTime;
        app.Tenant.Users.Put(
            Plans.Somebody("auth0|a") with { LastLogin = now, UpdatedAt = now, LoginsCount = 1 },
            Plans.Somebody("auth0|b") with { CreatedAt = now, UpdatedAt = now },
            Plans.Somebody("auth0|c") with { UpdatedAt = now },
            Plans.Somebody("auth0|d") with { Email = "other@example.com" },
            Plans.Somebody("auth0|e") with { Identities = [.. Plans.Somebody("auth0|e").Identities, new(new("github", "github"), "1")] });
        app.Tenant.Users.Delete("auth0|f");

        var lines = await administrator.ExecuteAsync(plan.Tickets.Single(), plan);

        lines.Select(line => line.ToJsonString()).ShouldBe(
        [
            """{"user_id":"auth0|a","outcome":"changed","changed":["last_login","updated_at"]}""",
            """{"user_id":"auth0|b","outcome":"changed","changed":["created_at","updated_at"]}""",
            """{"user_id":"auth0|c","outcome":"changed","changed":["updated_at"]}""",
            """{"user_id":"auth0|d","outcome":"changed","changed":["profile"]}""",
            """{"user_id":"auth0|e","outcome":"changed","changed":["profile"]}""",
            """{"user_id":"auth0|f","outcome":"gone"}""",
            """{"user_id":"auth0|g","outcome":"deleted"}""",
            """{"end":{"remaining":0,"outcomes":{"changed":5,"deleted":1,"gone":1}}}""",
        ]);
        app.Tenant.Users.All.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Users_who_became_protected_or_linked_with_the_caller_or_are_excepted_are_left_alone()
    {
        await using var app = await AppWithAsync([.. "abc".Select(letter => Plans.Somebody($"auth0|{letter}"))]);
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        app.Tenant.Users.Put(Plans.Somebody("auth0|a") with { Identities = [.. Plans.Somebody("auth0|a").Identities, new(new("db", "auth0"), AdminApp.CallerId["auth0|".Length..])] });

        var outcomes = Plans.OutcomesOf(await administrator.ExecuteAsync(plan.Tickets.Single(), plan, "auth0|b"));

        outcomes.ShouldBe([("auth0|a", "self"), ("auth0|b", "excepted"), ("auth0|c", "deleted")]);
    }

    [Theory]
    [InlineData("token-exchange")]
    [InlineData("interaction")]
    public async Task Users_who_are_active_without_logging_in_are_left_alone(string activity)
    {
        await using var app = await AppWithAsync([.. "ab".Select(letter => Plans.Somebody($"auth0|{letter}") with { LastLogin = Old, UpdatedAt = Old, LoginsCount = 1 })]);
        using var tenant = new HttpClient { BaseAddress = app.Tenant.Address };
        await SignInLongAgoAsync(app, tenant, "auth0|a");
        using var administrator = app.Administrator();
        var plan = await administrator.PlanAsync(new { q = "last_login:[* TO 2026-03-04]", action = "delete", reason = "unused" });
        plan.Users.ShouldBe(["auth0|a", "auth0|b"], ignoreOrder: true);
        plan.End["inactive_since"]!.GetValue<string>().ShouldBe("2026-03-04T00:00:00.000Z");
        plan.End["warnings"]!.AsArray().ShouldBeEmpty();
        (await tenant.PostAsJsonAsync($"/_local/{activity}", new { user_id = "auth0|a" })).IsSuccessStatusCode.ShouldBeTrue();

        var lines = await administrator.ExecuteAsync(plan.Tickets.Single(), plan);

        Plans.OutcomesOf(lines).ShouldBe([("auth0|a", "active"), ("auth0|b", "deleted")], ignoreOrder: true);
        lines.Single(line => line["outcome"]?.GetValue<string>() is "active")["last_active"]!.GetValue<DateTime>().ToUniversalTime()
            .ShouldBe(app.Time.GetUtcNow().UtcDateTime);
        app.Tenant.Users.Find("auth0|a").ShouldNotBeNull();
    }

    [Fact]
    public async Task Activity_before_the_bound_does_not_count()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a") with { LastLogin = Old, UpdatedAt = Old, LoginsCount = 1 });
        using var tenant = new HttpClient { BaseAddress = app.Tenant.Address };
        await SignInLongAgoAsync(app, tenant, "auth0|a");
        using var administrator = app.Administrator();

        var plan = await administrator.PlanAsync(new { q = "last_login:[* TO 2026-03-04]", action = "delete", reason = "unused" });

        (await administrator.ExecuteAllAsync(plan)).Values.ShouldBe(["deleted"]);
    }

    [Theory]
    [InlineData(false, null, "plan does not include")]
    [InlineData(true, "read:users delete:users read:sessions", "read:refresh_tokens")]
    public async Task Where_activity_cannot_be_read_the_plan_has_a_warning_that_says_what_that_means(bool hasSessions, string? scope, string expected)
    {
        var options = new TenantOptions { Users = 0, HasSessionManagement = hasSessions };
        await using var app = await AdminApp.StartAsync(scope is null ? options : options with { ManagementScope = scope });
        app.Tenant.Users.Put(Plans.Somebody("auth0|a") with { LastLogin = Old, UpdatedAt = Old });
        using var administrator = app.Administrator();

        var plan = await administrator.PlanAsync(new { q = "last_login:[* TO 2022-01-01]", action = "delete", reason = "unused" });

        var warning = plan.End["warnings"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>();
        warning.ShouldContain(expected);
        warning.ShouldContain("silent sign-ins and exchanges of refresh tokens do not update last_login");
        plan.End["inactive_since"].ShouldBeNull();
        (await administrator.ExecuteAllAsync(plan)).Values.ShouldBe(["deleted"]);
    }

    [Fact]
    public async Task If_activity_cannot_be_read_at_the_execution_nobody_is_deleted()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a") with { LastLogin = Old, UpdatedAt = Old });
        using var administrator = app.Administrator();
        var plan = await administrator.PlanAsync(new { q = "last_login:[* TO 2022-01-01]", action = "delete", reason = "unused" });
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users/auth0%7Ca/sessions", 200, """{"sessions":[{"last_interacted_at":[1]}]}""") with { Times = null });

        (await administrator.ExecuteAllAsync(plan)).Values.ShouldBe(["failed"]);

        app.Tenant.Users.Find("auth0|a").ShouldNotBeNull();
    }

    [Fact]
    public async Task The_same_ticket_goes_on_where_it_stopped()
    {
        await using var app = await AppWithAsync([.. Enumerable.Range(0, 30).Select(i => Plans.Somebody($"auth0|{i:00}"))]);
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        app.Tenant.Faults.Add(Fault.Answer("DELETE /api/v2/users/auth0%7C1*", 403) with { Times = null });

        var first = await administrator.ExecuteAsync(plan.Tickets.Single(), plan);
        app.Tenant.Faults.Clear();
        var second = await administrator.ExecuteAsync(plan.Tickets.Single(), plan);

        first[^1]["end"]!["remaining"]!.GetValue<int>().ShouldBeGreaterThan(0);
        first.Where(line => line.ContainsKey("problem")).Select(line => line["problem"]!["type"]!.GetValue<string>())
            .ShouldAllBe(type => type == "urn:admin-functions:problem:tenant-refused");
        Plans.OutcomesOf(first).ShouldContain(line => line.Outcome == "failed");
        second[^1]["end"]!["remaining"]!.GetValue<int>().ShouldBe(0);
        app.Tenant.Users.All.ShouldBeEmpty();
        app.Tenant.Stats.UserDeletes.ShouldBe(30);
    }

    [Fact]
    public async Task A_call_ends_itself_after_ninety_seconds_and_says_how_many_are_left()
    {
        await using var app = await AppWithAsync([.. Enumerable.Range(0, 20).Select(i => Plans.Somebody($"auth0|{i:00}"))]);
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        app.Tenant.Faults.Add(new Fault { Match = "DELETE /api/v2/users/auth0%7C07", Mode = FaultMode.Hang });

        var call = administrator.ExecuteAsync(plan.Tickets.Single(), plan);
        await app.Tenant.Requests.WaitForAsync("DELETE /api/v2/users/auth0%7C07").InTimeAsync();
        app.Time.Advance(TimeSpan.FromSeconds(90));
        using var done = new CancellationTokenSource();
        var passing = BlockUserTests.PassTimeAsync(app, done.Token);
        var lines = await call.InTimeAsync();
        await done.CancelAsync();
        await passing;

        var remaining = lines[^1]["end"]!["remaining"]!.GetValue<int>();
        remaining.ShouldBe(20 - (lines.Count - 1));
        remaining.ShouldBeGreaterThan(0);
        app.Log.Audit[^1].Text.ShouldStartWith($"PlanExecuted plan={plan.Id} batch=1 action=delete actor={AdminApp.CallerId} outcomes=deleted:");
        (await administrator.ExecuteAsync(plan.Tickets.Single(), plan))[^1]["end"]!["remaining"]!.GetValue<int>().ShouldBe(0);
        app.Tenant.Users.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deletion_whose_responses_are_lost_is_told_as_what_it_is()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"), Plans.Somebody("auth0|b"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        app.Tenant.Faults.Add(
            new Fault { Match = "DELETE /api/v2/users/auth0%7Ca", Mode = FaultMode.AbortAfter, Times = null },
            new Fault { Match = "DELETE /api/v2/users/auth0%7Cb", Mode = FaultMode.Abort, Times = null });

        using var done = new CancellationTokenSource();
        var passing = BlockUserTests.PassTimeAsync(app, done.Token);
        var lines = await administrator.ExecuteAsync(plan.Tickets.Single(), plan).InTimeAsync();
        await done.CancelAsync();
        await passing;

        Plans.OutcomesOf(lines).ShouldBe([("auth0|a", "deleted"), ("auth0|b", "failed")]);
        app.Tenant.Users.All.Select(user => user.UserId).ShouldBe(["auth0|b"]);
    }

    [Fact]
    public async Task Everything_that_a_plan_did_is_found_by_its_ID_in_the_trail_and_in_Auth0s_log()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"), Plans.Somebody("auth0|b"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();

        await administrator.ExecuteAllAsync(plan);

        var trail = app.Log.Audit.Where(line => line.Text.Contains(plan.Id, StringComparison.Ordinal)).Select(line => line.Text).ToList();
        trail.Count.ShouldBe(6);
        trail[0].ShouldStartWith("PlanMade ");
        trail.Count(line => line.StartsWith($"WriteRequested action=DeleteUser actor={AdminApp.CallerId} ", StringComparison.Ordinal)).ShouldBe(2);
        trail.Count(line => line.StartsWith("WriteDone action=DeleteUser ", StringComparison.Ordinal)).ShouldBe(2);
        trail[^1].ShouldStartWith("PlanExecuted ");
        app.Tenant.Requests.Matching("DELETE *").ShouldAllBe(request => request.CorrelationId!.StartsWith(plan.Id, StringComparison.Ordinal));
        app.Tenant.Requests.Matching("DELETE *").Select(request => request.CorrelationId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_ticket_that_does_not_belong_is_refused_and_nothing_is_done()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        var other = await administrator.PlanEveryoneAsync();
        var ticket = plan.Tickets.Single();

        await RefusedAsync(new { ticket = Altered(ticket), seal = plan.Seal, confirm = 1 }, "ticket");
        await RefusedAsync(new { ticket = plan.Seal, seal = plan.Seal, confirm = 1 }, "ticket");
        await RefusedAsync(new { ticket, seal = ticket, confirm = 1 }, "seal");
        await RefusedAsync(new { ticket, seal = other.Seal, confirm = 1 }, "seal");
        await RefusedAsync(new { ticket, seal = plan.Seal, confirm = 2 }, "confirm");
        await RefusedAsync(new { ticket, seal = plan.Seal, confirm = 1, except = new[] { "auth0|b" } }, "except");
        await RefusedAsync(new { ticket, confirm = 1 }, "seal");
        await RefusedAsync(new { ticket, seal = plan.Seal }, "confirm");
        await RefusedAsync(new { ticket = new string('x', 70_000), seal = plan.Seal, confirm = 1 }, "body");
        await RefusedAsync(new { ticket = app.Tenant.MintAccessToken(AdminApp.CallerId, []), seal = plan.Seal, confirm = 1 }, "ticket");

        app.Tenant.Users.Find("auth0|a").ShouldNotBeNull();
        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty();

        async Task RefusedAsync(object body, string fault)
        {
            var answer = await administrator.PostAsJsonAsync(Plans.Deletions, body);
            if (answer.StatusCode is HttpStatusCode.Conflict)
            {
                // A token with the name of another key.
                fault.ShouldBe("ticket");
                return;
            }

            await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
            (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe([fault]);
        }
    }

    [Fact]
    public async Task Only_the_administrator_who_planned_executes_and_only_with_the_permission()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.Administrator();
        using var another = app.CallerWithToken(app.Tenant.MintAccessToken("auth0|another", [Permissions.ReadUsers, Permissions.DeleteUsers]));
        using var demoted = app.CallerWith(Permissions.ReadUsers, Permissions.UpdateUsers);
        var plan = await administrator.PlanEveryoneAsync();

        await (await another.SendTicketAsync(plan.Tickets.Single(), plan)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "another-actor");
        await (await demoted.SendTicketAsync(plan.Tickets.Single(), plan)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");

        app.Tenant.Users.Find("auth0|a").ShouldNotBeNull();
        app.Log.Audit.Select(line => line.Text.Split(' ')[0]).ShouldBe(["PlanMade", "WriteRefused", "WriteRefused"]);
    }

    [Fact]
    public async Task A_plan_expires_after_an_hour_to_the_second()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"), Plans.Somebody("auth0|b"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();

        app.Time.Advance(TimeSpan.FromMinutes(60));
        await (await administrator.SendTicketAsync(plan.Tickets.Single(), plan)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "plan-expired");
        app.Tenant.Users.Find("auth0|a").ShouldNotBeNull();
    }

    [Fact]
    public async Task The_key_from_before_a_rotation_still_verifies()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        app.Tenant.RotateClientSecret();
        app.Time.Advance(TimeSpan.FromMinutes(6));

        var newer = await administrator.PlanAsync(new { q = "name:nobody", action = "delete", reason = "signed with the new secret" });
        newer.Total.ShouldBe(0);

        (await administrator.ExecuteAllAsync(plan)).Values.ShouldBe(["deleted"]);
    }

    [Fact]
    public async Task Keys_that_somebody_makes_up_do_not_reach_the_vault_again_and_again()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        var reads = app.Vault.SecretReads;
        var token = app.Tenant.MintAccessToken(AdminApp.CallerId, []);

        for (var i = 0; i < 20; i++)
        {
            var answer = await administrator.PostAsJsonAsync(Plans.Deletions, new { ticket = token, seal = plan.Seal, confirm = 1 });
            await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "plan-expired");
        }

        app.Vault.SecretReads.ShouldBeLessThanOrEqualTo(reads + 1);
    }

    [Fact]
    public async Task The_same_ticket_twice_at_once_does_nothing_twice()
    {
        await using var app = await AppWithAsync([.. Enumerable.Range(0, 100).Select(i => Plans.Somebody($"auth0|{i:00}"))]);
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();

        var both = await Task.WhenAll(administrator.ExecuteAsync(plan.Tickets[0], plan), administrator.ExecuteAsync(plan.Tickets[0], plan));

        both.SelectMany(Plans.OutcomesOf).ShouldAllBe(line => line.Outcome == "deleted" || line.Outcome == "gone");
        app.Tenant.Users.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_caller_can_execute_two_batches_at_once_and_the_third_is_a_503()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = "GET /api/v2/users/*", Times = null, Until = gate.Task });
        Task<List<JsonObject>>[] two = [administrator.ExecuteAsync(plan.Tickets[0], plan), administrator.ExecuteAsync(plan.Tickets[0], plan)];
        await app.Tenant.Requests.WaitForAsync("GET /api/v2/users/*", 2).InTimeAsync();

        using var third = await administrator.SendTicketAsync(plan.Tickets[0], plan);

        await third.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "too-many-exports");
        app.Log.Audit.ShouldContain(line => line.Text.Contains("action=ExecutePlan", StringComparison.Ordinal) && line.Text.Contains("outcome=too-many-exports", StringComparison.Ordinal));
        gate.SetResult();
        await Task.WhenAll(two).InTimeAsync();
        Plans.OutcomesOf(await administrator.ExecuteAsync(plan.Tickets[0], plan)).ShouldBe([("auth0|a", "gone")]);
    }

    [Fact]
    public async Task If_the_caller_hangs_up_no_further_user_is_begun()
    {
        await using var app = await AppWithAsync([.. Enumerable.Range(0, 50).Select(i => Plans.Somebody($"auth0|{i:00}"))]);
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = "DELETE *", Until = gate.Task, Times = null });
        using var impatience = new CancellationTokenSource();

        var call = administrator.PostAsJsonAsync(Plans.Deletions, new { ticket = plan.Tickets[0], seal = plan.Seal, confirm = plan.Total }, impatience.Token);
        await app.Tenant.Requests.WaitForAsync("DELETE *").InTimeAsync();
        await impatience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        await Task.Yield();
        gate.SetResult();
        await Waiting.UntilAsync(() => app.Log.Audit[^1].Text.StartsWith("PlanExecuted ", StringComparison.Ordinal));

        var deleted = 50 - app.Tenant.Users.All.Count;
        deleted.ShouldBeInRange(1, 8);
        app.Log.Audit[^1].Text.ShouldContain($" outcomes=deleted:{deleted} remaining={50 - deleted} ");
    }

    [Fact]
    public async Task A_user_who_logs_in_while_the_execution_waits_for_the_rate_limit_is_left_alone()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        app.Tenant.Faults.Add(RateLimited("DELETE /api/v2/users/auth0%7Ca", seconds: 5) with { Times = 1 });

        var execution = administrator.ExecuteAsync(plan.Tickets.Single(), plan);
        await app.Time.WhenSomeoneWaitsAsync(wait => wait == TimeSpan.FromSeconds(5));
        var now = app.Time.GetUtcNow().UtcDateTime.AddSeconds(1);
        app.Tenant.Users.Put(Plans.Somebody("auth0|a") with { LastLogin = now, UpdatedAt = now, LoginsCount = 1 });
        app.Time.Advance(TimeSpan.FromSeconds(5));

        Plans.OutcomesOf(await execution.InTimeAsync()).ShouldBe([("auth0|a", "changed")]);
        app.Tenant.Users.Find("auth0|a").ShouldNotBeNull();
        OutcomesInTrail(app).ShouldBe(["WriteRequested requested", "WriteFailed changed"]);
    }

    [Fact]
    public async Task A_change_that_Auth0_has_refused_has_an_outcome_in_the_trail_if_the_call_ends_before_the_next_try()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        app.Tenant.Faults.Add(RateLimited("DELETE /api/v2/users/auth0%7Ca", seconds: 50));

        var execution = administrator.ExecuteAsync(plan.Tickets.Single(), plan);
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(50));
        await app.Time.WhenSomeoneWaitsAsync(wait => wait == TimeSpan.FromSeconds(50));
        app.Time.Advance(TimeSpan.FromSeconds(40));

        var lines = await execution.InTimeAsync();
        lines.Single().ToJsonString().ShouldBe("""{"end":{"remaining":1,"outcomes":{}}}""");
        OutcomesInTrail(app).ShouldBe(["WriteRequested requested", "WriteFailed tenant-rate-limited"]);
        app.Tenant.Faults.Clear();
        Plans.OutcomesOf(await administrator.ExecuteAsync(plan.Tickets.Single(), plan)).ShouldBe([("auth0|a", "deleted")]);
    }

    [Theory]
    [InlineData(202, "accepted", "WriteDone done")]
    [InlineData(403, "not-available", "WriteFailed tenant-refused")]
    public async Task The_sessions_of_a_user_who_has_been_blocked_meanwhile_end_too_and_the_trail_says_only_that(int status, string revocation, string outcome)
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var helpDesk = HelpDesk(app);
        var plan = await helpDesk.PlanEveryoneAsync("block");
        app.Tenant.Users.Put(Plans.Somebody("auth0|a") with { Blocked = true, UpdatedAt = app.Time.GetUtcNow().UtcDateTime });
        app.Tenant.Faults.Add(Fault.Answer("POST /api/v2/users/auth0%7Ca/revoke-access", status, """{"statusCode":403,"message":"No.","errorCode":"insufficient_scope"}"""));

        var lines = await helpDesk.ExecuteAsync(plan.Tickets.Single(), plan);

        Plans.OutcomesOf(lines).ShouldBe([("auth0|a", "blocked")]);
        lines[0]["access_revocation"]!.GetValue<string>().ShouldBe(revocation);
        OutcomesInTrail(app).ShouldBe(["WriteRequested requested", outcome]);
        app.Log.Audit.Count(line => line.Text.Contains(" action=SignOutUser ", StringComparison.Ordinal)).ShouldBe(2);
        app.Tenant.Requests.Matching("PATCH *").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_who_is_deleted_between_the_read_and_the_block_is_gone_in_the_trail_too()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var helpDesk = HelpDesk(app);
        var plan = await helpDesk.PlanEveryoneAsync("block");
        app.Tenant.Faults.Add(Fault.Answer("PATCH *", 404, NoSuchUser));

        Plans.OutcomesOf(await helpDesk.ExecuteAsync(plan.Tickets.Single(), plan)).ShouldBe([("auth0|a", "gone")]);

        OutcomesInTrail(app).ShouldBe(["WriteRequested requested", "WriteDone no-such-user"]);
    }

    [Theory]
    [InlineData("delete", "self-deletion")]
    [InlineData("block", "own-account")]
    public async Task The_trail_names_the_rule_that_leaves_an_account_of_the_callers_own_alone(string action, string slug)
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.CallerWith(Permissions.All);
        var plan = await administrator.PlanEveryoneAsync(action);
        app.Tenant.Users.Put(Plans.Somebody("auth0|a") with { Identities = [.. Plans.Somebody("auth0|a").Identities, new(new("db", "auth0"), AdminApp.CallerId["auth0|".Length..])] });

        (await administrator.ExecuteAllAsync(plan)).Values.ShouldBe(["self"]);

        OutcomesInTrail(app).ShouldBe([$"WriteRefused {slug}"]);
    }

    [Fact]
    public async Task A_deleted_user_is_gone_even_if_the_look_at_activity_fails()
    {
        await using var app = await AppWithAsync([.. "ab".Select(letter => Plans.Somebody($"auth0|{letter}") with { LastLogin = Old, UpdatedAt = Old, LoginsCount = 1 })]);
        using var administrator = app.Administrator();
        var plan = await administrator.PlanAsync(new { q = "last_login:[* TO 2022-01-01]", action = "delete", reason = "unused" });
        app.Tenant.Users.Delete("auth0|a");
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users/auth0%7Ca/refresh-tokens", 404, "{}") with { Times = null });

        Plans.OutcomesOf(await administrator.ExecuteAsync(plan.Tickets.Single(), plan))
            .ShouldBe([("auth0|a", "gone"), ("auth0|b", "deleted")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_key_that_cannot_be_looked_up_is_not_said_to_have_expired()
    {
        await using var app = await AppWithAsync(Plans.Somebody("auth0|a"));
        using var administrator = app.Administrator();
        var plan = await administrator.PlanEveryoneAsync();
        var token = app.Tenant.MintAccessToken(AdminApp.CallerId, []);
        app.Vault.Faults.Add(LocalVault.Forbidden with { Times = null });
        app.Time.Advance(TimeSpan.FromSeconds(31));

        for (var i = 0; i < 3; i++)
        {
            app.Time.Advance(TimeSpan.FromSeconds(i * 11));
            var answer = await administrator.PostAsJsonAsync(Plans.Deletions, new { ticket = token, seal = plan.Seal, confirm = 1 });
            await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "vault-unavailable");
        }

        app.Vault.Faults.Clear();
        app.Time.Advance(TimeSpan.FromSeconds(31));
        var late = await administrator.PostAsJsonAsync(Plans.Deletions, new { ticket = token, seal = plan.Seal, confirm = 1 });
        await late.ShouldBeProblemAsync(HttpStatusCode.Conflict, "plan-expired");
    }

    private const string NoSuchUser =
        """{"statusCode":404,"error":"Not Found","message":"The user does not exist.","errorCode":"inexistent_user"}""";

    private static Fault RateLimited(string match, int seconds)
    {
        const string body = """{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}""";
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = $"{seconds}" };
        return Fault.Answer(match, 429, body) with { Times = null, Headers = headers };
    }

    /// <summary>The events about users, with their outcomes.</summary>
    private static IEnumerable<string> OutcomesInTrail(AdminApp app) => app.Log.Audit
        .Select(line => line.Text.Split(' '))
        .Where(words => words[0].StartsWith("Write", StringComparison.Ordinal))
        .Select(words => $"{words[0]} {words.Single(word => word.StartsWith("outcome=", StringComparison.Ordinal))["outcome=".Length..]}");

    private static readonly DateTime Old = new(2021, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    /// <summary>The user signs in, and two days pass. What the profile says is as before.</summary>
    private static async Task SignInLongAgoAsync(AdminApp app, HttpClient tenant, string id)
    {
        var before = app.Tenant.Users.Find(id)!;
        var answer = await tenant.PostAsJsonAsync("/_local/sign-in", new { user_id = id, offline_access = true });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        app.Time.Advance(TimeSpan.FromDays(2));
        app.Tenant.Users.Put(before);
    }

    private static HttpClient HelpDesk(AdminApp app) => app.CallerWith(Permissions.ReadUsers, Permissions.UpdateUsers);

    private static async Task<AdminApp> AppWithAsync(params TenantUser[] users)
    {
        var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        app.Tenant.Users.Put(users);
        return app;
    }

    private static string Altered(string token)
    {
        var parts = token.Split('.');
        var payload = JsonNode.Parse(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(parts[1]))!;
        payload["users"]!.AsArray()[0]!["id"] = "auth0|somebody-else";
        return $"{parts[0]}.{Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(payload.ToJsonString())}.{parts[2]}";
    }
}
