using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Management;

namespace AdminFunctions.Tests.Functions;

public sealed class GetHealthTests
{
    [Fact]
    public async Task Anyone_may_ask_and_Auth0_and_Key_Vault_are_not_called()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        var answer = await anyone.GetAsync("/api/health");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"status":"healthy"}""");
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        app.Tenant.Requests.All.ShouldBeEmpty();
        app.Tenant.Stats.SecretReads.ShouldBe(0);
    }

    [Theory]
    [InlineData("deep=true")]
    [InlineData("DEEP=true")]
    [InlineData("check=true")]
    [InlineData("deep=true&check=true")]
    public async Task Only_callers_who_can_list_see_the_details(string query)
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        using var deleter = app.CallerWith(Permissions.DeleteUsers);

        await (await anyone.GetAsync($"/api/health?{query}")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        await (await deleter.GetAsync($"/api/health?{query}")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?deep=false")]
    [InlineData("?deep=false&check=false")]
    public async Task Callers_who_do_not_ask_do_not_see_the_details(string query)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        (await (await reader.GetAsync($"/api/health{query}")).Content.ReadAsStringAsync()).ShouldBe("""{"status":"healthy"}""");
    }

    [Fact]
    public async Task Before_anything_has_happened_nothing_is_known()
    {
        await using var app = await AdminApp.StartAsync();

        var health = await DeepAsync(app);

        health["tenant"]!["lastSuccess"].ShouldNotBeNull("the keys were read, to know who asks");
        health["tenant"] = null;
        health.ToJsonString().ShouldBe("""{"status":"healthy","version":"1.0.0","token":{"ageSeconds":null},"secret":{"ageSeconds":null},"tenant":null,"vault":{"lastSuccess":null,"lastFailure":null,"lastFailureReason":null},"rateLimit":{"limit":null,"remaining":null}}""");
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
        app.Vault.Requests.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_details_are_the_ages_of_token_and_secret_and_the_results_of_calls()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 20, RateLimit = 50, RatePerSecond = 1 });
        using var administrator = app.Administrator();
        app.Vault.Faults.Add(LocalVault.Forbidden with { Times = 1 });
        (await administrator.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        (await administrator.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Time.Advance(TimeSpan.FromSeconds(2));
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users/*", 403));
        (await administrator.DeleteAsync("/api/users/auth0%7Csomebody")).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        app.Time.Advance(TimeSpan.FromSeconds(4));
        app.Tenant.Requests.Clear();
        app.Vault.Requests.Clear();

        (await DeepAsync(app)).ToJsonString().ShouldBe(
            """{"status":"degraded","version":"1.0.0","token":{"ageSeconds":6},"secret":{"ageSeconds":6},"tenant":{"lastSuccess":"2026-03-02T09:30:01Z","lastFailure":"2026-03-02T09:30:03Z","lastFailureReason":"HTTP 403"},"vault":{"lastSuccess":"2026-03-02T09:30:01Z","lastFailure":"2026-03-02T09:30:00Z","lastFailureReason":"HTTP 403"},"rateLimit":{"limit":50,"remaining":49}}""");
        app.Tenant.Requests.All.ShouldBeEmpty();
        app.Vault.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("deep=1", "deep")]
    [InlineData("deep=", "deep")]
    [InlineData("deep=true&deep=true", "deep")]
    [InlineData("deep=true&check=yes", "check")]
    [InlineData("depp=true", "depp")]
    public async Task A_parameter_that_is_wrong_is_a_400_that_names_it(string query, string parameter)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync($"/api/health?{query}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]!.AsObject().ContainsKey(parameter).ShouldBeTrue();
    }

    [Fact]
    public async Task It_is_degraded_from_a_failed_call_to_the_next_one_that_succeeds()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DeepAsync(app))["status"]!.GetValue<string>().ShouldBe("healthy");

        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users", 403));
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await DeepAsync(app))["status"]!.GetValue<string>().ShouldBe("degraded");
        (await (await reader.GetAsync("/api/health")).Content.ReadAsStringAsync()).ShouldBe("""{"status":"healthy"}""");

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DeepAsync(app))["status"]!.GetValue<string>().ShouldBe("healthy");
    }

    [Fact]
    public async Task A_check_calls_both_once_in_ten_seconds_for_any_number_of_callers()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => DeepAsync(app, "check=true")));

        app.Tenant.Requests.Matching("GET /api/v2/users").Count.ShouldBe(1);
        var reads = app.Vault.SecretReads;
        app.Time.Advance(DependencyCheck.Interval - TimeSpan.FromSeconds(1));
        await DeepAsync(app, "deep=true&check=true");
        (app.Tenant.Requests.Matching("GET /api/v2/users").Count, app.Vault.SecretReads).ShouldBe((1, reads));

        app.Time.Advance(TimeSpan.FromSeconds(1));
        await DeepAsync(app, "deep=true&check=true");
        (app.Tenant.Requests.Matching("GET /api/v2/users").Count, app.Vault.SecretReads).ShouldBe((2, reads + 1));
    }

    [Fact]
    public async Task A_check_that_fails_is_a_200_that_says_degraded_and_why()
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users", 403));
        var health = await DeepAsync(app, "check=true");
        (health["status"]!.GetValue<string>(), health["tenant"]!["lastFailureReason"]!.GetValue<string>()).ShouldBe(("degraded", "HTTP 403"));

        app.Time.Advance(DependencyCheck.Interval);
        app.Vault.Faults.Add(LocalVault.Forbidden);
        health = await DeepAsync(app, "check=true");
        (health["status"]!.GetValue<string>(), health["vault"]!["lastFailureReason"]!.GetValue<string>()).ShouldBe(("degraded", "HTTP 403"));

        app.Time.Advance(DependencyCheck.Interval);
        app.Vault.Faults.Clear();
        (await DeepAsync(app, "check=true"))["status"]!.GetValue<string>().ShouldBe("healthy");
    }

    private static async Task<JsonNode> DeepAsync(AdminApp app, string query = "deep=true")
    {
        using var reader = app.Reader();
        var answer = await reader.GetAsync($"/api/health?{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        return await answer.JsonAsync();
    }
}
