using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AdminFunctions.Telemetry;

/// <summary>
/// The metrics of the meter <c>AdminFunctions</c>. Names and units follow OpenTelemetry's semantic conventions
/// (https://opentelemetry.io/docs/specs/semconv/general/metrics/). Without a listener, nothing is counted.
/// </summary>
public sealed class Instruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "AdminFunctions";

    private const string Function = "faas.name";
    private const string Operation = "admin_functions.tenant.operation";
    private const string Status = "http.response.status_code";
    private const string Error = "error.type";
    private const string RateLimit = "admin_functions.tenant.rate_limit";

    private readonly Meter _meter;
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _callDuration;
    private readonly Counter<long> _tenantRequests;
    private readonly Counter<long> _tenantRetries;
    private readonly Counter<long> _grants;
    private readonly Counter<long> _secretReads;
    private readonly Counter<long> _keyRefreshes;
    private readonly Counter<long> _exportedUsers;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meter">The host's own, named <see cref="MeterName"/>: hosts in one process do not count for each other.</param>
    public Instruments(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _meter = meter;
        _calls = _meter.CreateCounter<long>("admin_functions.calls", "{call}", "Function calls, by function, status and problem.");
        _callDuration = _meter.CreateHistogram(
            "admin_functions.call.duration",
            "s",
            "Duration of function calls, to the end of the response.",
            tags: null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
            });
        _tenantRequests = _meter.CreateCounter<long>("admin_functions.tenant.requests", "{request}", "Requests to the tenant.");
        _tenantRetries = _meter.CreateCounter<long>("admin_functions.tenant.retries", "{request}", "Retries of such requests.");
        _grants = _meter.CreateCounter<long>("admin_functions.token.grants", "{grant}", "Grants of a Management API token.");
        _secretReads = _meter.CreateCounter<long>("admin_functions.secret.reads", "{read}", "Reads of the client secret.");
        _keyRefreshes = _meter.CreateCounter<long>("admin_functions.signing_keys.refreshes", "{refresh}", "Reads of the signing keys.");
        _exportedUsers = _meter.CreateCounter<long>("admin_functions.export.users", "{user}", "Exported users.");
    }

    /// <summary>Whether there is a listener for calls.</summary>
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

    internal void TenantFailed(string operation, string error) =>
        _tenantRequests.Add(1, new(Operation, operation), new(Error, error));

    internal void TenantRetried(string operation) =>
        _tenantRetries.Add(1, new KeyValuePair<string, object?>(Operation, operation));

    internal void Granted(string? error = null) => Count(_grants, error);

    internal void SecretRead(string? error = null) => Count(_secretReads, error);

    internal void SigningKeysRead(string? error = null) => Count(_keyRefreshes, error);

    internal void Exported(int users) => _exportedUsers.Add(users);

    /// <param name="remaining">Returns what is left of each limit; <see langword="null"/> while it is not known.</param>
    internal void ObserveRateLimits(Func<IEnumerable<(string Limit, int? Remaining)>> remaining) => _meter.CreateObservableGauge(
        "admin_functions.tenant.rate_limit.remaining",
        () => remaining().Where(static limit => limit.Remaining is not null).Select(static limit =>
            new Measurement<int>(limit.Remaining!.Value, new KeyValuePair<string, object?>(RateLimit, limit.Limit))),
        "{request}",
        "Requests left in a rate limit of the Management API, according to the last response about it.");

    /// <param name="age">Returns <see langword="null"/> while there is no token.</param>
    internal void ObserveTokenAge(Func<TimeSpan?> age) => _meter.CreateObservableGauge(
        "admin_functions.token.age",
        () => IfKnown(age()?.TotalSeconds),
        "s",
        "Age of the Management API token.");

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
