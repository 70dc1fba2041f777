using System.Globalization;
using System.Runtime.InteropServices;

namespace AdminFunctions.Compare;

/// <summary>Prints the progress line and the final tables in Markdown.</summary>
internal static class Report
{
    /// <summary>Prints the progress: one line that is overwritten, or a new line if output is redirected.</summary>
    public static void Progress(string line)
    {
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(line);
        }
        else
        {
            Console.Error.Write($"\r{line,-70}");
        }
    }

    /// <summary>Prints the results.</summary>
    public static void Print(
        TextWriter output, Options options, LoadTool tool, string node, Figures figures, IReadOnlyList<Criterion> criteria)
    {
        output.WriteLine();
        output.WriteLine(Processes.AreStandIns
            ? "**Measured with the stand-in for Auth0's SDK, not with Auth0.ManagementApi.**"
            : "Measured with Auth0.ManagementApi, not with the stand-in.");
        if (options.SelfContained)
        {
            output.WriteLine("Published as one image with .NET, unlike the deployed function app.");
        }

        output.WriteLine($"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB, "
            + $"{RuntimeInformation.OSDescription}, .NET {Environment.Version}, Node.js {node}. {options.Rounds} rounds of "
            + $"{options.Seconds} s. The load generator, {tool.Name}, shares the cores with the servers. Medians (minimum–maximum).");
        output.WriteLine();
        output.WriteLine(
            "| warm, tenant at 0 ms | callers | calls/s | p50, ms | p99, ms | processor, ms per call | allocated, kB per call |");
        output.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
        foreach (var callers in Bench.Callers)
        {
            foreach (var target in Enum.GetValues<Target>().Where(target => figures[target, Measure.P50, callers].Count > 0))
            {
                output.WriteLine($"| {Name(target)} | {callers} | {Figure(Measure.CallsPerSecond, "0")} "
                    + $"| {Figure(Measure.P50, "0.00")} | {Figure(Measure.P99, "0.0")} "
                    + $"| {Figure(Measure.Processor, "0.00")} | {Figure(Measure.Allocated, "0")} |");

                string Figure(Measure measure, string format) => figures[target, measure, callers].ToString(format);
            }
        }

        output.WriteLine();
        output.WriteLine("| time from process start, ms | tenant latency, ms | vault latency, ms | port open | first 200 |");
        output.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var latency in Bench.Latencies)
        {
            foreach (var target in Enum.GetValues<Target>().Where(target => figures[target, Measure.FirstAnswer, latency.Tenant].Count > 0))
            {
                var vault = target is Target.AdminFunctions or Target.Worker ? $"{latency.Vault}" : "no vault";
                var open = figures[target, Measure.Open, latency.Tenant].ToString("0");
                var first = figures[target, Measure.FirstAnswer, latency.Tenant].ToString("0");
                output.WriteLine($"| {Name(target)} | {latency.Tenant} | {vault} | {open} | {first} |");
            }
        }

        output.WriteLine();
        output.WriteLine($"| {Name(Target.AdminFunctions)}: first request {Bench.Warming.TotalMilliseconds} ms after "
            + "| tenant latency, ms | vault latency, ms | duration, ms | warm-up requests before it |");
        output.WriteLine("|---|--:|--:|--:|---|");
        foreach (var latency in Bench.Latencies)
        {
            foreach (var measure in (Measure[])[Measure.EarlyAnswer, Measure.LateAnswer])
            {
                var after = measure is Measure.EarlyAnswer ? "process start (or when the port opens)" : "the port opens";
                var duration = figures[Target.AdminFunctions, measure, latency.Tenant].ToString("0");
                var warmUp = string.Join("; ", figures.WarmUpStats[(measure, latency.Tenant)].Distinct());
                output.WriteLine($"| {after} | {latency.Tenant} | {latency.Vault} | {duration} | {warmUp} |");
            }
        }

        output.WriteLine();
        output.WriteLine("| working set, MB | idle | after load |");
        output.WriteLine("|---|--:|--:|");
        foreach (var target in Enum.GetValues<Target>().Where(target =>
            target is not Target.Tenant && figures[target, Measure.IdleWorkingSet].Count > 0))
        {
            var idle = figures[target, Measure.IdleWorkingSet].ToString("0");
            var loaded = figures[target, Measure.LoadedWorkingSet].ToString("0");
            output.WriteLine($"| {Name(target)} | {idle} | {loaded} |");
        }

        output.WriteLine();
        output.WriteLine("| per round | median | bound | |");
        output.WriteLine("|---|--:|--:|---|");
        foreach (var criterion in criteria)
        {
            var bound = criterion.Bound is { } number
                ? $"{(criterion.AtMost ? "at most" : "at least")} {number.ToString(CultureInfo.InvariantCulture)}"
                : "";
            var result = criterion.Bound is null ? "" : criterion.IsMet ? "met" : "**not met**";
            output.WriteLine($"| {criterion.Name} | {criterion.Rounds.ToString("0.00")} | {bound} | {result} |");
        }
    }

    private static string Name(Target target) => target switch
    {
        Target.Tenant => "the tenant, directly",
        Target.AdminFunctions => "AdminFunctions",
        Target.Worker => "AdminFunctions in a worker",
        Target.EmptyFunction => "an empty function in a worker",
        _ => "Express",
    };
}

