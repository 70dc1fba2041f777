using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using AdminFunctions.Tests.Access;
using AdminFunctions.Tests.Export;
using AdminFunctions.Tests.Infra;
using AdminFunctions.Tests.Management;

namespace AdminFunctions.Tests;

/// <summary>The system time is set back by an hour. Nothing must take an hour longer because of that.</summary>
public sealed partial class ClockTests
{
    private const string Discovery = "GET /.well-known/openid-configuration";
    private const string Grant = "POST /oauth/token";
    private const string List = "GET /api/v2/users";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_grant_is_retried_a_second_after_the_secret_was_refused()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.RotateClientSecret(alsoWhereKept: false);
        await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
        app.Tenant.RotateClientSecret();

        app.Time.PutBack(Hour);
        app.Time.Advance(ManagementTokenProvider.PauseAfterRefusal);

        (await reader.GetAsync("/api/users").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_management_token_is_renewed_after_three_quarters_of_its_lifetime()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);

        app.Time.PutBack(Hour);
        app.Time.Advance(TimeSpan.FromHours(18));
        await ListAsync(app);

        await app.Tenant.Requests.WaitForAsync(Grant, 2).InTimeAsync();
    }

    [Fact]
    public async Task A_management_token_that_has_expired_is_not_sent()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5, ManagementTokenSeconds = 80 });
        await ListAsync(app);

        app.Time.PutBack(Hour);
        app.Time.Advance(TimeSpan.FromSeconds(90));
        await ListAsync(app);

        app.Tenant.Requests.Matching(List).Count.ShouldBe(2, "one was refused with 401");
    }

    [Fact]
    public async Task A_renewal_that_failed_is_retried_after_half_a_minute()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        app.Tenant.Faults.Add(Fault.Answer(Grant, 403, """{"error":"unauthorized_client"}"""));
        app.Time.Advance(TimeSpan.FromHours(18));
        await ListAsync(app);
        await Waiting.UntilAsync(() => app.Log.Lines().Any(line => line.Contains("could not be renewed", StringComparison.Ordinal)));

        app.Time.PutBack(Hour);
        app.Time.Advance(ManagementTokenProvider.PauseAfterFailure);
        await ListAsync(app);

        await app.Tenant.Requests.WaitForAsync(Grant, 3).InTimeAsync();
    }

    [Fact]
    public async Task The_signing_keys_are_read_again_when_they_are_half_a_day_old()
    {
        await using var app = await AdminApp.StartAsync();
        using var caller = app.CallerWith();
        await caller.GetAsync("/api/users");

        app.Time.PutBack(Hour);
        app.Time.Advance(SigningKeys.FreshFor);
        await caller.GetAsync("/api/users");

        await app.Tenant.Requests.WaitForAsync(Discovery, 2).InTimeAsync();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    public async Task A_new_signing_key_is_found_after_the_pause_that_follows_a_read(int before)
    {
        await using var app = await AdminApp.StartAsync();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        if (before is not 200)
        {
            app.Tenant.Faults.Add(Fault.Answer(Discovery, before));
        }

        var unknown = HandmadeToken.For(app).WithHeader("""{"kid":"invented"}""").SignedBy(HandmadeToken.StrangersKey);
        await (await app.ListWithAsync(unknown)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token");
        app.Tenant.SigningKeys.Rotate();

        app.Time.PutBack(Hour);
        app.Time.Advance(before is 200 ? SigningKeys.RefreshInterval : SigningKeys.PauseAfterFailure);

        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
    }

    [Fact]
    public async Task The_ages_of_token_and_secret_are_the_elapsed_times()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        using var reader = app.Reader();

        app.Time.PutBack(Hour);
        app.Time.Advance(TimeSpan.FromSeconds(90));

        var health = await (await reader.GetAsync("/api/health?deep=true")).JsonAsync();
        health["token"]!["ageSeconds"]!.GetValue<long>().ShouldBe(90);
        health["secret"]!["ageSeconds"]!.GetValue<long>().ShouldBe(90);
    }

    [Fact]
    public void A_minute_of_the_log_ends_after_a_minute()
    {
        var time = new FakeTime();
        List<int> leftOut = [];
        using var limit = new LineLimit(time, (_, count) => leftOut.Add(count));
        for (var line = 0; line < LineLimit.LinesAMinute + 3; line++)
        {
            limit.TryTake("a");
        }

        time.PutBack(Hour);
        time.Advance(TimeSpan.FromMinutes(1));

        limit.TryTake("a").ShouldBeTrue();
        leftOut.ShouldBe([3]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_export_waits_no_longer_for_an_empty_bucket_than_it_takes_to_be_refilled(bool whileItWaits)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault
        {
            Match = List,
            Status = 200,
            Headers = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Content-Type"] = "application/json",
                ["X-RateLimit-Limit"] = "50",
                ["X-RateLimit-Remaining"] = "0",
                ["X-RateLimit-Reset"] = $"{(app.Time.GetUtcNow() + TimeSpan.FromSeconds(7)).ToUnixTimeSeconds()}",
            },
            Body = JsonElement.Parse(
                """
                {"start":0,"limit":100,"length":1,"total":150,"users":[{"user_id":"auth0|1","created_at":"2001-01-01T00:00:00.000Z"}]}
                """),
        });

        if (!whileItWaits)
        {
            // The response belongs to another request. The export begins after the system time has been set back.
            await reader.GetAsync("/api/users");
            app.Time.PutBack(Hour);
        }

        var export = reader.ExportAsync("fields=user_id");
        for (var second = 0; second < 7; second++)
        {
            await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(1));
            if (whileItWaits && second is 0)
            {
                app.Time.PutBack(Hour);
            }
        }

        (await export.InTimeAsync()).Count.ShouldBe(whileItWaits ? 151 : 150);
    }

    [Theory]
    [InlineData("X-RateLimit-Reset", "1772443803")]
    [InlineData("Retry-After", "Mon, 02 Mar 2026 09:30:03 GMT")]
    public async Task A_wait_for_a_reset_time_of_Auth0_is_never_longer_than_a_minute(string header, string value)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { [header] = value };
        app.Tenant.Faults.Add(Fault.Answer(List, 429) with { Headers = headers });

        app.Time.PutBack(Hour);
        using var answer = await reader.GetAsync("/api/users").InTimeAsync();

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_user_who_has_just_signed_in_is_admitted()
    {
        await using var app = await AdminApp.StartAsync();
        app.Time.PutBack(Hour);

        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
    }

    [Fact]
    public void Only_code_that_needs_absolute_times_reads_the_system_time()
    {
        string[] mayRead =
        [
            "AdminFunctions/Access/BearerAuthentication.cs", // exp and nbf of callers' tokens
            "AdminFunctions/Deletions/DeletionPlan.cs", // when a plan is made, which all instances compare with Auth0's times
            "AdminFunctions/Deletions/PlanKeys.cs", // compared with the moment at which the secret was set
            "AdminFunctions/Deletions/PlanTokens.cs", // exp of plans, on all instances
            "AdminFunctions/Export/UserExport.cs", // the date in a file's name
            "AdminFunctions/Export/UserWalk.cs", // compared with the moments at which users were created
            "AdminFunctions/Management/DependencyStatus.cs", // moments that health tells
            "AdminFunctions/Management/RateLimit.cs", // the moments that Auth0 names
        ];

        Repository.Files("AdminFunctions", "*.cs")
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Where(file => TimeOfDay().IsMatch(Repository.Read(file)))
            .ShouldBeSubsetOf(mayRead);
    }

    private static async Task ListAsync(AdminApp app)
    {
        using var reader = app.Reader();
        (await reader.GetAsync("/api/users").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [GeneratedRegex(
        @"GetUtcNow|GetLocalNow|DateTime(Offset)?\.(Utc)?Now",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex TimeOfDay();
}
