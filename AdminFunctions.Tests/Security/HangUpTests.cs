using System.Net;
using System.Net.Sockets;
using System.Text;
using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Export;
using AdminFunctions.Http;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using AdminFunctions.Tests.Access;
using AdminFunctions.Tests.Management;
using AdminFunctions.Tests.Telemetry;
using AdminFunctions.Users;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Security;

/// <summary>A caller who hangs up at once cannot hide the outcome of the call.</summary>
public sealed class HangUpTests
{
    private const string Victim = "auth0|5f7c8ec7c33c6c004bbafe99";
    private const string Read = "GET /api/v2/users/*";
    private const string Delete = "DELETE /api/v2/users/*";

    private static readonly Dictionary<string, (Func<Exception> Thrown, int Status, string Slug)> Kinds = new(StringComparer.Ordinal)
    {
        ["the caller's leaving"] = (() => new TaskCanceledException(), 499, RequestPipeline.ClientClosed),
        ["a request that breaks off"] = (() => new ConnectionResetException("reset"), 499, RequestPipeline.ClientClosed),
        ["a body that ends too early"] = (() => new BadHttpRequestException("Unexpected end of request content."), 499, RequestPipeline.ClientClosed),
        ["a bad request"] = (() => new InvalidRequestException(new Dictionary<string, string[]> { ["page"] = ["page is bad."] }), 400, "invalid-request"),
        ["a bad token"] = (() => new AccessDeniedException(AccessDenial.InvalidToken, "Bad."), 401, "invalid-token"),
        ["a missing permission"] = (() => new AccessDeniedException(AccessDenial.InsufficientPermission, "No.", Permissions.DeleteUsers), 403, "insufficient-permission"),
        ["a refused deletion"] = (() => new ProtectionException(ProtectionRule.ProtectedUser, "No."), 409, "protected-user"),
        ["a tenant that refuses"] = (() => new TenantException(TenantFailure.Refused, "No."), 502, "tenant-refused"),
        ["a tenant that took too long"] = (() => new TenantException(TenantFailure.Timeout, "Late.", new TaskCanceledException()), 504, "tenant-timeout"),
        ["a vault that refuses"] = (() => new VaultException("No."), 503, "vault-unavailable"),
        ["what nobody has foreseen"] = (() => new InvalidCastException("Nobody knew."), 500, "unexpected"),
        ["a broken pipe to somebody else"] = (() => new IOException("Broken."), 500, "unexpected"),
    };

    private static readonly FunctionPolicy Policy = FunctionPolicy.AllowAnonymous("Test");

    public static TheoryData<string> KindsOfFailure() => new(Kinds.Keys);

    [Theory]
    [MemberData(nameof(KindsOfFailure))]
    public async Task A_call_counts_as_abandoned_only_if_the_caller_hung_up(string kind)
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        var (thrown, status, slug) = Kinds[kind];
        var context = new DefaultHttpContext { RequestServices = app.Services };
        using var left = new CancellationTokenSource();

        var result = await app.Services.GetRequiredService<RequestPipeline>().RunAsync(
            Policy,
            context.Request,
            async _ =>
            {
                await left.CancelAsync();
                throw thrown();
            },
            left.Token);

