using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Management;

/// <summary>No secret, token or email address is in a log line, or in any response except the list.</summary>
public sealed class SecrecyTests
{
    private const string Grant = "POST /oauth/token";
    private const string List = "GET /api/v2/users";
    private const string Any = "* /api/v2/*";

    /// <summary>
    /// The beginnings of secrets: JSON Web Tokens, client secrets, the token for the vault, tokens of identity providers.
    /// </summary>
    private static readonly string[] Secrets = ["eyJ", "local-secret-", "local-vault-token-", "idp-access-token-"];

    public static TheoryData<string> Failures() => new(Spoilt.Keys);

    /// <summary>What fails, and whether the clock must advance through retries.</summary>
    private static readonly Dictionary<string, (Func<AdminApp, Task> Spoil, bool Tries)> Spoilt = new(StringComparer.Ordinal)
    {
        ["wrong secret"] = (app => Do(() => app.Tenant.RotateClientSecret(alsoWhereKept: false)), false),
        ["no grant"] = (app => Do(() => app.Tenant.ManagementScope = null), false),
        ["no scope"] = (app => Do(() => app.Tenant.ManagementScope = "read:clients"), false),
        ["revoked for ever"] = (
            app => Add(app, Fault.Answer(Any, 401, """{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}""")), false),
        ["grant without a life"] = (
            app => Add(
                app, Fault.Answer(Grant, 200, $$"""{"access_token":"{{app.Tenant.MintManagementToken()}}","expires_in":0}""")), false),
        ["half a grant"] = (
            app => Add(app, Fault.Answer(Grant, 200, $$"""{"access_token":"{{app.Tenant.MintManagementToken()}}","expi""")), false),
        ["truncated grant"] = (app => Add(app, new Fault { Match = Grant, Mode = FaultMode.Truncate }), true),
        ["limited grant"] = (app => Add(app, Limited(Grant)), false),
        ["failing grant"] = (app => Add(app, Fault.Answer(Grant, 500)), true),
        ["list of other types"] = (
            async app => await Add(
                app, Fault.Answer(Any, 200, await UsersAsync(app, users => users[0] = "user"))), false),
        ["list that is bare"] = (async app => await Add(app, Fault.Answer(Any, 200, $"[{await UsersAsync(app, _ => { })}]")), false),
        ["half a list"] = (async app => await Add(app, Fault.Answer(Any, 200, (await UsersAsync(app, _ => { }))[..^90])), false),
        ["truncated list"] = (app => Add(app, new Fault { Match = Any, Mode = FaultMode.Truncate }), true),
        ["aborted list"] = (app => Add(app, new Fault { Match = Any, Mode = FaultMode.Abort }), true),
        ["failing list"] = (async app => await Add(app, Fault.Answer(Any, 500, await UsersAsync(app, _ => { }))), true),
        ["limited list"] = (app => Add(app, Limited(Any)), false),
        ["page of a proxy"] = (app => Add(app, Fault.Answer(Any, 403, "<html>Blocked</html>", "text/html")), false),
        ["no tenant"] = (app => app.Tenant.DisposeAsync().AsTask(), true),
        ["vault forbids"] = (app => Do(() => app.Vault.Faults.Add(LocalVault.Forbidden)), false),
        ["vault has none"] = (app => Do(() => app.Vault.RemoveSecret("auth0-client-secret").ShouldBeTrue()), false),
        ["vault breaks"] = (
            app => Do(() => app.Vault.Faults.Add(new Fault { Match = "*", Mode = FaultMode.Truncate, Times = null })), false),
        ["vault answers half"] = (
            app => Do(() => app.Vault.Faults.Add(
                Fault.Answer("*", 200, $$"""{"value":"{{app.Tenant.ClientSecret}}""") with { Times = null })), false),
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_reveals_no_secret(string failure)
    {
        await using var app = await StartAsync();
        var emails = EmailsOf(app);
        using var administrator = app.Administrator();
        (await app.Services.GetRequiredService<SigningKeys>().GetAsync(CancellationToken.None)).ShouldNotBeNull();
        var (spoil, tries) = Spoilt[failure];
        await spoil(app);

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            var call = administrator.SendAsync(new HttpRequestMessage(
                method,
                method == HttpMethod.Get ? "/api/users" : "/api/users/auth0%7Cnobody"));
            if (tries)
            {
                await Task.WhenAny(call, app.Time.LetBackoffsPassAsync());
            }

            var answer = await call.InTimeAsync();
            ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(500);
            ShouldTellNothing($"{answer}\n{await answer.Content.ReadAsStringAsync()}", emails);
            app.Time.Advance(ManagementTokenProvider.PauseAfterRefusal);
        }

        app.Log.Lines(LogLevel.Error).ShouldNotBeEmpty();
        ShouldTellNothing(app, emails);
    }

