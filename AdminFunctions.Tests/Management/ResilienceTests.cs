using System.Net;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Management;

public sealed class ResilienceTests
{
    private const string Grant = "POST /oauth/token";
    private const string List = "GET /api/v2/users";
    private const string Delete = "DELETE *";
    private const string Somebody = "auth0|somebody";
    private const string TooManyRequests =
        """{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}""";

    // The clock is at Monday, 2 March 2026, 9:30:00.
    [Theory]
    [InlineData("Retry-After", "3")]
    [InlineData("Retry-After", "Mon, 02 Mar 2026 09:30:03 GMT")]
    [InlineData("X-RateLimit-Reset", "1772443803")]
    public async Task The_request_is_sent_again_after_the_wait_that_Auth0_asks_for(string header, string value)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = await WarmReaderAsync(app);
        app.Tenant.Faults.Add(Limited(List, (header, value)));

        var call = reader.GetAsync("/api/users");
        await app.Time.WhenSomeoneWaitsAsync(wait => wait == TimeSpan.FromSeconds(3));
        app.Tenant.Requests.Matching(List).Count.ShouldBe(1);
        app.Time.Advance(TimeSpan.FromSeconds(3));

        (await call.InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Tenant.Requests.Matching(List).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Retry_After_takes_precedence_over_the_reset_time()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = await WarmReaderAsync(app);
        app.Tenant.Faults.Add(Limited(List, ("Retry-After", "3"), ("X-RateLimit-Reset", "1772443890")));

        var call = reader.GetAsync("/api/users");
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(3));

        (await call.InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Retry-After", "0")]
    [InlineData("Retry-After", "soon")]
    [InlineData("Retry-After", "Mon, 02 Mar 2026 09:29:00 GMT")]
    [InlineData("X-RateLimit-Reset", "1772443740")]
    [InlineData("X-RateLimit-Reset", "1772443803000")]
    public async Task Without_a_sensible_wait_from_Auth0_the_request_is_retried_after_a_short_one(string? header, string? value)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = await WarmReaderAsync(app);
        app.Tenant.Faults.Add(header is null ? Limited(List) : Limited(List, (header, value!)));

        var call = reader.GetAsync("/api/users");
        await app.Time.LetBackoffsPassAsync(retries: 1);

        (await call.InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Tenant.Requests.Matching(List).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("GET", List, "Retry-After", "30")]
    [InlineData("DELETE", Delete, "Retry-After", "30")]
    [InlineData("GET", Grant, "Retry-After", "30")]
    [InlineData("DELETE", Grant, "Retry-After", "30")]
    [InlineData("GET", List, "Retry-After", "Mon, 02 Mar 2026 09:30:30 GMT")]
    [InlineData("GET", Grant, "Retry-After", "Mon, 02 Mar 2026 09:30:30 GMT")]
    [InlineData("GET", List, "X-RateLimit-Reset", "1772443830")]
    [InlineData("GET", Grant, "X-RateLimit-Reset", "1772443830")]
    public async Task A_wait_that_is_longer_than_the_budget_is_passed_on_to_the_caller_at_once(
        string method,
        string limited,
        string header,
        string value)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();
        app.AddUser(Somebody);
        app.Tenant.Faults.Add(Limited(limited, (header, value)) with { Times = null });

        var answer = await SendAsync(administrator, method).InTimeAsync();

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.GetValues("Retry-After").ShouldBe(["30"]);
        app.Tenant.Requests.Matching(limited).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_reset_in_another_century_is_a_rate_limit_too()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Limited(List, ("X-RateLimit-Reset", "9999999999")));

