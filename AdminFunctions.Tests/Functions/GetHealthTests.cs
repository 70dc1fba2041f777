using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;

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
    public async Task Only_callers_who_may_list_look_deeper(string query)
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
    [InlineData("?deep=1")]
    public async Task Nobody_looks_deeper_who_does_not_ask(string query)
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
    public async Task Looked_at_deeper_it_tells_how_old_token_and_secret_are_and_how_calls_went()
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
            """{"status":"healthy","version":"1.0.0","token":{"ageSeconds":6},"secret":{"ageSeconds":6},"tenant":{"lastSuccess":"2026-03-02T09:30:01Z","lastFailure":"2026-03-02T09:30:03Z","lastFailureReason":"HTTP 403"},"vault":{"lastSuccess":"2026-03-02T09:30:01Z","lastFailure":"2026-03-02T09:30:00Z","lastFailureReason":"HTTP 403"},"rateLimit":{"limit":50,"remaining":49}}""");
        app.Tenant.Requests.All.ShouldBeEmpty();
        app.Vault.Requests.All.ShouldBeEmpty();
    }

    private static async Task<JsonNode> DeepAsync(AdminApp app)
    {
        using var reader = app.Reader();
        var answer = await reader.GetAsync("/api/health?deep=true");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        return await answer.JsonAsync();
    }
}
