using System.Net;
using AdminFunctions.Export;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Management;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Export;

public sealed class WalkPaceTests
{
    private const string List = "GET /api/v2/users";

    [Theory]
    [InlineData(50, 16)]
    [InlineData(40, 500 / 60.0)]
    public async Task An_export_uses_the_tenants_rate_limit_without_exceeding_it(int burst, double perSecond)
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
    public async Task A_tenant_that_accepts_two_requests_per_second_is_exported_too()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2_000, RateLimit = 2, RatePerSecond = 2 });
        using var reader = app.Reader();

        var export = reader.ExportAsync("fields=user_id");
        await LetWaitsPassUntilAsync(app, export);

        (await export).Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId));
    }

    [Fact]
    public async Task A_list_during_an_export_is_served_at_once()
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
                // The clock does not advance, so there is no wait for the rate limit.
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
        app.Tenant.Faults.Add(app.LastOfTheBucket(TimeSpan.FromSeconds(7)));

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
    public async Task An_export_continues_when_the_response_to_another_request_shows_that_there_is_room()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(app.LastOfTheBucket(TimeSpan.FromSeconds(50)));

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
        app.Tenant.Faults.Add(app.LastOfTheBucket(TimeSpan.FromSeconds(50)));
        await reader.GetAsync("/api/users");

        var answer = await reader.GetAsync("/api/users/export").InTimeAsync();

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task Exports_take_turns_and_a_new_one_is_next_however_many_requests_of_others_wait()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(app.LastOfTheBucket(TimeSpan.FromSeconds(5)));
        await reader.GetAsync("/api/users");
        var pace = app.Services.GetRequiredService<WalkPace>();
        var (first, second, last) = (pace.Join(), pace.Join(), pace.Join());
        List<string> sent = [];

        var all = Task.WhenAll(
            Send(first, "first 1"), Send(first, "first 2"), Send(first, "first 3"), Send(first, "first 4"),
            Send(second, "second 1"), Send(second, "second 2"), Send(second, "second 3"),
            Send(last, "last 1"));
        await LetWaitsPassUntilAsync(app, all);

        sent.ShouldBe(["first 1", "second 1", "last 1", "first 2", "second 2", "first 3", "second 3", "first 4"]);

        Task Send(WalkPace.Walker walker, string what) => walker.RunAsync(
            () =>
            {
                sent.Add(what);
                return Task.FromResult(what);
            },
            CancellationToken.None);
    }

    [Fact]
    public async Task A_request_that_is_canceled_while_it_waits_delays_nobody()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(app.LastOfTheBucket(TimeSpan.FromSeconds(5)));
        await reader.GetAsync("/api/users");
        var pace = app.Services.GetRequiredService<WalkPace>();
        using var gone = new CancellationTokenSource();

        var holder = pace.Join().RunAsync(static () => Task.FromResult(1), gone.Token);
        var waiter = pace.Join().RunAsync(static () => Task.FromResult(2), gone.Token);
        var other = pace.Join().RunAsync(static () => Task.FromResult(3), CancellationToken.None);
        await gone.CancelAsync();
        await LetWaitsPassUntilAsync(app, other);

        (await other).ShouldBe(3);
        await Should.ThrowAsync<OperationCanceledException>(() => holder);
        await Should.ThrowAsync<OperationCanceledException>(() => waiter);
    }

    private static async Task LetWaitsPassUntilAsync(AdminApp app, Task export)
    {
        while (!export.IsCompleted)
        {
            await LetAWaitPassAsync(app, export);
        }
    }

    /// <summary>Advances the clock through one wait of the pace. All other waits are timeouts.</summary>
    private static async Task LetAWaitPassAsync(AdminApp app, Task export) =>
        await Task.WhenAny(export, app.Time.PassAsync(wait => wait < TimeSpan.FromSeconds(2)));
}