    [Theory]
    [InlineData(List)]
    [InlineData(Grant)]
    public async Task A_tenant_that_hangs_reveals_no_secret(string request)
    {
        await using var app = await StartAsync();
        var emails = EmailsOf(app);
        using var administrator = app.Administrator();
        app.Tenant.Faults.Add(new Fault { Match = request, Mode = FaultMode.Hang, Times = null });

        var call = administrator.GetAsync("/api/users");
        await app.Tenant.Requests.WaitForAsync(request).InTimeAsync();
        app.Time.Advance(TimeSpan.FromSeconds(10));

        var answer = await call.InTimeAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        ShouldTellNothing($"{answer}\n{await answer.Content.ReadAsStringAsync()}", emails);
        ShouldTellNothing(app, emails);
    }

    [Fact]
    public async Task The_token_of_a_rejected_caller_is_neither_in_the_response_nor_in_the_log()
    {
        await using var app = await StartAsync();
        var emails = EmailsOf(app);
        string[] tokens =
        [
            app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers], TimeSpan.FromHours(-1)),
            app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers], audience: "https://another.example.com"),
            app.Tenant.MintAccessToken(AdminApp.CallerId, []),
            app.Tenant.MintManagementToken(),
            app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers])[..^4],
        ];

        foreach (var token in tokens)
        {
            using var caller = app.CallerWithToken(token);
            var answer = await caller.GetAsync("/api/users");
            answer.IsSuccessStatusCode.ShouldBeFalse();
            ShouldTellNothing($"{answer}\n{await answer.Content.ReadAsStringAsync()}", emails);
        }

        ShouldTellNothing(app, emails);
    }

    [Fact]
    public async Task Lists_deletions_renewals_rotations_and_revocations_leave_no_secret_in_the_log()
    {
        await using var app = await StartAsync();
        var emails = EmailsOf(app);
        using var administrator = app.Administrator();

        var list = await (await administrator.GetAsync("/api/users")).Content.ReadAsStringAsync();
        list.ShouldContain(emails[0]);
        Secrets.ShouldAllBe(secret => !list.Contains(secret, StringComparison.Ordinal));
        (await administrator.DeleteAsync("/api/users/auth0%7Cnobody")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        app.Tenant.RotateClientSecret();
        app.Tenant.RevokeManagementTokens();
        (await administrator.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Tenant.RotateClientSecret(alsoWhereKept: false);
        app.Time.Advance(TimeSpan.FromHours(18));
        (await administrator.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Waiting.UntilAsync(() => app.Log.Lines(LogLevel.Warning).Any());

        ShouldTellNothing(app, emails);
    }

    [Fact]
    public async Task An_unexpected_failure_is_a_500_that_has_only_the_trace_id_to_find_it_in_the_log()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = app.Services, Response = { Body = body } };

        // No HTTP request is known that causes it.
        var result = await app.Services.GetRequiredService<RequestPipeline>()
            .RunAsync(
                FunctionPolicy.AllowAnonymous("Test"),
                context.Request,
                _ => throw new InvalidCastException("Nobody knew."),
                CancellationToken.None);
        await result.ExecuteAsync(context);

        var answer =
            new HttpResponseMessage((HttpStatusCode)context.Response.StatusCode) { Content = new ByteArrayContent(body.ToArray()) };
        foreach (var (name, value) in context.Response.Headers)
        {
            _ = answer.Headers.TryAddWithoutValidation(name, (string?)value)
                || answer.Content.Headers.TryAddWithoutValidation(name, (string?)value);
        }

        await answer.ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "unexpected");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldNotContain("Nobody knew");
        text.ShouldNotContain(nameof(InvalidCastException));
        text.ShouldNotContain("   at ");
        var traceId = (await answer.JsonAsync())["traceId"]!.GetValue<string>();
        app.Log.Lines(LogLevel.Error).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            line => line.ShouldContain(traceId),
            line => line.ShouldContain("Nobody knew."),
            line => line
                .ShouldContain(nameof(An_unexpected_failure_is_a_500_that_has_only_the_trace_id_to_find_it_in_the_log)));
    }

    private static Task<AdminApp> StartAsync() => AdminApp.StartAsync(new TenantOptions { Users = 30, AlwaysShowProviderTokens = true });

    private static IReadOnlyList<string> EmailsOf(AdminApp app) => [.. app.Tenant.Users.All.Select(user => user.Email).OfType<string>()];

    private static void ShouldTellNothing(AdminApp app, IReadOnlyList<string> emails) =>
        ShouldTellNothing(string.Join('\n', app.Log.Lines()), emails);

    private static void ShouldTellNothing(string text, IReadOnlyList<string> emails)
    {
        emails.ShouldNotBeEmpty();
        foreach (var secret in Secrets.Concat(emails))
        {
            text.ShouldNotContain(secret, Case.Insensitive);
        }
    }

    /// <summary>The tenant's data about its users, including email addresses and tokens of identity providers.</summary>
    private static async Task<string> UsersAsync(AdminApp app, Action<JsonNode> spoil)
    {
        var page = await app.ManagementApi().UsersAsync("per_page=30&include_totals=true");
        spoil(page["users"]!);
        var text = page.ToJsonString();
        text.ShouldContain("idp-access-token-");
        return text;
    }

    private static Fault Limited(string match) =>
        Fault.Answer(match, 429) with { Headers = new Dictionary<string, string> { ["Retry-After"] = "30" } };

    private static Task Add(AdminApp app, Fault fault) => Do(() => app.Tenant.Faults.Add(fault with { Times = null }));

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
