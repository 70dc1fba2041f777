using System.Net;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;
using Auth0.ManagementApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Management;

public sealed class ManagementTokenTests
{
    private const string Grant = "POST /oauth/token";
    private const string List = "GET /api/v2/users";

    /// <summary>Not tried again, and no reason to read the secret again.</summary>
    private static readonly Fault Refused = Fault.Answer(
        Grant,
        403,
        """{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}""");

    [Fact]
    public async Task Everyone_who_waits_for_a_grant_that_fails_learns_it_and_whoever_comes_later_tries_again()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var tenant = app.Services.GetRequiredService<TenantUsers>();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(Refused with { Until = gate.Task });

        // Not over HTTP, so that all of them wait for certain when the gate opens.
        var waiting = Enumerable.Range(0, 10)
            .Select(_ => tenant.ListAsync(new ListUsersRequestParameters { IncludeTotals = true }, CancellationToken.None))
            .ToList();
        gate.SetResult();

        foreach (var wait in waiting)
        {
            (await Should.ThrowAsync<TenantException>(wait.InTimeAsync())).Failure.ShouldBe(TenantFailure.Refused);
        }

        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(1);
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(2);
        app.Vault.SecretReads.ShouldBe(1);
    }

    [Fact]
    public async Task A_caller_who_goes_away_does_not_take_the_grant_with_them()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        var tenant = app.Services.GetRequiredService<TenantUsers>();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = Grant, Until = gate.Task });
        using var impatience = new CancellationTokenSource();

        // The impatient one comes first, and so is the one who sets off the grant.
        var impatient = CallAsync(impatience.Token);
        var patient = CallAsync(CancellationToken.None);
        await app.Tenant.Requests.WaitForAsync(Grant).InTimeAsync();
        await impatience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(impatient.InTimeAsync());
        patient.IsCompleted.ShouldBeFalse();
        gate.SetResult();

        await patient.InTimeAsync();
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(1);
        app.Tenant.Requests.Matching(List).Count.ShouldBe(1);

        // As the functions do it.
        async Task CallAsync(CancellationToken gone)
        {
            using var budget = RequestBudget.Start(app.Time, RequestBudget.ForRequest, gone);
            await tenant.ListAsync(new ListUsersRequestParameters { IncludeTotals = true }, budget.Token);
        }
    }

    [Fact]
    public async Task A_token_is_renewed_once_it_has_lived_three_quarters_of_its_life_while_callers_go_on_with_it()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = Grant, Until = gate.Task });

        app.Time.Advance(TimeSpan.FromHours(18) - TimeSpan.FromSeconds(1));
        await ListAsync(app);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(1);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ListAsync(app)));
        await app.Tenant.Requests.WaitForAsync(Grant, 2).InTimeAsync();
        await ListAsync(app);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(2);

        gate.SetResult();
        await Waiting.UntilAsync(() => Granted(app) == 2);

        // The first token is worth nothing now, and there is no third to be had.
        app.Time.Advance(TimeSpan.FromHours(7));
        app.Tenant.Faults.Add(Refused with { Times = null });
        await ListAsync(app);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_left_alone_for_half_a_minute_while_the_token_serves()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        app.Tenant.Faults.Add(Refused with { Times = null });
        app.Time.Advance(TimeSpan.FromHours(18));

        await ListUntilAsync(app, () => FailedRenewals(app) == 1);
        app.Time.Advance(TimeSpan.FromSeconds(29));
        for (var call = 0; call < 10; call++)
        {
            // Time enough for a renewal in the background to show itself.
            await ListAsync(app);
        }

        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(2);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        await ListUntilAsync(app, () => FailedRenewals(app) == 2);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(3);

        app.Tenant.Faults.Clear();
        app.Time.Advance(TimeSpan.FromSeconds(30));
        await ListUntilAsync(app, () => Granted(app) == 2);
        app.Log.Lines(LogLevel.Error).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(86_400, 86_340)]
    [InlineData(480, 420)]
    [InlineData(80, 70)]
    [InlineData(8, 7)]
    public async Task A_token_serves_until_a_minute_before_its_expiry_or_an_eighth_of_its_life_if_that_is_less(int life, int serves)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5, ManagementTokenSeconds = life });
        await ListAsync(app);
        app.Tenant.Faults.Add(Refused with { Times = null });

        app.Time.Advance(TimeSpan.FromSeconds(serves) - TimeSpan.FromMilliseconds(1));
        await ListAsync(app);
        await Waiting.UntilAsync(() => FailedRenewals(app) == 1);

        // From now on callers wait for the grant, and so they learn that it fails.
        app.Time.Advance(TimeSpan.FromMilliseconds(1));
        using var reader = app.Reader();
        await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        app.Tenant.Faults.Clear();
        await ListAsync(app);
    }

    [Fact]
    public async Task A_token_that_lives_for_five_seconds_is_kept_too()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5, ManagementTokenSeconds = 5 });

        await ListAsync(app);
        await ListAsync(app);
        app.Time.Advance(TimeSpan.FromSeconds(3));
        await ListAsync(app);
        app.Tenant.Stats.TokenGrants.ShouldBe(1);

        app.Time.Advance(TimeSpan.FromSeconds(2));
        await ListAsync(app);
        app.Tenant.Stats.TokenGrants.ShouldBe(2);
    }

    [Fact]
    public async Task A_token_that_Auth0_no_longer_takes_is_replaced_and_the_request_sent_once_more()
    {
        await using var app = await AdminApp.StartAsync();
        var user = app.Tenant.Users.All[3].UserId;
        using var administrator = app.Administrator();
        await ListAsync(app);

        app.Tenant.RevokeManagementTokens();
        await ListAsync(app);
        app.Tenant.Requests.Matching(List).Count.ShouldBe(3);
        app.Tenant.Stats.TokenGrants.ShouldBe(2);

        app.Tenant.RevokeManagementTokens();
        (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(user)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        app.Tenant.Requests.Matching("GET /api/v2/users/*").Count.ShouldBe(2);
        app.Tenant.Requests.Matching("DELETE *").Count.ShouldBe(1);
        app.Tenant.Users.Find(user).ShouldBeNull();
        app.Tenant.Stats.TokenGrants.ShouldBe(3);
        app.Vault.SecretReads.ShouldBe(1);
    }

    [Theory]
    [InlineData("GET", "/api/users", List)]
    [InlineData("DELETE", "/api/users/auth0%7Csomebody", "GET /api/v2/users/*")]
    [InlineData("DELETE", "/api/users/auth0%7Csomebody", "DELETE *")]
    public async Task A_tenant_that_refuses_every_token_is_asked_twice_and_no_more(string method, string address, string upstream)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();
        app.AddUser("auth0|somebody");
        var unauthorized = Fault.Answer(
            upstream,
            401,
            """{"statusCode":401,"error":"Unauthorized","message":"Invalid token","attributes":{"error":"Invalid token"}}""");
        app.Tenant.Faults.Add(unauthorized with { Times = null });

        var answer = await administrator.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
        app.Tenant.Requests.Matching(upstream).Count.ShouldBe(2);
        app.Tenant.Stats.TokenGrants.ShouldBe(2);
    }

    [Fact]
    public async Task Twenty_callers_with_one_refused_token_cost_one_grant()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        app.Tenant.RevokeManagementTokens();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ListAsync(app)));

        app.Tenant.Stats.TokenGrants.ShouldBe(2);
    }

    [Fact]
    public async Task A_caller_who_learns_late_that_the_old_token_is_refused_leaves_the_new_one_alone()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        app.Tenant.RevokeManagementTokens();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = List, Until = gate.Task });

        var late = ListAsync(app);
        await app.Tenant.Requests.WaitForAsync(List, 2).InTimeAsync();
        await ListAsync(app);
        gate.SetResult();
        await late;

        app.Tenant.Stats.TokenGrants.ShouldBe(2);
        app.Tenant.Requests.Matching(List).Count.ShouldBe(5);
    }

    /// <summary>A list, with a caller's token of just now, that must succeed.</summary>
    private static async Task ListAsync(AdminApp app)
    {
        using var reader = app.Reader();
        (await reader.GetAsync("/api/users").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Lists until something has happened in the background: a caller may join a renewal that is ending.</summary>
    private static async Task ListUntilAsync(AdminApp app, Func<bool> condition)
    {
        await ListAsync(app);
        for (var calls = 0; !condition() && calls < 1000; calls++)
        {
            await Task.Delay(10);
            await ListAsync(app);
        }

        condition().ShouldBeTrue();
    }

    private static int Granted(AdminApp app) => LinesOfTheTokenProvider(app, "granted");

    private static int FailedRenewals(AdminApp app) => LinesOfTheTokenProvider(app, "could not be renewed");

    private static int LinesOfTheTokenProvider(AdminApp app, string text) =>
        app.Log.Lines().Count(line =>
            line.StartsWith(typeof(ManagementTokenProvider).FullName!, StringComparison.Ordinal)
            && line.Contains(text, StringComparison.Ordinal));
}
