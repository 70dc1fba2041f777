using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Management;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Telemetry;

public sealed class InstrumentsTests
{
    private const string Function = "faas.name";
    private const string Operation = "admin_functions.tenant.operation";
    private const string RateLimit = "admin_functions.tenant.rate_limit";
    private const string Status = "http.response.status_code";

    /// <summary>All instruments with their units (UCUM).</summary>
    public static readonly IReadOnlyDictionary<string, string> Units = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["admin_functions.calls"] = "{call}",
        ["admin_functions.call.duration"] = "s",
        ["admin_functions.tenant.requests"] = "{request}",
        ["admin_functions.tenant.retries"] = "{request}",
        ["admin_functions.tenant.rate_limit.remaining"] = "{request}",
        ["admin_functions.token.grants"] = "{grant}",
        ["admin_functions.token.age"] = "s",
        ["admin_functions.secret.reads"] = "{read}",
        ["admin_functions.signing_keys.refreshes"] = "{refresh}",
        ["admin_functions.export.users"] = "{user}",
    };

    [Fact]
    public async Task Names_and_units_are_these()
    {
        await using var app = await AdminApp.StartAsync();
        using var listener = new Listener(app);
        using var reader = app.Reader();

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);

        listener.Instruments.ToDictionary(instrument => instrument.Name, instrument => instrument.Unit ?? "", StringComparer.Ordinal)
            .ShouldBe(Units, ignoreOrder: true);
        listener.Instruments
            .ShouldAllBe(instrument => instrument.Meter.Name == "AdminFunctions" && !string.IsNullOrEmpty(instrument.Description));
    }

    [Fact]
    public async Task Everything_that_happens_is_counted()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 20, RateLimit = 50 });
        using var listener = new Listener(app);
        using var anyone = app.Anyone();
        using var administrator = app.Administrator();
        app.Tenant.Faults.Add(Fault.Answer("DELETE *", 503));

        (await anyone.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await administrator.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await administrator.GetAsync("/api/users/export")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var deletion = administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(app.Tenant.Users.All[5].UserId)}");
        await app.Time.LetBackoffsPassAsync(1);
        (await deletion.InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        app.Time.Advance(TimeSpan.FromMinutes(5));
        (await anyone.GetAsync("/api/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Waiting.UntilAsync(() => listener.Sum("admin_functions.calls") == 5);
        listener.Observe();

        listener.Sum("admin_functions.calls", (Function, "GetUsers"), (Status, 401), ("error.type", "missing-token")).ShouldBe(1);
        listener.Sum("admin_functions.calls", (Function, "GetUsers"), (Status, 200)).ShouldBe(1);
        listener.Sum("admin_functions.calls", (Function, "ExportUsers"), (Status, 200)).ShouldBe(1);
        listener.Sum("admin_functions.calls", (Function, "DeleteUser"), (Status, 204)).ShouldBe(1);
        listener.Sum("admin_functions.calls", (Function, "GetHealth"), (Status, 200)).ShouldBe(1);
        listener.Count("admin_functions.call.duration", (Function, "DeleteUser")).ShouldBe(1);
        listener.Sum("admin_functions.call.duration", (Function, "DeleteUser"))
            .ShouldBeGreaterThan(0, "it has waited before it tried again");
        listener.Sum("admin_functions.tenant.requests", (Operation, "users.delete"), (Status, 503)).ShouldBe(1);
        listener.Sum("admin_functions.tenant.requests", (Operation, "users.delete"), (Status, 204)).ShouldBe(1);
        listener.Sum("admin_functions.tenant.requests", (Operation, "users.get"), (Status, 200)).ShouldBe(1);
        listener.Sum("admin_functions.tenant.requests", (Operation, "users.list"), (Status, 200)).ShouldBe(app.Tenant.Stats.UserLists);
        listener.Sum("admin_functions.tenant.requests", (Operation, "oauth.token")).ShouldBe(1);
        listener.Sum("admin_functions.tenant.requests", (Operation, "openid-configuration")).ShouldBe(1);
        listener.Sum("admin_functions.tenant.requests", (Operation, "jwks")).ShouldBe(1);
        listener.Sum("admin_functions.tenant.requests").ShouldBe(app.Tenant.Requests.All.Count);
        listener.Sum("admin_functions.tenant.retries", (Operation, "users.delete")).ShouldBe(1);
        listener.Sum("admin_functions.tenant.rate_limit.remaining", (RateLimit, "users.read")).ShouldBeInRange(1, 49);
        listener.Sum("admin_functions.tenant.rate_limit.remaining", (RateLimit, "users.delete")).ShouldBeInRange(1, 49);
        listener.Sum("admin_functions.tenant.rate_limit.remaining", (RateLimit, "logs")).ShouldBe(0);
        listener.Sum("admin_functions.token.grants").ShouldBe(1);
        listener.Sum("admin_functions.token.age").ShouldBeInRange(300, 302);
        listener.Sum("admin_functions.secret.reads").ShouldBe(1);
        listener.Sum("admin_functions.signing_keys.refreshes").ShouldBe(1);
        listener.Sum("admin_functions.export.users").ShouldBe(20);
    }

    [Fact]
    public async Task Failures_are_counted_by_their_kind()
    {
        await using var app = await AdminApp.StartAsync();
        using var listener = new Listener(app);
        using var reader = app.Reader();
        app.Vault.RemoveSecret("auth0-client-secret").ShouldBeTrue();

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        await Waiting.UntilAsync(() => listener.Sum("admin_functions.calls") == 1);
        listener.Sum("admin_functions.calls", (Status, 503), ("error.type", "vault-unavailable")).ShouldBe(1);
        listener.Sum("admin_functions.secret.reads", ("error.type", "HTTP 404")).ShouldBe(1);
        listener.Sum("admin_functions.token.grants", ("error.type", "VaultException")).ShouldBe(1);
        listener.Observe();
        listener.Count("admin_functions.token.age").ShouldBe(0);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_is_counted_as_such()
    {
        await using var app = await AdminApp.StartAsync();
        using var listener = new Listener(app);
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault { Match = "GET /api/v2/users", Mode = FaultMode.Hang });
        using var impatience = new CancellationTokenSource();

        var call = reader.GetAsync("/api/users", impatience.Token);
        await app.Tenant.Requests.WaitForAsync("GET /api/v2/users").InTimeAsync();
        await impatience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);

        await Waiting.UntilAsync(() => listener.Sum("admin_functions.calls") == 1);
        listener.Sum("admin_functions.calls", (Function, "GetUsers"), (Status, 499), ("error.type", "client-closed-request")).ShouldBe(1);
    }

    /// <summary>Measurements of one app only, not of others in this process.</summary>
    internal sealed class Listener : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _measurements = new();

        public Listener(AdminApp app)
        {
            var meters = app.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter is { Name: global::AdminFunctions.Telemetry.Instruments.MeterName } meter && meter.Scope == meters)
                {
                    Instruments.Enqueue(instrument);
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public ConcurrentQueue<Instrument> Instruments { get; } = new();

        public void Observe() => _listener.RecordObservableInstruments();

        public double Sum(string name, params (string Name, object Value)[] tags) => Matching(name, tags).Sum();

        public int Count(string name, params (string Name, object Value)[] tags) => Matching(name, tags).Count();

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _measurements.Enqueue((instrument.Name, value, tags.ToArray()));

        private IEnumerable<double> Matching(string name, (string Name, object Value)[] tags) =>
            _measurements
                .Where(measurement => measurement.Name == name
                    && tags.All(tag => measurement.Tags.Contains(KeyValuePair.Create(tag.Name, (object?)tag.Value))))
                .Select(measurement => measurement.Value);
    }
}
