using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Tests.Access;

namespace AdminFunctions.Tests.Security;

/// <summary>Rejected callers cause no work for the tenant or the vault.</summary>
public sealed class AttackCostTests
{
    private const int AtOnce = 8;

    private static readonly byte[] NoSignature = new byte[256];

    [Fact]
    public async Task Ten_thousand_invented_keys_cause_one_read_of_the_tenants_keys_in_five_minutes()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        app.Tenant.Requests.Clear();
        app.Vault.Requests.Clear();

        // Ten minutes with one read whenever one is due.
        const int minutes = 11;
        for (var minute = 0; minute < minutes; minute++)
        {
            await AttackAsync(anyone, 10_000 / (minutes - 1), attempt => HandmadeToken.For(app).WithHeader($$"""{"kid":"{{minute}}-{{attempt}}"}""").Signed(_ => NoSignature));
            app.Time.Advance(TimeSpan.FromMinutes(1));
        }

        app.Tenant.Stats.JwksReads.ShouldBe(1 + 3);
        ShouldHaveReadNothingButKeys(app, reads: 3);
    }

    [Theory]
    [InlineData("the length of a key id", 1000)]
    [InlineData("a key id of kilobytes", 200)]
    [InlineData("another algorithm", 200)]
    [InlineData("another audience", 200)]
    [InlineData("a key that comes along", 200)]
    [InlineData("the tenant's key", 1000)]
    public async Task Whatever_a_forged_token_says_the_keys_are_read_once_more_at_most(string what, int attempts)
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        app.Tenant.Requests.Clear();
        app.Vault.Requests.Clear();

        await AttackAsync(anyone, attempts, attempt => (what switch
        {
            "the length of a key id" => HandmadeToken.For(app).WithHeader(new JsonObject { ["kid"] = new string('k', attempt) }.ToJsonString()),
            "a key id of kilobytes" => HandmadeToken.For(app).WithHeader(new JsonObject { ["kid"] = new string((char)('a' + (attempt % 26)), 9000) }.ToJsonString()),
            "another algorithm" => HandmadeToken.For(app).WithHeader($$"""{"alg":"none","kid":"{{attempt}}"}"""),
            "another audience" => HandmadeToken.For(app).WithHeader($$"""{"kid":"{{attempt}}"}""").WithClaims("""{"aud":"other"}"""),
            "a key that comes along" => HandmadeToken.For(app).WithHeader($$"""{"kid":"{{attempt}}","jku":"{{app.Tenant.Issuer}}oauth/token","jwk":{"kty":"oct","k":"AAAA"} }"""),
            _ => HandmadeToken.For(app),
        }).Signed(_ => NoSignature));

        ShouldHaveReadNothingButKeys(app, reads: what is "the length of a key id" or "a key id of kilobytes" or "a key that comes along" ? 1 : 0);
    }

    [Fact]
    public async Task While_the_keys_cannot_be_read_again_an_attack_causes_one_read_in_half_a_minute()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        app.Tenant.Requests.Clear();
        app.Vault.Requests.Clear();
        app.Tenant.Faults.Add(Fault.Answer("GET /.well-known/*", 404) with { Times = null });

        for (var half = 0; half < 4; half++)
        {
            await AttackAsync(anyone, 100, attempt => HandmadeToken.For(app).WithHeader($$"""{"kid":"{{half}}-{{attempt}}"}""").Signed(_ => NoSignature));
            app.Time.Advance(TimeSpan.FromSeconds(30));
        }

        app.Tenant.Requests.All.Count.ShouldBe(4);
        app.Vault.Requests.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_without_a_token_causes_no_request()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (attempt, token) =>
        {
            using var request = (attempt % 4) switch
            {
                0 => new HttpRequestMessage(HttpMethod.Get, "/api/users?q=name:ann"),
                1 => new HttpRequestMessage(HttpMethod.Get, "/api/users/export"),
                2 => new HttpRequestMessage(HttpMethod.Delete, $"/api/users/auth0%7C{attempt}"),
                _ => new HttpRequestMessage(HttpMethod.Get, "/api/users") { Headers = { { "Authorization", "Basic dXNlcjpwYXNzd29yZA==" } } },
            };
            using var answer = await anyone.SendAsync(request, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        });

        app.Tenant.Requests.All.ShouldBeEmpty();
        app.Vault.Requests.All.ShouldBeEmpty();
    }

    private static Task AttackAsync(HttpClient anyone, int attempts, Func<int, string> token) =>
        Parallel.ForAsync(0, attempts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (attempt, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(attempt % 2 is 0 ? HttpMethod.Get : HttpMethod.Delete, attempt % 2 is 0 ? "/api/users" : "/api/users/auth0%7Csomebody");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token(attempt)}").ShouldBeTrue();
            using var answer = await anyone.SendAsync(request, cancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        });

    private static void ShouldHaveReadNothingButKeys(AdminApp app, int reads)
    {
        app.Tenant.Requests.All.GroupBy(request => request.RawTarget).Select(target => (target.Key, target.Count()))
            .ShouldBe(reads is 0 ? [] : [("/.well-known/openid-configuration", reads), ("/.well-known/jwks.json", reads)]);
        app.Vault.Requests.All.ShouldBeEmpty();
    }
}
