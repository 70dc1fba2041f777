using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Tests.Access;

/// <summary>When the tenant's keys are read, and what callers notice if they cannot be read.</summary>
public sealed class SigningKeysTests
{
    private const string Discovery = "GET /.well-known/openid-configuration";
    private const string Jwks = "GET /.well-known/jwks.json";
    private const string UnknownKey = "The access token is signed with a key that the tenant does not have.";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Fifty_simultaneous_first_callers_cause_one_read_and_a_thousand_later_ones_cause_none()
    {
        await using var app = await AdminApp.StartAsync();
        using var caller = app.CallerWith();
        using var active = new ActiveRequests(app);
        var slow = Hold(app, Discovery);

        var calls = Enumerable.Range(0, 50).Select(_ => caller.GetAsync("/api/users")).ToList();
        await active.WaitForAsync(50);
        slow.SetResult();

        (await Task.WhenAll(calls).WaitAsync(Soon)).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Forbidden);
        ShouldHaveRead(app, 1);

        var others = new ConcurrentBag<HttpStatusCode>();
        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, token) =>
        {
            using var answer = await caller.GetAsync("/api/users", token);
            others.Add(answer.StatusCode);
        });

        others.Count.ShouldBe(1000);
        others.ShouldAllBe(status => status == HttpStatusCode.Forbidden);
        ShouldHaveRead(app, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_key_is_read_at_the_first_token_that_names_it(bool revokePrevious)
    {
        await using var app = await AdminApp.StartAsync();
        var old = HandmadeToken.For(app).Signed();
        await app.ShouldAdmitAsync(old);

        app.Tenant.SigningKeys.Rotate(revokePrevious);

        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        ShouldHaveRead(app, 2);
        (await app.ListWithAsync(old)).StatusCode.ShouldBe(revokePrevious ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
    }

    [Fact]
    public async Task Fifty_simultaneous_callers_with_a_new_key_cause_one_read_and_all_are_admitted()
    {
        await using var app = await AdminApp.StartAsync();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        app.Tenant.SigningKeys.Rotate();
        using var active = new ActiveRequests(app);
        var slow = Hold(app, Discovery);
        using var caller = app.Reader();

        var calls = Enumerable.Range(0, 50).Select(_ => caller.GetAsync("/api/users")).ToList();
        await active.WaitForAsync(50);
        slow.SetResult();

        (await Task.WhenAll(calls).WaitAsync(Soon)).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        ShouldHaveRead(app, 2);
    }

    [Fact]
    public async Task Callers_with_known_keys_do_not_wait_for_a_new_key()
    {
        await using var app = await AdminApp.StartAsync();
        var known = HandmadeToken.For(app).Signed();
        await app.ShouldAdmitAsync(known);
        app.Tenant.SigningKeys.Rotate();
        var slow = Hold(app, Discovery);

        var waiting = app.ListWithAsync(HandmadeToken.For(app).Signed());
        await app.Tenant.Requests.WaitForAsync(Discovery, 2).WaitAsync(Soon);
        await app.ShouldAdmitAsync(known).WaitAsync(Soon);
        waiting.IsCompleted.ShouldBeFalse();
        slow.SetResult();

        (await waiting.WaitAsync(Soon)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Any_number_of_unknown_keys_causes_one_read_in_five_minutes()
    {
        await using var app = await AdminApp.StartAsync();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());

        for (var i = 0; i < 5; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(n => ShouldRefuseUnknownAsync(app, $"invented-{i}-{n}"))).WaitAsync(Soon);
        }

        ShouldHaveRead(app, 2);
        app.Time.Advance(SigningKeys.RefreshInterval - TimeSpan.FromSeconds(1));
        await ShouldRefuseUnknownAsync(app, "invented");
        ShouldHaveRead(app, 2);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        await ShouldRefuseUnknownAsync(app, "invented");
        await ShouldRefuseUnknownAsync(app, "invented-too");
        ShouldHaveRead(app, 3);
    }

    [Fact]
    public async Task The_first_token_ever_may_name_an_unknown_key()
    {
        await using var app = await AdminApp.StartAsync();

        await ShouldRefuseUnknownAsync(app, "invented");
        await ShouldRefuseUnknownAsync(app, "invented-too");

        app.Tenant.Requests.Matching(Discovery).Count.ShouldBeInRange(1, 2);
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
    }

    [Fact]
    public async Task A_second_rotation_within_five_minutes_is_noticed_after_the_five_minutes()
    {
        await using var app = await AdminApp.StartAsync();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        app.Tenant.SigningKeys.Rotate();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());

        app.Tenant.SigningKeys.Rotate();
        var token = HandmadeToken.For(app).Signed();

        (await app.ListWithAsync(token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        app.Time.Advance(SigningKeys.RefreshInterval);
        await app.ShouldAdmitAsync(token);
    }

    [Fact]
    public async Task A_token_that_is_invalid_anyway_causes_no_read()
    {
        await using var app = await AdminApp.StartAsync();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        app.Tenant.Requests.Clear();
        app.Vault.Requests.Clear();

        foreach (var token in new[]
        {
            HandmadeToken.For(app).SignedBy(HandmadeToken.StrangersKey),
            HandmadeToken.For(app).WithHeader("""{"kid":"invented","alg":"none"}""").Signed(_ => []),
            HandmadeToken.For(app).WithHeader("""{"kid":"invented"}""").WithClaims("""{"exp":1}""").SignedBy(HandmadeToken.StrangersKey),
            HandmadeToken.For(app).WithHeader("""{"kid":"invented"}""").WithClaims("""{"aud":"other"}""").SignedBy(HandmadeToken.StrangersKey),
            HandmadeToken.For(app).WithHeader("""{"kid":"invented"}""").WithClaims("""{"iss":"https://other.example/"}""").SignedBy(HandmadeToken.StrangersKey),
        })
        {
            using var answer = await app.ListWithAsync(token);
            await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token");
        }

        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Discovery, 404)]
    [InlineData(Discovery, 403)]
    [InlineData(Discovery, 302)]
    [InlineData(Jwks, 404)]
    public async Task A_first_read_that_is_refused_is_a_502_and_is_retried_at_the_next_call(string request, int status)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).Signed();
        app.Tenant.Faults.Add(Fault.Answer(request, status, "<html>Not here</html>", "text/html"));

        var detail = await (await app.ListWithAsync(token)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");

        detail.ShouldContain("the signing keys");
        detail.ShouldNotContain("<html>");
        await app.ShouldAdmitAsync(token);
    }

    [Theory]
    [InlineData(Discovery)]
    [InlineData(Jwks)]
    public async Task A_first_read_that_fails_at_every_attempt_is_a_502_and_is_retried_at_the_next_call(string request)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).Signed();
        app.Tenant.Faults.Add(Failing(request, 500, retryAfter: 1) with { Times = 1 + ResilienceHandler.RetriesOfFailures });

        var call = app.ListWithAsync(token);
        for (var retry = 0; retry < ResilienceHandler.RetriesOfFailures; retry++)
        {
            await app.Time.WhenSomeoneWaitsAsync(wait => wait == TimeSpan.FromSeconds(1));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await (await call.WaitAsync(Soon)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
        await app.ShouldAdmitAsync(token);
    }

    [Fact]
    public async Task A_first_read_that_fails_once_goes_unnoticed()
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Faults.Add(Failing(Discovery, 503, retryAfter: 1), Failing(Jwks, 429, retryAfter: 1));

        var call = app.ListWithAsync(HandmadeToken.For(app).Signed());
        for (var retry = 0; retry < 2; retry++)
        {
            await app.Time.WhenSomeoneWaitsAsync(wait => wait == TimeSpan.FromSeconds(1));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        (await call.WaitAsync(Soon)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(Discovery)]
    [InlineData(Jwks)]
    public async Task A_first_read_that_is_rate_limited_is_a_503_that_says_when_to_retry(string request)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).Signed();
        app.Tenant.Faults.Add(Failing(request, 429, retryAfter: 60));

        var answer = await app.ListWithAsync(token);

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.GetValues("Retry-After").ShouldBe(["60"]);
        await app.ShouldAdmitAsync(token);
    }

    [Theory]
    [InlineData(Discovery, nameof(FaultMode.Hang))]
    [InlineData(Jwks, nameof(FaultMode.Hang))]
    [InlineData(Discovery, nameof(FaultMode.Abort))]
    [InlineData(Jwks, nameof(FaultMode.Truncate))]
    public async Task A_first_read_that_never_ends_is_a_504_within_the_budget_and_is_retried_at_the_next_call(string request, string mode)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).Signed();
        app.Tenant.Faults.Add(new Fault { Match = request, Mode = Enum.Parse<FaultMode>(mode), Times = null });

        var call = app.ListWithAsync(token);
        await app.Tenant.Requests.WaitForAsync(request).WaitAsync(Soon);
        app.Time.Advance(RequestBudget.ForRequest - TimeSpan.FromSeconds(1));

        await (await call.WaitAsync(Soon)).ShouldBeProblemAsync(HttpStatusCode.GatewayTimeout, "tenant-timeout");
        app.Tenant.Faults.Clear();
        await app.ShouldAdmitAsync(token);
    }

    [Theory]
    [InlineData(Discovery, "<html>Sign in to the guest network</html>")]
    [InlineData(Discovery, """{"issuer":"https://tenant""")]
    [InlineData(Discovery, "")]
    [InlineData(Discovery, "null")]
    [InlineData(Discovery, "[]")]
    [InlineData(Discovery, "{}")]
    [InlineData(Discovery, """{"jwks_uri":""}""")]
    [InlineData(Discovery, """{"jwks_uri":7}""")]
    [InlineData(Discovery, """{"jwks_uri":"/.well-known/jwks.json"}""")]
    [InlineData(Discovery, """{"jwks_uri":"http://tenant.example/.well-known/jwks.json"}""")]
    [InlineData(Discovery, """{"jwks_uri":"file:///etc/passwd"}""")]
    [InlineData(Jwks, "<html>Sign in to the guest network</html>")]
    [InlineData(Jwks, """{"keys":[{"kty":"RSA",""")]
    [InlineData(Jwks, "")]
    [InlineData(Jwks, "null")]
    [InlineData(Jwks, "[]")]
    [InlineData(Jwks, "{}")]
    [InlineData(Jwks, """{"keys":null}""")]
    [InlineData(Jwks, """{"keys":[]}""")]
    [InlineData(Jwks, """{"keys":{}}""")]
    [InlineData(Jwks, """{"keys":[{}]}""")]
    [InlineData(Jwks, """{"keys":[{"kty":"RSA","kid":"a"}]}""")]
    public async Task Keys_that_cannot_be_parsed_are_a_502_and_are_requested_again_at_the_next_call(string request, string body)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).Signed();
        app.Tenant.Faults.Add(Fault.Answer(request, 200, body));

        var detail = await (await app.ListWithAsync(token)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");

        detail.ShouldContain("the signing keys of the callers' tokens could not be read");
        await app.ShouldAdmitAsync(token);
    }

    [Fact]
    public async Task No_secret_and_no_user_is_read_while_the_keys_are_unknown()
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Faults.Add(Fault.Answer(Discovery, 404) with { Times = null });

        await (await app.ListWithAsync(HandmadeToken.For(app).Signed())).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        app.ShouldHaveAskedNothingOfTheManagementApi();
    }

    [Theory]
    [InlineData(Discovery, 404, "")]
    [InlineData(Discovery, 200, "<html>Sign in to the guest network</html>")]
    [InlineData(Jwks, 200, """{"keys":[]}""")]
    [InlineData(Jwks, 200, "{}")]
    public async Task A_later_read_that_fails_does_not_affect_callers_with_known_keys_and_is_retried_after_half_a_minute(string request, int status, string body)
    {
        await using var app = await AdminApp.StartAsync();
        var known = HandmadeToken.For(app).Signed();
        await app.ShouldAdmitAsync(known);
        app.Tenant.SigningKeys.Rotate();
        var unknown = HandmadeToken.For(app).Signed();
        app.Tenant.Faults.Add(Fault.Answer(request, status, body));

        await (await app.ListWithAsync(unknown)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token");
        await app.ShouldAdmitAsync(known);
        app.Time.Advance(SigningKeys.PauseAfterFailure - TimeSpan.FromSeconds(1));
        await (await app.ListWithAsync(unknown)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token");
        app.Tenant.Requests.Matching(Discovery).Count.ShouldBe(2);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        await app.ShouldAdmitAsync(unknown);
        await app.ShouldAdmitAsync(known);
        app.Tenant.Requests.Matching(Discovery).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_later_read_that_hangs_ends_within_the_budget_in_a_401()
    {
        await using var app = await AdminApp.StartAsync();
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
        app.Tenant.SigningKeys.Rotate();
        app.Tenant.Faults.Add(new Fault { Match = Discovery, Mode = FaultMode.Hang, Times = null });

        var call = app.ListWithAsync(HandmadeToken.For(app).Signed());
        await app.Tenant.Requests.WaitForAsync(Discovery, 2).WaitAsync(Soon);
        app.Time.Advance(RequestBudget.ForRequest - TimeSpan.FromSeconds(1));

        (await (await call.WaitAsync(Soon)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token")).ShouldBe(UnknownKey);
    }

    [Fact]
    public async Task Keys_are_read_again_in_the_background_after_half_a_day()
    {
        await using var app = await AdminApp.StartAsync();
        using var old = app.Reader();
        (await old.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Tenant.SigningKeys.Rotate(revokePrevious: true);

        app.Time.Advance(SigningKeys.FreshFor - TimeSpan.FromSeconds(1));
        (await old.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        ShouldHaveRead(app, 1);

        var slow = Hold(app, Discovery);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        for (var call = 0; call < 5; call++)
        {
            (await old.GetAsync("/api/users").WaitAsync(Soon)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        slow.SetResult();
        await UntilAsync(async () => (await old.GetAsync("/api/users")).StatusCode == HttpStatusCode.Unauthorized);
        ShouldHaveRead(app, 2);
    }

    [Fact]
    public async Task Old_keys_stay_valid_while_they_cannot_be_read_again()
    {
        await using var app = await AdminApp.StartAsync();
        using var caller = app.CallerWith();
        (await caller.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        app.Tenant.Faults.Add(Fault.Answer(Discovery, 404) with { Times = 2 });

        app.Time.Advance(SigningKeys.FreshFor);
        for (var failures = 1; failures <= 2; failures++)
        {
            // The pause begins when the read has failed. If the clock advanced earlier, the time limit of the read would pass instead.
            await UntilAsync(async () =>
            {
                (await caller.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
                return app.Log.Lines(LogLevel.Warning).Count(line => line.Contains("could not be read again", StringComparison.Ordinal)) == failures;
            });
            app.Tenant.Requests.Matching(Discovery).Count.ShouldBe(1 + failures);
            app.Time.Advance(SigningKeys.PauseAfterFailure);
        }

        await UntilAsync(async () =>
        {
            (await caller.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            return app.Tenant.Stats.JwksReads == 2;
        });
        app.Tenant.Requests.Matching(Discovery).Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Callers_who_arrive_when_a_read_ends_do_not_cause_a_second_read(bool refused)
    {
        await using var app = await AdminApp.StartAsync();
        var memory = new FromMemory(app.Services.GetRequiredService<HttpMessageHandler>());
        var keys = ActivatorUtilities.CreateInstance<SigningKeys>(app.Services, new TenantHttp(memory, app.Time, app.Services.GetRequiredService<Instruments>()));
        var known = await keys.GetAsync(CancellationToken.None);
        memory.Refuses = refused;

        for (var round = 1; round <= 100; round++)
        {
            // As many calls as possible, so that some arrive exactly when the read ends.
            var before = known;
            var callers = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(Call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            (await Task.WhenAll((await Task.WhenAll(callers)).SelectMany(calls => calls)).WaitAsync(Soon)).ShouldAllBe(newer => newer == null == refused);
            memory.Discoveries.ShouldBe(1 + round);
            known = await keys.GetAsync(CancellationToken.None);
            app.Time.Advance(refused ? SigningKeys.PauseAfterFailure : SigningKeys.RefreshInterval);

            // On separate threads, because the read needs those of the pool.
            List<Task<OpenIdConnectConfiguration?>> Call()
            {
                List<Task<OpenIdConnectConfiguration?>> calls = [];
                do
                {
                    calls.Add(keys.RefreshAsync(before, CancellationToken.None));
                    Thread.Yield();
                }
                while (!calls[0].IsCompleted);
                return calls;
            }
        }
    }

    [Fact]
    public async Task A_caller_who_hangs_up_does_not_end_the_read_for_others()
    {
        await using var app = await AdminApp.StartAsync();
        using var caller = app.CallerWith();
        using var gone = new CancellationTokenSource();
        using var active = new ActiveRequests(app);
        var slow = Hold(app, Discovery);

        var first = caller.GetAsync("/api/users", gone.Token);
        await app.Tenant.Requests.WaitForAsync(Discovery).WaitAsync(Soon);
        var second = caller.GetAsync("/api/users");
        await active.WaitForAsync(2);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        await active.WaitForAsync(1);
        slow.SetResult();

        (await second.WaitAsync(Soon)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        ShouldHaveRead(app, 1);
    }

    [Fact]
    public async Task Everyone_who_waits_learns_of_a_failure_and_the_next_caller_retries()
    {
        await using var app = await AdminApp.StartAsync();
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Tenant.Faults.Add(Fault.Answer(Discovery, 404) with { Until = slow.Task });

        // Called directly, because nothing shows from outside that a caller has begun to wait.
        var keys = app.Services.GetRequiredService<SigningKeys>();
        var waiting = Enumerable.Range(0, 10).Select(_ => keys.GetAsync(CancellationToken.None)).ToList();
        slow.SetResult();

        foreach (var wait in waiting)
        {
            (await Should.ThrowAsync<TenantException>(wait.WaitAsync(Soon))).Failure.ShouldBe(TenantFailure.Refused);
        }

        app.Tenant.Requests.Matching(Discovery).Count.ShouldBe(1);
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
    }

    [Fact]
    public async Task Keys_are_found_among_others_and_with_certificates_as_Auth0_publishes_them()
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app);
        var request = new CertificateRequest("CN=tenant.eu.auth0.com", token.TenantsKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var jwks = app.Tenant.SigningKeys.Jwks();
        var keys = jwks["keys"]!.AsArray();
        keys[0]!["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData));
        keys[0]!["x5t"] = Base64UrlEncoder.Encode(certificate.GetCertHash());
        keys.Insert(0, JsonNode.Parse("""{"kty":"OKP","crv":"Ed25519","use":"sig","kid":"edwards","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"""));
        keys.Insert(0, JsonNode.Parse("""{"kty":"oct","use":"sig","kid":"symmetric","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"""));
        app.Tenant.Faults.Add(Fault.Answer(Jwks, 200, jwks.ToJsonString()) with { Times = null });

        await app.ShouldAdmitAsync(token.Signed());

        ShouldHaveAsked(app, Discovery, 1);
        ShouldHaveAsked(app, Jwks, 1);
    }

    [Fact]
    public async Task A_symmetric_key_that_the_tenant_publishes_signs_nothing()
    {
        await using var app = await AdminApp.StartAsync();
        var secret = RandomNumberGenerator.GetBytes(64);
        var jwks = app.Tenant.SigningKeys.Jwks();
        jwks["keys"]!.AsArray().Add(new JsonObject { ["kty"] = "oct", ["use"] = "sig", ["alg"] = "HS256", ["kid"] = "shared", ["k"] = Base64UrlEncoder.Encode(secret) });
        app.Tenant.Faults.Add(Fault.Answer(Jwks, 200, jwks.ToJsonString()) with { Times = null });

        await app.ShouldRefuseAsync(
            HandmadeToken.For(app).WithHeader("""{"alg":"HS256","kid":"shared"}""").Signed(bytes => HMACSHA256.HashData(secret, bytes)),
            "The access token is not signed with RS256.");
        await app.ShouldAdmitAsync(HandmadeToken.For(app).Signed());
    }

    /// <summary>The first response of the tenant, which is repeated immediately from then on, or a refusal.</summary>
    private sealed class FromMemory(HttpMessageHandler tenant) : DelegatingHandler(tenant)
    {
        private readonly ConcurrentDictionary<string, byte[]> _said = new(StringComparer.Ordinal);
        private int _discoveries;

        public bool Refuses { get; set; }

        public int Discoveries => _discoveries;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            if (path.EndsWith("openid-configuration", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _discoveries);
            }

            if (!_said.TryGetValue(path, out var body))
            {
                using var answer = await base.SendAsync(request, cancellationToken);
                body = _said[path] = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            }

            return new HttpResponseMessage(Refuses ? HttpStatusCode.NotFound : HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(body) };
        }
    }

    /// <summary>Holds the next such request until the source is completed.</summary>
    private static TaskCompletionSource Hold(AdminApp app, string request)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Tenant.Faults.Add(new Fault { Match = request, Until = source.Task });
        return source;
    }

    private static Fault Failing(string request, int status, int retryAfter) =>
        Fault.Answer(request, status, """{"error":"failing"}""") with
        {
            Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Retry-After"] = $"{retryAfter}" },
        };

    private static Task ShouldRefuseUnknownAsync(AdminApp app, string kid) =>
        RefuseAsync(app, HandmadeToken.For(app).WithHeader($$"""{"kid":"{{kid}}"}""").SignedBy(HandmadeToken.StrangersKey));

    private static async Task RefuseAsync(AdminApp app, string token)
    {
        using var answer = await app.ListWithAsync(token);
        (await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token")).ShouldBe(UnknownKey);
    }

    private static void ShouldHaveRead(AdminApp app, int times)
    {
        ShouldHaveAsked(app, Discovery, times);
        ShouldHaveAsked(app, Jwks, times);
        app.Tenant.Stats.JwksReads.ShouldBe(times);
    }

    private static void ShouldHaveAsked(AdminApp app, string request, int times) =>
        app.Tenant.Requests.Matching(request).Count.ShouldBe(times);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(Soon);
        while (!await condition())
        {
            await Task.Delay(10, bound.Token);
        }
    }
}
