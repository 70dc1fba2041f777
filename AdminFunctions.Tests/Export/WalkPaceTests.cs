using System.Net;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Management;

namespace AdminFunctions.Tests.Export;

public sealed class WalkPaceTests
{
    private const string List = "GET /api/v2/users";

    [Theory]
    [InlineData(50, 16)]
    [InlineData(40, 500 / 60.0)]
    public async Task An_export_uses_the_tenants_rate_and_does_not_overrun_it(int burst, double perSecond)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 15_000, RateLimit = burst, RatePerSecond = perSecond });
        using var reader = app.Reader();
        var started = app.Time.GetUtcNow();

        var export = reader.ExportAsync("fields=user_id");
        await LetWaitsPassUntilAsync(app, export);

        (await export).Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId));
        var requests = app.Tenant.Requests.Matching(List).Count;
        app.Tenant.Stats.UserLists.ShouldBe(requests, "some were refused with 429");
        var seconds = (app.Time.GetUtcNow() - started).TotalSeconds;
        requests.ShouldBeGreaterThan(2 * burst);
        (requests / seconds).ShouldBeGreaterThan(0.8 * perSecond);
    }

    [Fact]
    public async Task A_tenant_that_takes_two_requests_a_second_is_exported_too()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2_000, RateLimit = 2, RatePerSecond = 2 });
        using var reader = app.Reader();

        var export = reader.ExportAsync("fields=user_id");
        await LetWaitsPassUntilAsync(app, export);

        (await export).Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId));
    }

    [Fact]
    public async Task Whoever_lists_during_an_export_is_served_at_once()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 15_000, RateLimit = 50, RatePerSecond = 16 });
        using var reader = app.Reader();
        var export = reader.ExportAsync("fields=user_id");
        var lists = 0;

        while (!export.IsCompleted)
        {
            await LetAWaitPassAsync(app, export);
            if (app.Tenant.Requests.Matching(List).Count > 60 + (lists * 10))
            {
                // Time stands still: there is no waiting for the rate limit.
                (await reader.GetAsync("/api/users").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
                lists++;
            }
        }

        lists.ShouldBeGreaterThan(5);
        (await export).Count.ShouldBe(15_000);
        app.Tenant.Stats.UserLists.ShouldBe(app.Tenant.Requests.Matching(List).Count);
    }

    [Fact]
    public async Task An_empty_bucket_is_left_alone_until_it_is_refilled()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(LastOfTheBucket(app, TimeSpan.FromSeconds(7)));

        var export = reader.ExportAsync("fields=user_id");
        for (var second = 1; second < 7; second++)
        {
            await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(1));
            app.Tenant.Requests.Matching(List).Count.ShouldBe(1);
        }

        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(1));
        (await export.InTimeAsync()).Count.ShouldBe(151);
    }

    [Fact]
    public async Task An_export_goes_on_when_somebody_elses_answer_says_that_there_is_room()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(LastOfTheBucket(app, TimeSpan.FromSeconds(50)));

        var export = reader.ExportAsync("fields=user_id");
        await app.Time.WhenSomeoneWaitsAsync(wait => wait == TimeSpan.FromSeconds(1));
        (await reader.GetAsync("/api/users").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Time.Advance(TimeSpan.FromSeconds(1));

        (await export.InTimeAsync()).Count.ShouldBe(151);
    }

    [Fact]
    public async Task An_export_that_would_begin_later_than_its_budget_allows_is_a_503_at_once()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(LastOfTheBucket(app, TimeSpan.FromSeconds(50)));
        await reader.GetAsync("/api/users");

        var answer = await reader.GetAsync("/api/users/export").InTimeAsync();

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(50));
    }

    /// <summary>One of 150 users, and no further request before some time has passed.</summary>
    private static Fault LastOfTheBucket(AdminApp app, TimeSpan untilReset) => new()
    {
        Match = List,
        Status = 200,
        Headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Content-Type"] = "application/json",
            ["X-RateLimit-Limit"] = "50",
            ["X-RateLimit-Remaining"] = "0",
            ["X-RateLimit-Reset"] = $"{(app.Time.GetUtcNow() + untilReset).ToUnixTimeSeconds()}",
        },
        Body = System.Text.Json.JsonElement.Parse("""{"start":0,"limit":100,"length":1,"total":150,"users":[{"user_id":"auth0|1","created_at":"2001-01-01T00:00:00.000Z"}]}"""),
    };

    private static async Task LetWaitsPassUntilAsync(AdminApp app, Task export)
    {
        while (!export.IsCompleted)
        {
            await LetAWaitPassAsync(app, export);
        }
    }

    /// <summary>Lets one of the pace's waits pass. The other waits are bounds: those of tries and of budgets.</summary>
    private static async Task LetAWaitPassAsync(AdminApp app, Task export) =>
        await Task.WhenAny(export, app.Time.PassAsync(wait => wait < TimeSpan.FromSeconds(2)));
}
