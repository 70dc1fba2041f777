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

    /// <summary>Neither retried nor a reason to read the secret again.</summary>
    private static readonly Fault Refused = Fault.Answer(
        Grant,
        403,
        """{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}""");

    [Fact]
    public async Task Everyone_who_waits_for_a_grant_learns_that_it_failed_and_the_next_caller_retries()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var tenant = app.Services.GetRequiredService<TenantUsers>();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(Refused with { Until = gate.Task });

        // Not over HTTP, so that all callers are certainly waiting when the gate opens.
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
    public async Task A_caller_who_hangs_up_does_not_end_the_grant_for_others()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        var tenant = app.Services.GetRequiredService<TenantUsers>();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = Grant, Until = gate.Task });
        using var impatience = new CancellationTokenSource();

        // The impatient caller is first, so that it starts the grant.
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

        // As in the functions.
        async Task CallAsync(CancellationToken gone)
        {
            using var budget = RequestBudget.Start(app.Time, RequestBudget.ForRequest, gone);
            await tenant.ListAsync(new ListUsersRequestParameters { IncludeTotals = true }, budget.Token);
        }
    }

    [Fact]
    public async Task A_token_is_renewed_in_the_background_after_three_quarters_of_its_lifetime()
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

        // The first token is invalid now, and no third one is available.
        app.Time.Advance(TimeSpan.FromHours(7));
        app.Tenant.Faults.Add(Refused with { Times = null });
        await ListAsync(app);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_not_retried_for_half_a_minute_while_the_token_is_valid()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        app.Tenant.Faults.Add(Refused with { Times = null });
        app.Time.Advance(TimeSpan.FromHours(18));

        await ListUntilAsync(app, () => FailedRenewals(app) == 1);
        app.Time.Advance(TimeSpan.FromSeconds(29));
        for (var call = 0; call < 10; call++)
        {
            // Long enough for a renewal in the background.
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
    public async Task A_token_is_used_until_a_minute_or_an_eighth_of_its_lifetime_before_its_expiry_whichever_is_less(int life, int serves)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5, ManagementTokenSeconds = life });
        await ListAsync(app);
        app.Tenant.Faults.Add(Refused with { Times = null });

        app.Time.Advance(TimeSpan.FromSeconds(serves) - TimeSpan.FromMilliseconds(1));
        await ListAsync(app);
        await Waiting.UntilAsync(() => FailedRenewals(app) == 1);

        // From now on callers wait for the grant, so they get its failure.
        app.Time.Advance(TimeSpan.FromMilliseconds(1));
        using var reader = app.Reader();
        await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        app.Tenant.Faults.Clear();
        await ListAsync(app);
    }

    [Fact]
    public async Task A_token_with_a_lifetime_of_five_seconds_is_cached_too()
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
    public async Task A_token_that_Auth0_no_longer_accepts_is_replaced_and_the_request_is_sent_once_more()
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
    public async Task A_tenant_that_refuses_every_token_gets_two_requests(string method, string address, string upstream)
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
    public async Task Twenty_callers_with_the_same_refused_token_cause_one_grant()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        app.Tenant.RevokeManagementTokens();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ListAsync(app)));

        app.Tenant.Stats.TokenGrants.ShouldBe(2);
    }

    [Fact]
    public async Task A_late_refusal_of_the_old_token_does_not_discard_the_new_one()
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

    /// <summary>Lists users with a new token of the caller. It must succeed.</summary>
    private static async Task ListAsync(AdminApp app)
    {
        using var reader = app.Reader();
        (await reader.GetAsync("/api/users").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Lists until something has happened in the background, because a caller can join a renewal that is just ending.</summary>
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