/// <summary>A criterion: a bound for the median of a ratio.</summary>
/// <param name="Bound"><see langword="null"/> for a ratio that is only reported.</param>
internal sealed record Criterion(string Name, Series Rounds, double? Bound, bool AtMost = true)
{
    public bool IsMet => Bound is not { } bound || (AtMost ? Rounds.Median <= bound : Rounds.Median >= bound);

    public static IReadOnlyList<Criterion> For(Figures figures)
    {
        Series Ratio(Measure measure, int of) => figures.Ratio(measure, of, Target.AdminFunctions, Target.Express);

        return
        [
            new("1 caller: overhead of p50 over the tenant, relative to Express", figures.RatioOfOverhead(Measure.P50, 1), 0.35),
            new("1 caller: allocated kB per call", figures[Target.AdminFunctions, Measure.Allocated, 1], 200),
            new("16 callers: calls/s relative to Express", Ratio(Measure.CallsPerSecond, 16), 3.2, AtMost: false),
            new("16 callers: p99 relative to Express", Ratio(Measure.P99, 16), 1),
            new("64 callers: calls/s relative to Express", Ratio(Measure.CallsPerSecond, 64), 2, AtMost: false),
            new("64 callers: p99 relative to Express", Ratio(Measure.P99, 64), 0.3),
            .. Bench.Latencies.Select(latency => new Criterion(
                $"process start to first 200, tenant at {latency.Tenant} ms, relative to Express",
                Ratio(Measure.FirstAnswer, latency.Tenant),
                0.7)),
            new("working set after load, relative to Express", Ratio(Measure.LoadedWorkingSet, 0), 1),
            .. Bench.Latencies.Select(latency => new Criterion(
                $"first request {Bench.Warming.TotalMilliseconds} ms after the port opens, tenant at {latency.Tenant} ms: "
                    + "share of rounds with secret, grant and keys before it",
                new(figures.WarmUpStats[(Measure.LateAnswer, latency.Tenant)].Select(static stats => stats.IsWarm ? 1d : 0)),
                1,
                AtMost: false)),
            .. figures[Target.Worker, Measure.P50, 1].Count is 0 ? [] : OverTheFloor(figures),
        ];
    }

    private static Criterion[] OverTheFloor(Figures figures)
    {
        return
        [
            .. Bench.Callers.SelectMany(callers => (Criterion[])
            [
                Of($"{callers} callers: p50", Measure.P50, callers),
                Of($"{callers} callers: calls/s", Measure.CallsPerSecond, callers),
                Of($"{callers} callers: processor time", Measure.Processor, callers),
            ]),
            Of("start to first response", Measure.FirstAnswer, 0),
        ];

        Criterion Of(string name, Measure measure, int of) => new(
            $"in a worker, {name} relative to an empty function",
            figures.Ratio(measure, of, Target.Worker, Target.EmptyFunction),
            Bound: null);
    }
}
