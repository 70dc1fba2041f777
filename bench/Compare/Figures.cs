namespace AdminFunctions.Compare;

/// <summary>The ways to the users.</summary>
internal enum Way
{
    /// <summary>The tenant called directly, with a token for the Management API.</summary>
    Wire,

    /// <summary>AdminFunctions.</summary>
    Ours,

    /// <summary>The Express server.</summary>
    Peer,
}

/// <summary>What is measured.</summary>
internal enum Measure
{
    /// <summary>Calls a second, by callers.</summary>
    CallsPerSecond,

    /// <summary>The median time of a call in ms, by callers.</summary>
    P50,

    /// <summary>The 99th percentile in ms, by callers.</summary>
    P99,

    /// <summary>Processor time a call in ms, by callers.</summary>
    Processor,

    /// <summary>Allocated kB a call, by callers.</summary>
    Allocated,

    /// <summary>ms from the process' start until its port is open, by the tenant's latency.</summary>
    Open,

    /// <summary>ms from the process' start until the first answer is there, by the tenant's latency.</summary>
    FirstAnswer,

    /// <summary>MB a second after the first answer.</summary>
    IdleWorkingSet,

    /// <summary>MB after all calls.</summary>
    LoadedWorkingSet,

    /// <summary>ms that a first request takes which is sent <see cref="Bench.Warming"/> after the process' start, by the tenant's latency.</summary>
    EarlyAnswer,

    /// <summary>The same, after the port's opening.</summary>
    LateAnswer,
}

/// <summary>A figure of each round.</summary>
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

    /// <summary>The median, and the least and the most.</summary>
    public string ToString(string format) =>
        Count is 0 ? "" : $"{Median.ToString(format)} ({this.Min().ToString(format)}–{this.Max().ToString(format)})";
}

/// <summary>All figures: by way, measure, and number of callers or latency.</summary>
internal sealed class Figures
{
    private readonly Dictionary<(Way, Measure, int), Series> _series = [];

    /// <summary>What a first request found done before it, by the tenant's latency, one text for each round.</summary>
    public Dictionary<(Measure, int), List<Warmth>> Warmth { get; } = [];

    public Series this[Way way, Measure measure, int of = 0] => _series.TryGetValue((way, measure, of), out var series) ? series : _series[(way, measure, of)] = [];

    /// <summary>One way's figures over another's, round by round.</summary>
    public Series Ratio(Measure measure, int of, Way way, Way over) => new(this[way, measure, of].Zip(this[over, measure, of], static (one, other) => one / other));

    /// <summary>What ours adds to the wire's figures, over what the peer adds, round by round.</summary>
    public Series RatioOfAdded(Measure measure, int of) => new(
        this[Way.Wire, measure, of].Zip(this[Way.Ours, measure, of], this[Way.Peer, measure, of])
            .Select(static round => (round.Second - round.First) / (round.Third - round.First)));
}

/// <summary>What the functions have asked for before their first request.</summary>
/// <param name="TokenGrants">Management API tokens.</param>
/// <param name="SecretReads">The client secret.</param>
/// <param name="JwksReads">The signing keys.</param>
internal sealed record Warmth(long TokenGrants, long SecretReads, long JwksReads)
{
    public bool IsWarm => this is { TokenGrants: > 0, SecretReads: > 0, JwksReads: > 0 };

    public override string ToString() => $"{SecretReads} secret, {TokenGrants} grant, {JwksReads} keys";
}
