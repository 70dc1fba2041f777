using System.Net;
using System.Net.Http.Json;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.Tests.Export;
using AdminFunctions.Tests.Management;

namespace AdminFunctions.Tests.Deletions;

/// <summary>A plan for many users, and its execution, while the tenant is in use.</summary>
public sealed class CleanUpTests
{
    private static readonly DateTime Old = new(2021, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    [Theory]
    [InlineData(1, 400)]
    [InlineData(2, 400)]
    [InlineData(3, 400)]
    [InlineData(4, 400)]
    [InlineData(5, 20_000)]
    public async Task Exactly_those_are_gone_who_were_planned_and_are_as_planned(int seed, int count)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 }, ("Users:LargestPlan", "100000"));
        using var tenant = new HttpClient { BaseAddress = app.Tenant.Address };
        var random = new Random(seed);
        var inactive = Enumerable.Range(0, count / 4).Select(i => Somebody(random, $"old-{i:00000}", Old)).ToList();
        app.Tenant.Users.Put(inactive);
        var (logins, exchanges, deletions) = (count / 100, count / 200, count / 400);

        // Some have a refresh token that they have not used for two days. The profile does not show it.
        var withTokens = inactive.OrderBy(_ => random.Next()).Take(exchanges).ToList();
        foreach (var user in withTokens)
        {
            (await tenant.PostAsJsonAsync("/_local/sign-in", new { user_id = user.UserId, offline_access = true })).IsSuccessStatusCode.ShouldBeTrue();
        }

        app.Time.Advance(TimeSpan.FromDays(2));
        app.Tenant.Users.Put(withTokens);
        var others = Enumerable.Range(0, count - inactive.Count).Select(i => Somebody(random, $"other-{i:00000}", app.Time.GetUtcNow().UtcDateTime)).ToList();
        app.Tenant.Users.Put(others);
        using var administrator = app.Administrator();
        var plan = await administrator.PlanAsync(new { q = "last_login:[* TO 2026-03-03]", action = "delete", reason = "unused" });
        plan.Users.ShouldBe(inactive.Select(user => user.UserId), ignoreOrder: true);
        app.Time.Advance(TimeSpan.FromMinutes(1));

        // Before a batch, some of those who are in it log in, exchange a token, are deleted, or created again.
        var changes = inactive.Except(withTokens).OrderBy(_ => random.Next()).Take(logins + deletions + 1)
            .Select((user, i) => (user.UserId, Change: i < logins ? "log in" : i < logins + deletions ? "delete" : "create again"))
            .Concat(withTokens.Select(user => (user.UserId, Change: "exchange")))
            .ToDictionary(change => change.UserId, change => change.Change, StringComparer.Ordinal);
        Dictionary<string, string> outcomes = new(StringComparer.Ordinal);
        var export = administrator.ExportAsync("fields=user_id");
        foreach (var (ticket, batch) in plan.Tickets.Zip(plan.Batches))
        {
            foreach (var id in batch["users"]!.AsArray().Select(user => user!["user_id"]!.GetValue<string>()).Where(changes.ContainsKey))
            {
                await ChangeAsync(app, tenant, changes[id], id);
            }

            app.Tenant.Users.Put(Plans.Somebody($"auth0|new-{outcomes.Count}"));
            foreach (var (id, outcome) in Plans.OutcomesOf(await administrator.ExecuteAsync(ticket, plan)))
            {
                outcomes.Add(id, outcome);
            }
        }

        outcomes.Keys.ShouldBe(plan.Users);
        foreach (var (id, outcome) in outcomes)
        {
            outcome.ShouldBe(
                changes.GetValueOrDefault(id) switch { null => "deleted", "delete" => "gone", "exchange" => "active", _ => "changed" }, id);
        }

        var left = outcomes.Where(outcome => outcome.Value is "changed" or "active").Select(outcome => outcome.Key);
        var created = app.Tenant.Users.All.Select(user => user.UserId).Where(id => id.StartsWith("auth0|new-", StringComparison.Ordinal)).ToList();
        created.Count.ShouldBe(plan.Tickets.Count);
        app.Tenant.Users.All.Select(user => user.UserId).ToHashSet(StringComparer.Ordinal)
            .SetEquals([.. left, .. created, .. others.Select(user => user.UserId)]).ShouldBeTrue();
        (await export).Ids().ToHashSet(StringComparer.Ordinal).IsSupersetOf(others.Select(user => user.UserId)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_Auth0_does_nobody_is_told_to_be_deleted_who_is_there_and_nobody_else_is_touched(int seed)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var administrator = app.Administrator();
        var random = new Random(seed);
        List<string> ids = [.. Enumerable.Range(0, 60).Select(i => $"auth0|{i:00}")];
        app.Tenant.Users.Put(ids.Select(Plans.Somebody));
        app.Tenant.Users.Put(Plans.Somebody("google-oauth2|other"));
        var plan = await administrator.PlanAsync(new { q = "user_id:auth0*", action = "delete", reason = "test" });
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var now = app.Time.GetUtcNow().UtcDateTime;
        var changed = ids.Where(_ => random.Next(6) == 0).ToList();
        app.Tenant.Users.Put(changed.Select(id => Plans.Somebody(id) with { LastLogin = now, UpdatedAt = now }));
        app.Tenant.Faults.Add(ids.Where(_ => random.Next(3) == 0).SelectMany(id => Enumerable.Range(0, random.Next(1, 6)).Select(_ => Harm(random, id))));

        // The same ticket, several times: once twice at the same time, once by a caller who hangs up.
        Dictionary<string, string> told = new(StringComparer.Ordinal);
        var both = Task.WhenAll(administrator.ExecuteAsync(plan.Tickets[0], plan), administrator.ExecuteAsync(plan.Tickets[0], plan));
        Note(told, (await WhileTimePassesAsync(app, both)).SelectMany(Plans.OutcomesOf));
        using var impatience = new CancellationTokenSource();
        var body = new { ticket = plan.Tickets[0], seal = plan.Seal, confirm = plan.Total };
        var hungUp = administrator.PostAsJsonAsync(Plans.Deletions, body, impatience.Token);
        await impatience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(hungUp);
        app.Tenant.Faults.Clear();
        Note(told, Plans.OutcomesOf(await WhileTimePassesAsync(app, administrator.ExecuteAsync(plan.Tickets[0], plan))));

        foreach (var id in ids)
        {
            var isThere = app.Tenant.Users.Find(id) is not null;
            isThere.ShouldBe(changed.Contains(id), id);
            told[id].ShouldBe(isThere ? "changed" : "deleted", id);
        }

        app.Tenant.Users.Find("google-oauth2|other").ShouldNotBeNull();

        // Somebody who is gone at a later call was deleted by an earlier one, even if that one did not know.
        void Note(Dictionary<string, string> outcomes, IEnumerable<(string Id, string Outcome)> lines)
        {
            foreach (var (id, outcome) in lines)
            {
                if (outcome is "deleted" or "gone")
                {
                    app.Tenant.Users.Find(id).ShouldBeNull();
                }

                outcomes[id] = outcome is "gone" ? "deleted" : outcome;
            }
        }
    }

    [Fact]
    public async Task An_execution_uses_the_rate_limit_of_deletions_and_nobody_else_is_refused()
    {
        await using var app = await AdminApp.StartAsync(
            new TenantOptions { Users = 0, RateLimits = RateLimits.Professional }, ("Users:LargestPlan", "100000"));
        using var administrator = app.Administrator();
        app.Tenant.Users.Put(Enumerable.Range(0, 150).Select(i => Plans.Somebody($"auth0|{i:000}")));
        var plan = await WhileTimePassesAsync(app, administrator.PlanEveryoneAsync());
        var started = app.Time.GetUtcNow();

        var execution = administrator.ExecuteAllAsync(plan);
        var lists = 0;
        while (!execution.IsCompleted)
        {
            await PassAsync(app);
            if ((app.Time.GetUtcNow() - started).TotalSeconds > lists * 2)
            {
                // The clock does not advance, so there is no wait for the rate limit.
                (await administrator.GetAsync("/api/users").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
                lists++;
            }
        }

        (await execution).Values.ShouldAllBe(outcome => outcome == "deleted");
        var seconds = (app.Time.GetUtcNow() - started).TotalSeconds;
        lists.ShouldBeGreaterThan(15);
        (150 / (20 + (seconds * 200 / 60))).ShouldBeGreaterThan(0.85, "of what the bucket of deletions allows");
        app.Tenant.Stats.UserDeletes.ShouldBe(app.Tenant.Requests.Matching("DELETE *").Count, "some were refused with 429");
        app.Tenant.Stats.UserLists.ShouldBe(app.Tenant.Requests.Matching("GET /api/v2/users").Count, "some were refused with 429");
    }

    [Fact]
    public async Task Where_all_endpoints_share_two_requests_a_second_callers_are_served_within_five_seconds()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0, RateLimit = 2, RatePerSecond = 2 });
        using var administrator = app.Administrator();
        app.Tenant.Users.Put(Enumerable.Range(0, 30).Select(i => Plans.Somebody($"auth0|{i:000}")));
        var plan = await WhileTimePassesAsync(app, administrator.PlanEveryoneAsync());

        var execution = administrator.ExecuteAllAsync(plan);
        List<double> waits = [];
        while (!execution.IsCompleted)
        {
            await PassAsync(app);
            var asked = app.Time.GetUtcNow();
            var list = administrator.GetAsync("/api/users?per_page=1");
            await WhileTimePassesAsync(app, list);
            (await list).StatusCode.ShouldBe(HttpStatusCode.OK);
            waits.Add((app.Time.GetUtcNow() - asked).TotalSeconds);
        }

        (await execution).Values.ShouldAllBe(outcome => outcome == "deleted");
        waits.Count.ShouldBeGreaterThan(10);
        waits.Max().ShouldBeLessThan(5);
    }

    [Fact]
    public async Task Where_all_endpoints_share_two_requests_a_second_a_ticket_is_finished_in_several_calls()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0, RateLimit = 2, RatePerSecond = 2 });
        using var administrator = app.Administrator();
        app.Tenant.Users.Put(Enumerable.Range(0, 60).Select(i => Plans.Somebody($"auth0|{i:000}")));
        var plan = await WhileTimePassesAsync(app, administrator.PlanEveryoneAsync());
        Dictionary<string, string> outcomes = new(StringComparer.Ordinal);
        List<int> remaining = [];

        do
        {
            var lines = await WhileTimePassesAsync(app, administrator.ExecuteAsync(plan.Tickets.Single(), plan, [.. outcomes.Keys]));
            foreach (var (id, outcome) in Plans.OutcomesOf(lines).Where(line => line.Outcome is not "excepted"))
            {
                outcomes.Add(id, outcome);
            }

            remaining.Add(lines[^1]["end"]!["remaining"]!.GetValue<int>());
        }
        while (remaining[^1] > 0 && remaining.Count < 3);

        remaining.Count.ShouldBe(2);
        outcomes.Values.ShouldAllBe(outcome => outcome == "deleted");
        outcomes.Keys.ShouldBe(plan.Users, ignoreOrder: true);
    }

    private static Fault Harm(Random random, string id)
    {
        var request = $"{random.Next(3) switch { 0 => "GET", _ => "DELETE" }} /api/v2/users/{Uri.EscapeDataString(id)}";
        return random.Next(5) switch
        {
            0 => new Fault { Match = request, Mode = FaultMode.AbortAfter },
            1 => new Fault { Match = request, Mode = FaultMode.CloseAfter },
            2 => new Fault { Match = request, Mode = FaultMode.Abort },
            3 => Fault.Answer(request, 503),
            _ => new Fault { Match = request, Mode = FaultMode.Hang },
        };
    }

    private static TenantUser Somebody(Random random, string name, DateTime lastLogin) =>
        Plans.Somebody($"{(random.Next(3) == 0 ? "google-oauth2" : "auth0")}|{name}") with { LastLogin = lastLogin, UpdatedAt = lastLogin, LoginsCount = 1 };

    private static async Task ChangeAsync(AdminApp app, HttpClient tenant, string change, string id)
    {
        var now = app.Time.GetUtcNow().UtcDateTime;
        switch (change)
        {
            case "log in":
                var user = app.Tenant.Users.Find(id)!;
                app.Tenant.Users.Put(user with { LastLogin = now, UpdatedAt = now, LoginsCount = user.LoginsCount + 1 });
                break;
            case "exchange":
                (await tenant.PostAsJsonAsync("/_local/token-exchange", new { user_id = id })).IsSuccessStatusCode.ShouldBeTrue();
                break;
            case "delete":
                app.Tenant.Users.Delete(id);
                break;
            case "create again":
                app.Tenant.Users.Delete(id);
                app.Tenant.Users.Put(Plans.Somebody(id) with { CreatedAt = now, UpdatedAt = now });
                break;
        }
    }

    private static async Task<T> WhileTimePassesAsync<T>(AdminApp app, Task<T> task)
    {
        while (!task.IsCompleted)
        {
            await PassAsync(app);
        }

        return await task;
    }

    /// <summary>Advances the clock by a little, and as slowly as this machine serves requests, so that it does not outrun them.</summary>
    private static async Task PassAsync(AdminApp app)
    {
        app.Time.Advance(TimeSpan.FromMilliseconds(50));
        using var anyone = app.Anyone();
        (await anyone.GetAsync("/api/health")).IsSuccessStatusCode.ShouldBeTrue();
    }
}
