using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Telemetry;
using AdminFunctions.Tests.Access;
using AdminFunctions.Tests.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Audit;

public sealed partial class AuditTrailTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string TraceParent = $"00-{TraceId}-00f067aa0ba902b7-01";
    private const string Delete = "DELETE /api/v2/users/*";
    private const string Attempt = "(attempt)";
    private const string Read = "GET /api/v2/users/*";
    private const string Victim = "auth0|5f7c8ec7c33c6c004bbafe99";

    private static readonly EventId Requested = new(1001, "WriteRequested");
    private static readonly EventId Done = new(1002, "WriteDone");
    private static readonly EventId Refused = new(1003, "WriteRefused");
    private static readonly EventId Failed = new(1004, "WriteFailed");
    private static readonly EventId Unknown = new(1005, "WriteUnknown");

    private static readonly Dictionary<string, (Action<AdminApp, string> Spoil, string Slug, bool StaysUnknown)> Spoilt = new(StringComparer.Ordinal)
    {
        ["Auth0 fails"] = ((app, request) => Always(app, Fault.Answer(request, 500)), "tenant-unavailable", false),
        ["Auth0 finds the request bad"] = ((app, request) => Always(app, Fault.Answer(request, 400, """{"statusCode":400,"error":"Bad Request","message":"Not like this."}""")), "tenant-refused", false),
        ["Auth0 forbids it"] = ((app, request) => Always(app, Fault.Answer(request, 403)), "tenant-refused", false),
        ["Auth0 takes no token"] = ((app, request) => Always(app, Fault.Answer(request, 401)), "tenant-refused", false),
        ["Auth0 limits"] = ((app, request) => Always(app, Fault.Answer(request, 429) with { Headers = new Dictionary<string, string> { ["Retry-After"] = "30" } }), "tenant-rate-limited", false),
        ["Auth0 breaks off"] = ((app, request) => Always(app, new Fault { Match = request, Mode = FaultMode.Abort }), "tenant-unavailable", false),
        ["Auth0 gives half an answer"] = ((app, request) => Always(app, Fault.Answer(request, 200, "{}") with { Mode = FaultMode.Truncate }), "tenant-unavailable", false),
        ["Auth0 hangs"] = ((app, request) => Always(app, new Fault { Match = request, Mode = FaultMode.Hang }), "tenant-timeout", true),
        ["Auth0 says something else"] = ((app, request) => Always(app, Fault.Answer(request, 200, "<html>Sign in</html>", "text/html")), "tenant-unavailable", false),
    };

    private static readonly Dictionary<string, (Action<AdminApp, string> Spoil, string Slug, bool StaysUnknown)> SpoiltToken = new(StringComparer.Ordinal)
    {
        ["Auth0 grants nothing"] = ((app, _) => app.Tenant.ManagementScope = null, "tenant-refused", false),
        ["The secret is wrong"] = ((app, _) => app.Tenant.RotateClientSecret(alsoWhereKept: false), "tenant-refused", false),
        ["The vault forbids"] = ((app, _) => app.Vault.Faults.Add(LocalVault.Forbidden), "vault-unavailable", false),
    };

    public static TheoryData<string> Failures() => new(Spoilt.Keys);

    public static TheoryData<string> FailuresBeforeTheDeletion() => new(Spoilt.Keys.Concat(SpoiltToken.Keys));

    [Fact]
    public async Task A_deletion_is_logged_before_and_after_the_request_to_Auth0()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);
        app.AddUser(Victim);
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = Delete, Until = gate.Task });

        var call = administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(Victim)}");
        await app.Tenant.Requests.WaitForAsync(Delete).InTimeAsync();
        Trail(app).ShouldBe([(Requested, Text("WriteRequested", Victim, "requested", app))]);
        gate.SetResult();
        (await call.InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        Trail(app).Skip(1).ShouldBe([(Done, Text("WriteDone", Victim, "done", app))]);
        app.Tenant.Requests.Matching(Delete).ShouldHaveSingleItem().CorrelationId.ShouldBe(AttemptIds(app).Distinct().ShouldHaveSingleItem());
    }

    [Fact]
    public async Task A_user_who_did_not_exist_is_distinguished_from_a_deleted_one()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);

        (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(Victim)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        Trail(app).ShouldBe([(Done, Text("WriteDone", Victim, "no-such-user", app))]);
    }

    [Fact]
    public async Task Every_attempt_has_its_own_id_whatever_the_caller_sends()
    {
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", "auth0|owner"));
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);
        administrator.DefaultRequestHeaders.Add("X-Correlation-ID", "mine");
        foreach (var id in new[] { Victim, Victim, "auth0|owner", "auth0|owner", "auth0|nobody" })
        {
            if (id == Victim)
            {
                app.AddUser(id);
            }

            await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(id)}");
        }

        app.Log.Audit.Count.ShouldBe(7);
        AttemptIds(app).Distinct(StringComparer.Ordinal).Count().ShouldBe(5);
        app.Tenant.Requests.Matching(Delete).Select(request => request.CorrelationId).ShouldBe(AttemptIds(app).Take(4).Distinct());
        app.Log.Audit.ShouldAllBe(line => line.Text.Contains($" traceId={TraceId} ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_deletion_that_fails_has_one_outcome_and_it_is_unknown_only_if_Auth0_may_still_be_at_work(string failure)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);
        (await app.Services.GetRequiredService<SigningKeys>().GetAsync(CancellationToken.None)).ShouldNotBeNull();
        app.AddUser(Victim);
        var (spoil, slug, staysUnknown) = Spoilt[failure];
        slug = staysUnknown ? "outcome-unknown" : slug;
        spoil(app, Delete);

        var answer = await DeleteWhileTimePassesAsync(app, administrator, Delete);

        await answer.ShouldBeProblemAsync(answer.StatusCode, slug);
        Trail(app).ShouldBe([
            (Requested, Text("WriteRequested", Victim, "requested", app)),
            staysUnknown ? (Unknown, Text("WriteUnknown", Victim, slug, app)) : (Failed, Text("WriteFailed", Victim, slug, app)),
        ]);
    }

    [Fact]
    public async Task A_refusal_after_an_attempt_that_Auth0_may_have_carried_out_is_told_once_the_user_has_been_read()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);
        app.AddUser(Victim);
        app.Tenant.Faults.Add(Fault.Answer(Delete, 503));
        app.Tenant.Faults.Add(Fault.Answer(Delete, 403));

        var answer = await DeleteWhileTimePassesAsync(app, administrator, Delete);

        var detail = await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
        detail.ShouldEndWith("The user was read afterwards: nothing has changed.");
        Trail(app).Last().ShouldBe((Failed, Text("WriteFailed", Victim, "tenant-refused", app)));
    }

    [Fact]
    public async Task A_deletion_whose_responses_are_lost_is_done_if_the_user_is_gone_afterwards()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);
        app.AddUser(Victim);
        Always(app, new Fault { Match = Delete, Mode = FaultMode.AbortAfter });

        var answer = await DeleteWhileTimePassesAsync(app, administrator, Delete);

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Trail(app).Last().ShouldBe((Done, Text("WriteDone", Victim, "done", app)));
    }

    [Fact]
    public async Task A_deletion_of_which_nothing_is_known_is_told_as_such()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);
        app.AddUser(Victim);
        Always(app, new Fault { Match = Delete, Mode = FaultMode.AbortAfter });
        app.Tenant.Faults.Add(new Fault { Match = Read, Status = null });
        Always(app, Fault.Answer(Read, 403));

        var answer = await DeleteWhileTimePassesAsync(app, administrator, Delete);

        var detail = await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");
        detail.ShouldEndWith("Look at the user before you try again.");
        Trail(app).Last().ShouldBe((Unknown, Text("WriteUnknown", Victim, "outcome-unknown", app)));
    }

    [Fact]
    public async Task A_deletion_whose_token_cannot_be_renewed_has_failed()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);
        app.AddUser(Victim);
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(Fault.Answer(Delete, 401) with { Until = gate.Task });

        var call = administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(Victim)}");
        await app.Tenant.Requests.WaitForAsync(Delete).InTimeAsync();
        app.Tenant.RotateClientSecret(alsoWhereKept: false);
        gate.SetResult();
        var answer = await call.InTimeAsync();

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
        Trail(app).Last().ShouldBe((Failed, Text("WriteFailed", Victim, "tenant-refused", app)));
    }

    [Theory]
    [MemberData(nameof(FailuresBeforeTheDeletion))]
    public async Task If_the_user_cannot_be_read_nobody_is_deleted_and_the_trail_says_why(string failure)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = CallerWithTrace(app, Permissions.DeleteUsers);
        (await app.Services.GetRequiredService<SigningKeys>().GetAsync(CancellationToken.None)).ShouldNotBeNull();
        app.AddUser(Victim);
        var (spoil, slug, _) = Spoilt.TryGetValue(failure, out var request) ? request : SpoiltToken[failure];
        spoil(app, Read);

        var answer = await DeleteWhileTimePassesAsync(app, administrator, Read);

        await answer.ShouldBeProblemAsync(answer.StatusCode, slug);
        Trail(app).ShouldBe([(Refused, Text("WriteRefused", Victim, slug, app))]);
        app.Tenant.Users.Find(Victim).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_caller_who_hangs_up_before_being_identified_is_still_checked()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = "GET /.well-known/*", Until = gate.Task });
        using var impatience = new CancellationTokenSource();

        var call = reader.DeleteAsync($"/api/users/{Uri.EscapeDataString(Victim)}", impatience.Token);
        await app.Tenant.Requests.WaitForAsync("GET /.well-known/*").InTimeAsync();
        await impatience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        gate.SetResult();
        await Waiting.UntilAsync(() => app.Log.Audit.Count > 0);

        var (refused, text) = app.Log.Audit.ShouldHaveSingleItem();
        refused.ShouldBe(Refused);
        text.ShouldStartWith($"WriteRefused action=DeleteUser actor={AdminApp.CallerId} azp={app.Tenant.SpaClientId} target={Victim} outcome=insufficient-permission traceId=");
    }

    [Theory]
    [InlineData("the caller's own", "self-deletion", AdminApp.CallerId, AdminApp.CallerId)]
    [InlineData("a protected user", "protected-user", AdminApp.CallerId, "auth0|owner")]
    [InlineData("without the permission", "insufficient-permission", AdminApp.CallerId, Victim)]
    [InlineData("without a token", "missing-token", "-", Victim)]
    [InlineData("with a bad token", "invalid-token", "-", Victim)]
    [InlineData("what is no id", "invalid-request", AdminApp.CallerId, "-")]
    public async Task A_refusal_names_the_caller_if_known_and_the_reason(string what, string slug, string actor, string target)
    {
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", "auth0|owner"));
        using var caller = what switch
        {
            "without a token" => app.Anyone(),
            "with a bad token" => app.CallerWithToken(HandmadeToken.For(app).SignedBy(HandmadeToken.StrangersKey)),
            "without the permission" => app.Reader(),
            _ => app.Administrator(),
        };
        caller.DefaultRequestHeaders.Add("traceparent", TraceParent);

        var answer = await caller.DeleteAsync($"/api/users/{(target is "-" ? "no-id" : Uri.EscapeDataString(target))}");

        await answer.ShouldBeProblemAsync(answer.StatusCode, slug);
        var azp = actor is "-" ? "-" : app.Tenant.SpaClientId;
        Trail(app).ShouldBe([(Refused, $"WriteRefused action=DeleteUser actor={actor} azp={azp} target={target} outcome={slug} traceId={TraceId} correlationId={Attempt}")]);
        app.Tenant.Requests.Matching(Delete).ShouldBeEmpty();
    }

    [Fact]
    public async Task While_the_settings_are_invalid_an_attempt_is_refused_and_logged_too()
    {
        await using var app = await AdminApp.StartAsync();
        using var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(app.Log)).BuildServiceProvider();
        using var audit = new AuditTrail(app.Time, services.GetRequiredService<ILoggerFactory>());

        audit.Open("DeleteUser", Victim, new DefaultHttpContext { TraceIdentifier = TraceId }).Close("misconfigured", exception: null);

        Trail(app).ShouldBe([(Refused, $"WriteRefused action=DeleteUser actor=- azp=- target={Victim} outcome=misconfigured traceId={TraceId} correlationId={Attempt}")]);
    }

    [Fact]
    public async Task The_trail_contains_no_email_address_and_no_secret()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 60 });
        var emails = app.Tenant.Users.All.Select(user => user.Email).OfType<string>().ToList();
        emails.Count.ShouldBeGreaterThan(20);
        var token = app.Tenant.MintAccessToken($"waad|contoso|{emails[0]}", [Permissions.DeleteUsers]);
        using var administrator = app.CallerWithToken(token);

        foreach (var email in emails.Skip(1))
        {
            (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString($"samlp|contoso|{email}")}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        foreach (var user in app.Tenant.Users.All)
        {
            (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(user.UserId)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(emails[1])}");
        var trail = string.Join('\n', app.Log.Audit.Select(line => line.Text));
        foreach (var secret in emails.Concat(token.Split('.')).Concat([app.Tenant.ClientSecret, "eyJ", "@"]))
        {
            trail.ShouldNotContain(secret, Case.Insensitive);
        }

        // If you know the ID, you can find it.
        trail.ShouldContain($"actor={Hash($"waad|contoso|{emails[0]}")} ");
        emails.Skip(1).ShouldAllBe(email => trail.Contains($"target={Hash($"samlp|contoso|{email}")} "));
    }

    [Theory]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe99", true)]
    [InlineData("google-oauth2|103547991597142817347", true)]
    [InlineData("waad|aB_-9", true)]
    [InlineData("samlp|contoso|team/ann", true)]
    [InlineData("mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA@clients", true)]
    [InlineData("ann.smith@clients", false)]
    [InlineData("ann@example.com@clients", false)]
    [InlineData("samlp|contoso|ann@example.com", false)]
    [InlineData("ad|contoso|Ann Smith", false)]
    [InlineData("waad|Žofie", false)]
    [InlineData("auth0|x outcome=done traceId=0", false)]
    [InlineData("auth0|x\noutcome=done", false)]
    [InlineData("auth0|x\n", false)]
    [InlineData("", false)]
    public void An_id_of_plain_characters_is_logged_unchanged_and_any_other_as_its_hash(string id, bool plain) =>
        AuditedId.Of(id).ShouldBe(plain ? id : Hash(id));

    [Fact]
    public void A_subject_of_any_length_is_no_longer_than_an_id() =>
        AuditedId.Of(new string('a', 256)).Length.ShouldBe("sha256:".Length + 64);

    [Fact]
    public async Task An_id_that_imitates_a_part_of_the_trail_cannot_forge_it()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        var id = $"auth0|x outcome=done traceId={TraceId} correlationId=-";
        app.AddUser(id);
        await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(id)}");

        app.Log.Audit.Count.ShouldBe(2);
        app.Log.Audit.ShouldAllBe(line => Event().IsMatch(line.Text) && !line.Text.Contains(TraceId));
    }

    [Fact]
    public async Task Ten_thousand_bad_tokens_write_a_few_lines_and_then_their_number()
    {
        const int attempts = 10_000;
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        string[] tokens = [.. Enumerable.Range(0, 8).Select(attempt => HandmadeToken.For(app).WithClaims($$"""{"jti":"{{attempt}}"}""").Signed(_ => new byte[256]))];
        var before = Ours(app);

        await Parallel.ForAsync(0, attempts, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (attempt, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/users/auth0%7C{attempt}") { Headers = { { "Authorization", $"Bearer {tokens[attempt % tokens.Length]}" } } };
            using var answer = await anyone.SendAsync(request, cancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        });

        // The clock does not advance, so this is one minute.
        (Ours(app) - before).ShouldBe(2 * LineLimit.LinesAMinute);
        app.Log.Audit.Count.ShouldBe(LineLimit.LinesAMinute);

        app.Time.Advance(TimeSpan.FromMinutes(1));
        app.AddUser(Victim);
        using var administrator = app.Administrator();
        (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(Victim)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        app.Log.Audit[LineLimit.LinesAMinute].ShouldBe((new EventId(1006, "WriteRefusalsLeftOut"), $"WriteRefusalsLeftOut outcome=invalid-token count={attempts - LineLimit.LinesAMinute}"));
        app.Log.Lines(LogLevel.Warning).ShouldContain($"AdminFunctions.Http.RequestPipeline: invalid-token: {attempts - LineLimit.LinesAMinute} more such lines were left out ");
        app.Log.Audit.Select(line => line.Event).TakeLast(2).ShouldBe([Requested, Done]);
    }

    [Fact]
    public async Task Every_attempt_of_an_admitted_caller_is_logged()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        for (var attempt = 0; attempt < 3 * LineLimit.LinesAMinute; attempt++)
        {
            (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(AdminApp.CallerId)}")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        }

        app.Log.Audit.Count.ShouldBe(3 * LineLimit.LinesAMinute);
    }

    /// <summary>Advances the clock after the request to Auth0, more slowly than a busy machine responds.</summary>
    private static async Task<HttpResponseMessage> DeleteWhileTimePassesAsync(AdminApp app, HttpClient administrator, string request)
    {
        var call = administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(Victim)}");
        await Task.WhenAny(call, app.Tenant.Requests.WaitForAsync(request));
        while (await Task.WhenAny(call, Task.Delay(50)) != call)
        {
            app.Time.Advance(TimeSpan.FromSeconds(0.2));
        }

        return await call;
    }

    private static int Ours(AdminApp app) => app.Log.Lines().Count(line => line.StartsWith("AdminFunctions.", StringComparison.Ordinal) || line.StartsWith("Function.", StringComparison.Ordinal));

    private static void Always(AdminApp app, Fault fault) => app.Tenant.Faults.Add(fault with { Times = null });

    private static HttpClient CallerWithTrace(AdminApp app, params string[] permissions)
    {
        var caller = app.CallerWith(permissions);
        caller.DefaultRequestHeaders.Add("traceparent", TraceParent);
        return caller;
    }

    private static string Text(string name, string target, string outcome, AdminApp app) =>
        $"{name} action=DeleteUser actor={AdminApp.CallerId} azp={app.Tenant.SpaClientId} target={target} outcome={outcome} traceId={TraceId} correlationId={Attempt}";

    /// <summary>The trail, with a placeholder for the IDs of the attempts.</summary>
    private static IEnumerable<(EventId Event, string Text)> Trail(AdminApp app) =>
        app.Log.Audit.Select(line => (line.Event, AttemptId().Replace(line.Text, $"correlationId={Attempt}")));

    private static IReadOnlyList<string> AttemptIds(AdminApp app) =>
        [.. app.Log.Audit.Select(line => AttemptId().Match(line.Text).Groups["id"].Value)];

    private static string Hash(string id) => $"sha256:{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id))).ToLower(CultureInfo.InvariantCulture)}";

    [GeneratedRegex("correlationId=(?<id>[0-9a-f]{32})$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AttemptId();

    [GeneratedRegex(@"\A\w+ action=DeleteUser actor=\S+ azp=\S+ target=sha256:[0-9a-f]{64} outcome=(requested|done) traceId=[0-9a-f]{32} correlationId=[0-9a-f]{32}\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Event();
}
