using System.Globalization;
using System.Runtime.InteropServices;

namespace AdminFunctions.Compare;

/// <summary>The progress line and the final tables, in Markdown.</summary>
internal static class Report
{
    /// <summary>One line that is written over; a new one each time where that is not possible.</summary>
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

    /// <summary>What has been measured.</summary>
    public static void Print(TextWriter output, Options options, LoadTool tool, string node, Figures figures, IReadOnlyList<Law> laws)
    {
        output.WriteLine();
        output.WriteLine(Parts.AreStandIns
            ? "**The stand-in for Auth0's SDK was measured, not Auth0.ManagementApi.**"
            : "Auth0.ManagementApi itself was measured, no stand-in.");
        if (options.SelfContained)
        {
            output.WriteLine("Published with .NET itself in one image, which is not how the function app is deployed.");
        }

        output.WriteLine($"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, Node.js {node}. "
            + $"{options.Rounds} rounds of {options.Seconds} s; {tool.Name}, which shares the cores with all it calls. Medians (least–most).");
        output.WriteLine();
        output.WriteLine("| warm, tenant at 0 ms | callers | calls/s | p50, ms | p99, ms | processor, ms a call | allocated, kB a call |");
        output.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
        foreach (var callers in Bench.Callers)
        {
            foreach (var way in Enum.GetValues<Way>())
            {
                output.WriteLine($"| {Name(way)} | {callers} | {Figure(Measure.CallsPerSecond, "0")} | {Figure(Measure.P50, "0.00")} | {Figure(Measure.P99, "0.0")} | {Figure(Measure.Processor, "0.00")} | {Figure(Measure.Allocated, "0")} |");

                string Figure(Measure measure, string format) => figures[way, measure, callers].ToString(format);
            }
        }

        output.WriteLine();
        output.WriteLine("| from the process' start, ms | tenant at, ms | vault at, ms | port open | first 200 |");
        output.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var latency in Bench.Latencies)
        {
            foreach (var way in (Way[])[Way.Ours, Way.Peer])
            {
                output.WriteLine($"| {Name(way)} | {latency.Tenant} | {(way is Way.Ours ? latency.Vault : "no vault")} | {figures[way, Measure.Open, latency.Tenant].ToString("0")} | {figures[way, Measure.FirstAnswer, latency.Tenant].ToString("0")} |");
            }
        }

        output.WriteLine();
        output.WriteLine($"| {Name(Way.Ours)}: a first request {Bench.Warming.TotalMilliseconds} ms after | tenant at, ms | vault at, ms | takes, ms | done before it |");
        output.WriteLine("|---|--:|--:|--:|---|");
        foreach (var latency in Bench.Latencies)
        {
            foreach (var measure in (Measure[])[Measure.EarlyAnswer, Measure.LateAnswer])
            {
                output.WriteLine($"| {(measure is Measure.EarlyAnswer ? "the process' start (or when the port opens)" : "the port's opening")} | {latency.Tenant} | {latency.Vault} | {figures[Way.Ours, measure, latency.Tenant].ToString("0")} | {string.Join("; ", figures.Warmth[(measure, latency.Tenant)].Distinct())} |");
            }
        }

        output.WriteLine();
        output.WriteLine("| working set, MB | idle | after load |");
        output.WriteLine("|---|--:|--:|");
        foreach (var way in (Way[])[Way.Ours, Way.Peer])
        {
            output.WriteLine($"| {Name(way)} | {figures[way, Measure.IdleWorkingSet].ToString("0")} | {figures[way, Measure.LoadedWorkingSet].ToString("0")} |");
        }

        output.WriteLine();
        output.WriteLine("| ratio, round by round | | | |");
        output.WriteLine("|---|--:|--:|---|");
        foreach (var law in laws)
        {
            output.WriteLine($"| {law.Name} | {law.Rounds.ToString("0.00")} | {(law.AtMost ? "at most" : "at least")} {law.Bound.ToString(CultureInfo.InvariantCulture)} | {(law.IsKept ? "kept" : "**not kept**")} |");
        }
    }

    private static string Name(Way way) => way switch
    {
        Way.Wire => "the tenant, directly",
        Way.Ours => "AdminFunctions",
        _ => "Express",
    };
}

/// <summary>A ratio that shall hold: its median does.</summary>
internal sealed record Law(string Name, Series Rounds, double Bound, bool AtMost = true)
{
    public bool IsKept => AtMost ? Rounds.Median <= Bound : Rounds.Median >= Bound;

    public static IReadOnlyList<Law> For(Figures figures)
    {
        return
        [
            new("1 caller: p50 added to the tenant's, over what Express adds", figures.RatioOfAdded(Measure.P50, 1), 0.5),
            .. Bench.Callers.Where(static callers => callers > 1).SelectMany(callers => (Law[])
            [
                new($"{callers} callers: calls/s, over Express'", figures.Ratio(Measure.CallsPerSecond, callers, Way.Ours, Way.Peer), 2, AtMost: false),
                new($"{callers} callers: p99, over Express'", figures.Ratio(Measure.P99, callers, Way.Ours, Way.Peer), 1),
            ]),
            .. Bench.Latencies.Select(latency => new Law(
                $"process start to first 200, tenant at {latency.Tenant} ms, over Express'", figures.Ratio(Measure.FirstAnswer, latency.Tenant, Way.Ours, Way.Peer), 0.7)),
            new("working set after load, over Express'", figures.Ratio(Measure.LoadedWorkingSet, 0, Way.Ours, Way.Peer), 1),
            .. Bench.Latencies.Select(latency => new Law(
                $"first request {Bench.Warming.TotalMilliseconds} ms after the port's opening, tenant at {latency.Tenant} ms: rounds where secret, grant and keys were there before it",
                new(figures.Warmth[(Measure.LateAnswer, latency.Tenant)].Select(static warmth => warmth.IsWarm ? 1d : 0)),
                1,
                AtMost: false)),
        ];
    }
}