        result.ShouldBeAssignableTo<IStatusCodeHttpResult>()!.StatusCode.ShouldBe(status);
        var isLogged = status is 401 or 403 or >= 500;
        app.Log.Lines(LogLevel.Information).Any(line => line.StartsWith($"AdminFunctions.Http.RequestPipeline: {slug}: ", StringComparison.Ordinal)).ShouldBe(isLogged);
    }

    [Theory]
    [InlineData("the caller's leaving", RequestPipeline.ClientClosed)]
    [InlineData("what nobody has foreseen", "broken-answer")]
    public async Task An_abandoned_response_is_distinguished_from_a_broken_one(string kind, string slug)
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        using var calls = new CountedCalls(app);
        using var left = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestServices = app.Services, RequestAborted = left.Token };

        var result = await app.Services.GetRequiredService<RequestPipeline>().RunAsync(
            Policy, context.Request, _ => Task.FromResult<IResult>(new FailingAnswer(left, Kinds[kind].Thrown())), left.Token);
        await Should.ThrowAsync<Exception>(() => result.ExecuteAsync(context));

        calls.Count(slug).ShouldBe(1);
    }

    [Theory]
    [InlineData("the caller's leaving")]
    [InlineData("a tenant that refuses")]
    [InlineData("what nobody has foreseen")]
    public async Task An_export_that_fails_logs_the_reason_even_if_its_caller_has_hung_up(string kind)
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        using var calls = new CountedCalls(app);
        using var left = new CancellationTokenSource();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = app.Services, RequestAborted = left.Token, Response = { Body = body } };
        var (thrown, _, slug) = Kinds[kind];
        var pipeline = app.Services.GetRequiredService<RequestPipeline>();

        var result = await pipeline.RunAsync(
            Policy,
            context.Request,
            async _ =>
            {
                var export = new UserExport(
                    UserExportQuery.Parse(new QueryCollection()),
                    PagesAsync().GetAsyncEnumerator(CancellationToken.None),
                    () => throw new InvalidOperationException("Nobody has asked for cursors."),
                    app.Services.GetRequiredService<ExportSlots>().Take(AdminApp.CallerId),
                    app.Time,
                    app.Services.GetRequiredService<Instruments>());
                await export.ReadFirstPageAsync();
                return pipeline.Stream(export, left.Token);
            },
            left.Token);
        await result.ExecuteAsync(context);

        calls.Count(slug).ShouldBe(1);

        async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> PagesAsync()
        {
            yield return [new UserResponseSchema { UserId = "auth0|a" }];
            await left.CancelAsync();
            throw thrown();
        }
    }

    [Fact]
    public async Task A_hundred_self_deletions_that_hang_up_at_once_are_logged_as_a_hundred_refusals()
    {
        await using var app = await WarmAppAsync();
        using var calls = new CountedCalls(app);

        await HangUpAsync(app, 100, Deletion(AdminApp.CallerId, app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.DeleteUsers])));
        await Waiting.UntilAsync(() => app.Log.Audit.Count == 100 && calls.Count() == 100);

        Outcomes(app).ShouldBe(["100 WriteRefused self-deletion"]);
        calls.Count("self-deletion").ShouldBe(100);
    }

    [Fact]
    public async Task Thirty_deletions_without_the_permission_that_hang_up_at_once_are_logged_as_thirty_refusals()
    {
        await using var app = await WarmAppAsync();
        using var calls = new CountedCalls(app);

        await HangUpAsync(app, 30, Deletion(Victim, app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers])));
        await Waiting.UntilAsync(() => calls.Count() == 30);

        // The clock does not advance: twenty lines are written, and the number of the others in the next minute.
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await NextDeletionAsync(app);
        Outcomes(app).ShouldBe(["20 WriteRefused insufficient-permission", "10 WriteRefusalsLeftOut insufficient-permission"]);
        calls.Count("insufficient-permission").ShouldBe(30);
    }

    [Fact]
    public async Task Two_thousand_bad_tokens_that_hang_up_at_once_are_counted_to_the_last()
    {
        await using var app = await WarmAppAsync();
        using var calls = new CountedCalls(app);
        var token = HandmadeToken.For(app).Signed(_ => new byte[256]);

        await HangUpAsync(app, 2000, $"GET /api/users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        await Waiting.UntilAsync(() => calls.Count() == 2000);

        app.Time.Advance(TimeSpan.FromMinutes(1));
        await NextDeletionAsync(app);
        app.Log.Lines().Count(line => line.StartsWith("AdminFunctions.Http.RequestPipeline: invalid-token: The access token", StringComparison.Ordinal)).ShouldBe(LineLimit.LinesAMinute);
        app.Log.Lines(LogLevel.Warning).ShouldContain("AdminFunctions.Http.RequestPipeline: invalid-token: 1980 more such lines were left out ");
        calls.Count("invalid-token").ShouldBe(2000);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_while_the_user_is_read_is_still_refused()
    {
        await using var app = await WarmAppAsync();
        app.Tenant.Users.Put(app.Tenant.Users.All[0] with { UserId = Victim, Identities = [new(new("google-oauth2", "google-oauth2", IsSocial: true), "1001")] });
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = Read, Until = gate.Task });
        using var caller = app.CallerWithToken(app.Tenant.MintAccessToken("google-oauth2|1001", [Permissions.DeleteUsers]));

        await LeaveAsync(app, caller, Victim, Read);
        gate.SetResult();

        await Waiting.UntilAsync(() => app.Log.Audit.Count > 0);
        Outcomes(app).ShouldBe(["1 WriteRefused self-deletion"]);
        app.Tenant.Requests.Matching(Delete).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Read)]
    [InlineData(Delete)]
    public async Task A_deletion_is_completed_and_logged_as_done_even_if_its_caller_hangs_up(string when)
    {
        await using var app = await WarmAppAsync();
        app.Tenant.Users.Put(app.Tenant.Users.All[0] with { UserId = Victim });
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = when, Until = gate.Task });
        using var administrator = app.Administrator();

        await LeaveAsync(app, administrator, Victim, when);
        gate.SetResult();

        await Waiting.UntilAsync(() => app.Log.Audit.Count >= 2);
        Outcomes(app).ShouldBe(["1 WriteRequested requested", "1 WriteDone done"]);
        app.Tenant.Users.Find(Victim).ShouldBeNull();
        app.Tenant.Requests.Matching(Delete).Count.ShouldBe(1);
    }

    /// <summary>An app that has the signing keys, so that it validates a token without a wait.</summary>
    private static async Task<AdminApp> WarmAppAsync()
    {
        var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        return app;
    }

    private static async Task LeaveAsync(AdminApp app, HttpClient caller, string id, string when)
    {
        using var impatience = new CancellationTokenSource();
        var call = caller.DeleteAsync($"/api/users/{Uri.EscapeDataString(id)}", impatience.Token);
        await app.Tenant.Requests.WaitForAsync(when).InTimeAsync();
        await impatience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
    }

    private static string Deletion(string id, string token) =>
        $"DELETE /api/users/{Uri.EscapeDataString(id)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n";

    /// <summary>Sends a request this many times, each over a connection that is closed at once.</summary>
    private static async Task HangUpAsync(AdminApp app, int times, string request)
    {
        using var anyone = app.Anyone();
        var port = anyone.BaseAddress!.Port;
        var bytes = Encoding.ASCII.GetBytes(request);
        await Parallel.ForAsync(0, times, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancellationToken) =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            await socket.SendAsync(bytes, cancellationToken);
        });
    }

    /// <summary>Advances the clock by a minute and calls a function, so that the number of omitted lines is logged.</summary>
    private static async Task NextDeletionAsync(AdminApp app)
    {
        using var anyone = app.Anyone();
        (await anyone.GetAsync("/api/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Services.GetRequiredService<AuditTrail>().Open("DeleteUser", Victim, new DefaultHttpContext());
    }

    /// <summary>The number of events and outcomes in the trail.</summary>
    private static IEnumerable<string> Outcomes(AdminApp app) => app.Log.Audit
        .Select(line => (Event: line.Event.Name, Outcome: line.Text.Split("outcome=")[1].Split(' ')[0], Count: line.Text.Split("count=") is [_, var count] ? int.Parse(count) : 1))
        .GroupBy(line => (line.Event, line.Outcome))
        .Select(group => $"{group.Sum(line => line.Count)} {group.Key.Event} {group.Key.Outcome}");

    /// <summary>A response that fails when its caller hangs up.</summary>
    private sealed class FailingAnswer(CancellationTokenSource left, Exception exception) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await left.CancelAsync();
            throw exception;
        }
    }

    /// <summary>The numbers of function calls in the metrics.</summary>
    private sealed class CountedCalls(AdminApp app) : IDisposable
    {
        private readonly InstrumentsTests.Listener _listener = new(app);

        public int Count() => (int)_listener.Sum("admin_functions.calls");

        public int Count(string slug) => (int)_listener.Sum("admin_functions.calls", ("error.type", slug));

        public void Dispose() => _listener.Dispose();
    }
}
