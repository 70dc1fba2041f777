using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AdminFunctions.Telemetry;

/// <summary>
/// What is counted and measured, by the meter <c>AdminFunctions</c>. Names and units are OpenTelemetry's way
/// (https://opentelemetry.io/docs/specs/semconv/general/metrics/). While nobody listens, nothing is counted.
/// </summary>
public sealed class Instruments
{
    /// <summary>The name to listen to.</summary>
    public const string MeterName = "AdminFunctions";

    private const string Function = "faas.name";
    private const string Operation = "admin_functions.tenant.operation";
    private const string Status = "http.response.status_code";
    private const string Error = "error.type";

    private readonly Meter _meter;
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _callDuration;
    private readonly Counter<long> _tenantRequests;
    private readonly Counter<long> _tenantRetries;
    private readonly Counter<long> _grants;
    private readonly Counter<long> _secretReads;
    private readonly Counter<long> _keyRefreshes;
    private readonly Counter<long> _exportedUsers;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Keeps the meters of several hosts in one process apart.</param>
    public Instruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _calls = _meter.CreateCounter<long>("admin_functions.calls", "{call}", "Calls of functions, by function, status and problem.");
        _callDuration = _meter.CreateHistogram(
            "admin_functions.call.duration",
            "s",
            "How long calls take, to the end of their answer.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600] });
        _tenantRequests = _meter.CreateCounter<long>("admin_functions.tenant.requests", "{request}", "Requests to the tenant, each try, by operation and status.");
        _tenantRetries = _meter.CreateCounter<long>("admin_functions.tenant.retries", "{request}", "Those of them that were sent again, by operation.");
        _grants = _meter.CreateCounter<long>("admin_functions.token.grants", "{grant}", "Grants of a Management API token, those that failed too.");
        _secretReads = _meter.CreateCounter<long>("admin_functions.secret.reads", "{read}", "Reads of the client secret from the vault, those that failed too.");
        _keyRefreshes = _meter.CreateCounter<long>("admin_functions.signing_keys.refreshes", "{refresh}", "Reads of the tenant's signing keys, those that failed too.");
        _exportedUsers = _meter.CreateCounter<long>("admin_functions.export.users", "{user}", "Users that exports have delivered.");
    }

    /// <summary>Whether anybody listens to what calls take.</summary>
    internal bool MeasureCalls => _calls.Enabled || _callDuration.Enabled;

    internal void Called(string function, int status, string? problem, TimeSpan duration)
    {
        var tags = new TagList { { Function, function }, { Status, status } };
        if (problem is not null)
        {
            tags.Add(Error, problem);
        }

        _calls.Add(1, tags);
        _callDuration.Record(duration.TotalSeconds, tags);
    }

    internal void TenantAnswered(string operation, int status)
    {
        if (_tenantRequests.Enabled)
        {
            _tenantRequests.Add(1, new(Operation, operation), new(Status, status));
        }
    }

    internal void TenantFailed(string operation, string error) => _tenantRequests.Add(1, new(Operation, operation), new(Error, error));

    internal void TenantRetried(string operation) => _tenantRetries.Add(1, new KeyValuePair<string, object?>(Operation, operation));

    internal void Granted(string? error = null) => Count(_grants, error);

    internal void SecretRead(string? error = null) => Count(_secretReads, error);

    internal void SigningKeysRead(string? error = null) => Count(_keyRefreshes, error);

    internal void Exported(int users) => _exportedUsers.Add(users);

    /// <summary>Lets the rate limit be read off, by who knows it.</summary>
    /// <param name="remaining">What is left; nothing while it is not known.</param>
    internal void ObserveRateLimit(Func<int?> remaining) =>
        _meter.CreateObservableGauge("admin_functions.tenant.rate_limit.remaining", () => IfKnown(remaining()), "{request}", "Requests that the Management API takes at once, by its last answer.");

    /// <summary>Lets the age of the Management API token be read off, by who keeps it.</summary>
    /// <param name="age">Its age; nothing while there is none.</param>
    internal void ObserveTokenAge(Func<TimeSpan?> age) =>
        _meter.CreateObservableGauge("admin_functions.token.age", () => IfKnown(age()?.TotalSeconds), "s", "How long ago the Management API token was granted.");

    private static void Count(Counter<long> counter, string? error)
    {
        if (error is null)
        {
            counter.Add(1);
        }
        else
        {
            counter.Add(1, new KeyValuePair<string, object?>(Error, error));
        }
    }

    private static IEnumerable<Measurement<T>> IfKnown<T>(T? value)
        where T : struct => value is { } known ? [new Measurement<T>(known)] : [];
}