        var answer = await reader.GetAsync("/api/users").InTimeAsync();

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.Contains("Retry-After").ShouldBeTrue();
    }

    [Fact]
    public async Task A_repeated_rate_limit_is_waited_for_as_long_as_the_budget_lasts()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = await WarmReaderAsync(app);
        app.Tenant.Faults.Add(Limited(List, ("Retry-After", "3")) with { Times = null });

        var call = reader.GetAsync("/api/users");
        for (var retry = 1; retry <= 3; retry++)
        {
            await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(3));
        }

        var answer = await call.InTimeAsync();
        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.GetValues("Retry-After").ShouldBe(["3"]);
        app.Tenant.Requests.Matching(List).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Without_a_wait_from_Auth0_a_rate_limit_is_retried_more_often_than_a_failure_and_the_response_names_a_wait()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = await WarmReaderAsync(app);
        app.Tenant.Faults.Add(Limited(List) with { Times = null });

        var call = reader.GetAsync("/api/users");
        for (var left = RequestBudget.ForRequest; !call.IsCompleted;)
        {
            // The time limit of the call is a wait too, but not the one that is meant here.
            var pause = app.Time.LetPassAsync(wait => wait <= TimeSpan.FromSeconds(2) && wait != left);
            if (await Task.WhenAny(call, pause) == pause)
            {
                left -= await pause;
            }
        }

        var answer = await call;
        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.GetValues("Retry-After").ShouldBe(["1"]);
        app.Tenant.Requests.Matching(List).Count.ShouldBeGreaterThan(1 + ResilienceHandler.RetriesOfFailures);
    }

    [Fact]
    public async Task Token_and_list_share_one_budget()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Limited(Grant, ("Retry-After", "5")), Limited(List, ("Retry-After", "6")));

        var call = reader.GetAsync("/api/users");
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(5));

        // Six seconds would be enough for a list alone.
        var answer = await call.InTimeAsync();
        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.GetValues("Retry-After").ShouldBe(["6"]);
    }

    [Fact]
    public async Task The_tenants_own_rate_limit_is_understood()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5, RateLimit = 1, RatePerSecond = 0.01 });
        using var reader = await WarmReaderAsync(app);

        var answer = await reader.GetAsync("/api/users").InTimeAsync();

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.GetValues("Retry-After").ShouldBe(["100"]);
    }

    public static TheoryData<string, string> PassingFailures()
    {
        var rows = new TheoryData<string, string>();
        foreach (var failure in new[] { "408", "429", "500", "502", "503", "504", "abort", "truncate" })
        {
            rows.Add("GET", failure);
            rows.Add("DELETE", failure);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(PassingFailures))]
    public async Task A_request_that_fails_once_is_sent_again_and_nobody_notices(string method, string failure)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = await WarmReaderAsync(app);
        var before = app.Tenant.Users.All.Select(user => user.UserId).ToList();
        app.Tenant.Faults.Add(Failing(method == "GET" ? List : Delete, failure) with { Times = 1 });

        var call = SendAsync(administrator, method, before[4]);

        // If a connection breaks before the response begins, HttpClient may retry by itself, immediately.
        await Task.WhenAny(call, app.Time.LetBackoffsPassAsync(retries: 1));
        (await call.InTimeAsync()).StatusCode.ShouldBe(method == "GET" ? HttpStatusCode.OK : HttpStatusCode.NoContent);

        before.RemoveAll(id => method == "DELETE" && id == before[4]);
        app.Tenant.Users.All.Select(user => user.UserId).ShouldBe(before);
    }

    [Theory]
    [InlineData("GET", "408", HttpStatusCode.GatewayTimeout, "tenant-timeout")]
    [InlineData("GET", "500", HttpStatusCode.BadGateway, "tenant-unavailable")]
    [InlineData("GET", "502", HttpStatusCode.BadGateway, "tenant-unavailable")]
    [InlineData("GET", "503", HttpStatusCode.BadGateway, "tenant-unavailable")]
    [InlineData("GET", "504", HttpStatusCode.BadGateway, "tenant-unavailable")]
    [InlineData("DELETE", "408", HttpStatusCode.BadGateway, "outcome-unknown")]
    [InlineData("DELETE", "500", HttpStatusCode.BadGateway, "tenant-unavailable")]
    [InlineData("DELETE", "503", HttpStatusCode.BadGateway, "tenant-unavailable")]
    public async Task A_request_that_fails_is_sent_four_times_in_all(string method, string failure, HttpStatusCode expected, string slug)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = await WarmReaderAsync(app);
        var upstream = method == "GET" ? List : Delete;
        app.Tenant.Faults.Add(Failing(upstream, failure) with { Times = null });

        var call = SendAsync(administrator, method);
        await app.Time.LetBackoffsPassAsync();

        await (await call.InTimeAsync()).ShouldBeProblemAsync(expected, slug);
        app.Tenant.Requests.Matching(upstream).Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("GET", "abort")]
    [InlineData("GET", "truncate")]
    [InlineData("DELETE", "abort")]
    public async Task Connections_that_always_break_are_a_502_that_says_so(string method, string failure)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = await WarmReaderAsync(app);
        app.Tenant.Faults.Add(Failing(method == "GET" ? List : Delete, failure) with { Times = null });

        var call = SendAsync(administrator, method);
        await app.Time.LetBackoffsPassAsync();

        (await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable"))
            .ShouldContain("The connection to Auth0 broke");
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("DELETE", true)]
    [InlineData("GET", false)]
    public async Task A_tenant_that_does_not_accept_connections_is_a_502(string method, bool warm)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = warm ? await WarmReaderAsync(app) : app.Administrator();
        await app.Tenant.DisposeAsync();

        var call = SendAsync(administrator, method);
        await app.Time.LetBackoffsPassAsync();

        await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
    }

    [Fact]
    public async Task A_failure_that_names_a_wait_beyond_the_budget_is_not_waited_for()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = await WarmReaderAsync(app);
        var headers = new Dictionary<string, string> { ["Retry-After"] = "60" };
        app.Tenant.Faults.Add(Failing(List, "503") with { Times = null, Headers = headers });

        using var answer = await reader.GetAsync("/api/users").InTimeAsync();
        await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(60));

        app.Tenant.Requests.Matching(List).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("GET", List)]
    [InlineData("DELETE", Delete)]
    public async Task A_request_that_hangs_is_canceled_and_sent_again_after_four_seconds(string method, string upstream)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = await WarmReaderAsync(app);
        app.Tenant.Faults.Add(new Fault { Match = upstream, Mode = FaultMode.Hang });

        var call = SendAsync(administrator, method);
        await app.Tenant.Requests.WaitForAsync(upstream).InTimeAsync();
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(4));
        await app.Time.LetBackoffsPassAsync(retries: 1);

        (await call.InTimeAsync()).IsSuccessStatusCode.ShouldBeTrue();
        app.Tenant.Requests.Matching(upstream).Count.ShouldBe(2);
    }

    /// <summary>After a deletion, there must be time to find out whether it was made.</summary>
    [Theory]
    [InlineData("GET", List, 10, HttpStatusCode.GatewayTimeout, "tenant-timeout")]
    [InlineData("DELETE", Delete, 8, HttpStatusCode.BadGateway, "outcome-unknown")]
    public async Task A_tenant_that_always_hangs_is_told_after_ten_seconds_at_most_and_not_earlier(
        string method, string upstream, int seconds, HttpStatusCode status, string slug)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = await WarmReaderAsync(app);
        app.Tenant.Faults.Add(new Fault { Match = upstream, Mode = FaultMode.Hang, Times = null });

        var start = app.Time.GetUtcNow();

        var call = SendAsync(administrator, method);
        await app.Tenant.Requests.WaitForAsync(upstream).InTimeAsync();
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(4));
        await app.Time.LetBackoffsPassAsync(retries: 1);
        await app.Tenant.Requests.WaitForAsync(upstream, 2).InTimeAsync();
        if (start + TimeSpan.FromSeconds(seconds) - app.Time.GetUtcNow() > TimeSpan.FromSeconds(4))
        {
            await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(4));
            await app.Time.LetBackoffsPassAsync(retries: 1);
            await app.Tenant.Requests.WaitForAsync(upstream, 3).InTimeAsync();
        }

        app.Time.Advance(start + TimeSpan.FromSeconds(seconds - 0.001) - app.Time.GetUtcNow());
        call.IsCompleted.ShouldBeFalse();
        app.Time.Advance(TimeSpan.FromSeconds(0.001));

        await (await call.InTimeAsync()).ShouldBeProblemAsync(status, slug);
    }

    [Fact]
    public async Task A_response_that_stalls_midway_is_abandoned_and_requested_again()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var begun = new TaskCompletionSource();
        var requests = 0;
        await using var tenant = await SharedClient.AnsweredByAsync(app, async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"start":0,"limit":50,"length":0,"total":0,"users":[""");
            await context.Response.Body.FlushAsync();
            if (Interlocked.Increment(ref requests) == 1)
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }

            await context.Response.WriteAsync("]}");
        });

        var call = reader.GetAsync("/api/users");
        await begun.Task.InTimeAsync();
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(4));
        await app.Time.LetBackoffsPassAsync(retries: 1);

        (await (await call.InTimeAsync()).JsonAsync()).AsArray().ShouldBeEmpty();
        requests.ShouldBe(2);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_ends_the_request_to_Auth0_and_that_is_not_a_failure()
    {
        CapturedLog log;
        await using (var app = await AdminApp.StartAsync())
        {
            log = app.Log;
            using var reader = app.Reader();
            var arrived = new TaskCompletionSource();
            var aborted = new TaskCompletionSource();
            await using var tenant = await SharedClient.AnsweredByAsync(app, async context =>
            {
                await using var watch = context.RequestAborted.Register(aborted.SetResult);
                arrived.SetResult();
                await aborted.Task;
            });
            using var impatience = new CancellationTokenSource();

            var call = reader.GetAsync("/api/users", impatience.Token);
            await arrived.Task.InTimeAsync();
            await impatience.CancelAsync();

            await aborted.Task.InTimeAsync();
            await Should.ThrowAsync<OperationCanceledException>(call);
        }

        // The host has stopped, so the request has ended.
        log.Lines().ShouldNotBeEmpty();
        log.Lines(LogLevel.Warning).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deletion_that_Auth0_made_before_the_connection_broke_deletes_only_that_user()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = await WarmReaderAsync(app);
        var before = app.Tenant.Users.All.Select(user => user.UserId).ToList();

        // The deletion is made, and then the connection breaks instead of a 204.
        app.Tenant.Faults.Add(new Fault { Match = Delete, Mode = FaultMode.Truncate });

        var call = SendAsync(administrator, "DELETE", before[9]);
        await Task.WhenAny(call, app.Time.LetBackoffsPassAsync(retries: 1));

        (await call.InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        app.Tenant.Stats.UserDeletes.ShouldBe(2);
        before.RemoveAt(9);
        app.Tenant.Users.All.Select(user => user.UserId).ShouldBe(before);
    }

    [Theory]
    [InlineData("500", HttpStatusCode.BadGateway, "tenant-unavailable")]
    [InlineData("408", HttpStatusCode.GatewayTimeout, "tenant-timeout")]
    [InlineData("abort", HttpStatusCode.BadGateway, "tenant-unavailable")]
    public async Task Requests_to_the_token_endpoint_are_retried_in_the_same_way(string failure, HttpStatusCode expected, string slug)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Failing(Grant, failure) with { Times = null });

        var call = reader.GetAsync("/api/users");
        await app.Time.LetBackoffsPassAsync();
        await (await call.InTimeAsync()).ShouldBeProblemAsync(expected, slug);

        app.Tenant.Faults.Clear();
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_endpoint_that_hangs_is_a_504_and_the_next_caller_is_served()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault { Match = Grant, Mode = FaultMode.Hang, Times = null });

        var call = reader.GetAsync("/api/users");
        await app.Tenant.Requests.WaitForAsync(Grant).InTimeAsync();
        app.Time.Advance(TimeSpan.FromSeconds(8));
        await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.GatewayTimeout, "tenant-timeout");

        app.Tenant.Faults.Clear();
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>A client after a first call that has read the secret, the token and the signing keys.</summary>
    private static async Task<HttpClient> WarmReaderAsync(AdminApp app)
    {
        var administrator = app.Administrator();
        app.AddUser(Somebody);
        (await administrator.GetAsync("/api/users?fields=user_id")).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Tenant.Requests.Clear();
        return administrator;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string userId = Somebody) =>
        method == "GET" ? client.GetAsync("/api/users") : client.DeleteAsync($"/api/users/{Uri.EscapeDataString(userId)}");

    private static Fault Limited(string match, params (string Name, string Value)[] headers)
    {
        var fault = Fault.Answer(match, 429, TooManyRequests);
        var more = headers.Select(header => KeyValuePair.Create(header.Name, header.Value));
        return fault with { Headers = fault.Headers!.Concat(more).ToDictionary() };
    }

    private static Fault Failing(string match, string failure) => failure switch
    {
        "abort" => new Fault { Match = match, Mode = FaultMode.Abort },
        "truncate" => new Fault { Match = match, Mode = FaultMode.Truncate },
        var status => Fault.Answer(match, int.Parse(status), """{"statusCode":0,"error":"","message":"Try again."}"""),
    };
}
