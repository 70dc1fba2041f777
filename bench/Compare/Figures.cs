namespace AdminFunctions.Compare;

/// <summary>The compared servers.</summary>
internal enum Target
{
    /// <summary>Direct calls to the tenant, with a Management API token.</summary>
    Tenant,

    /// <summary>AdminFunctions on the local host.</summary>
    AdminFunctions,

    /// <summary>The Express server.</summary>
    Express,

    /// <summary>AdminFunctions in a worker under a minimal Functions host.</summary>
    Worker,

    /// <summary>A function that does nothing, under the same host.</summary>
    EmptyFunction,
}

/// <summary>The measured values.</summary>
internal enum Measure
{
    /// <summary>Calls per second, by number of callers.</summary>
    CallsPerSecond,

    /// <summary>The median latency in ms, by number of callers.</summary>
    P50,

    /// <summary>The 99th percentile of the latency in ms, by number of callers.</summary>
    P99,

    /// <summary>Processor time per call in ms, by number of callers.</summary>
    Processor,

    /// <summary>Allocated kB per call, by number of callers.</summary>
    Allocated,

    /// <summary>Time in ms from process start until the port is open, by latency of the tenant.</summary>
    Open,

    /// <summary>Time in ms from process start to the first response, by latency of the tenant.</summary>
    FirstAnswer,

    /// <summary>Working set in MB, one second after the first response.</summary>
    IdleWorkingSet,

    /// <summary>Working set in MB after all calls.</summary>
    LoadedWorkingSet,

    /// <summary>Time in ms of a first request <see cref="Bench.Warming"/> after process start, by latency of the tenant.</summary>
    EarlyAnswer,

    /// <summary>The same, after the port has opened.</summary>
    LateAnswer,
}

/// <summary>A value for each round.</summary>
internal sealed class Series : List<double>
{
    public Series()
    {
    }

    public Series(IEnumerable<double> rounds)
        : base(rounds)
    {
    }

    public double Median
    {
        get
        {
            double[] sorted = [.. this.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>The median, minimum and maximum.</summary>
    public string ToString(string format) =>
        Count is 0 ? "" : $"{Median.ToString(format)} ({this.Min().ToString(format)}–{this.Max().ToString(format)})";
}

/// <summary>All values, by target, measure, and number of callers or latency.</summary>
internal sealed class Figures
{
    private readonly Dictionary<(Target, Measure, int), Series> _series = [];

    /// <summary>The warm-up requests before the first request, by measure and latency of the tenant, for each round.</summary>
    public Dictionary<(Measure, int), List<WarmUpStats>> WarmUpStats { get; } = [];

    public Series this[Target target, Measure measure, int of = 0] =>
        _series.TryGetValue((target, measure, of), out var series) ? series : _series[(target, measure, of)] = [];

    /// <summary>The ratio of two targets, for each round.</summary>
    public Series Ratio(Measure measure, int of, Target target, Target over) =>
        new(this[target, measure, of].Zip(this[over, measure, of], static (one, other) => one / other));

    /// <summary>The overhead of AdminFunctions over the tenant, divided by that of Express, for each round.</summary>
    public Series RatioOfOverhead(Measure measure, int of) => new(
        this[Target.Tenant, measure, of].Zip(this[Target.AdminFunctions, measure, of], this[Target.Express, measure, of])
            .Select(static round => (round.Second - round.First) / (round.Third - round.First)));
}

/// <summary>The number of warm-up requests that the functions sent before their first request.</summary>
/// <param name="TokenGrants">Management API tokens.</param>
/// <param name="SecretReads">The client secret.</param>
/// <param name="JwksReads">The signing keys.</param>
internal sealed record WarmUpStats(long TokenGrants, long SecretReads, long JwksReads)
{
    public bool IsWarm => this is { TokenGrants: > 0, SecretReads: > 0, JwksReads: > 0 };

    public override string ToString() => $"{SecretReads} secret, {TokenGrants} grant, {JwksReads} keys";
}
