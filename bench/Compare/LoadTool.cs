using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdminFunctions.Compare;

/// <summary>What a load tool has seen.</summary>
/// <param name="Requests">Answers of success.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="P50">The median time of a call, in milliseconds.</param>
/// <param name="P99">What 99 of 100 calls kept below, in milliseconds.</param>
/// <param name="Failures">Other answers, and none.</param>
internal sealed record Load(long Requests, double Seconds, double P50, double P99, long Failures);

/// <summary>What makes the calls: wrk, or autocannon where there is none.</summary>
internal sealed partial class LoadTool
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly bool _wrk;

    private LoadTool(bool wrk, string name) => (_wrk, Name) = (wrk, name);

    /// <summary>Which one it is.</summary>
    public string Name { get; }

    /// <summary>Finds it.</summary>
    public static LoadTool Find()
    {
        var wrk = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(static directory => File.Exists(Path.Combine(directory, "wrk")));
        return new(wrk, wrk ? "wrk" : "autocannon");
    }

    /// <summary>Calls over and over.</summary>
    public async Task<Load> RunAsync(Uri address, string token, int callers, int seconds, CancellationToken cancellationToken)
    {
        var load = _wrk
            ? ReadWrk(await Parts.RunAsync("wrk", ["-t1", $"-c{callers}", $"-d{seconds}s", "--timeout", "30s", "--latency", "-H", $"Authorization: Bearer {token}", address.AbsoluteUri], cancellationToken))
            : JsonSerializer.Deserialize<Load>(await Parts.RunAsync("node", [Path.Combine(Parts.Peer, "load.mjs"), address.AbsoluteUri, $"{callers}", $"{seconds}", token], cancellationToken), Json)!;
        return load is { Failures: 0, Requests: > 0 } ? load : throw new BenchException($"{address} was called {load.Requests} times, {load.Failures} failed.");
    }

    private static Load ReadWrk(string text)
    {
        var requests = Requests().Match(text);
        return new Load(
            long.Parse(requests.Groups["requests"].ValueSpan, CultureInfo.InvariantCulture),
            Time(requests.Groups["time"].Value, requests.Groups["unit"].Value) / 1000,
            Percentile("50"),
            Percentile("99"),
            Failures().Matches(text).Sum(static match => long.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture)));

        double Percentile(string share)
        {
            var match = Percentiles().Matches(text).First(match => match.Groups["share"].Value == share);
            return Time(match.Groups["time"].Value, match.Groups["unit"].Value);
        }

        static double Time(string number, string unit) => double.Parse(number, CultureInfo.InvariantCulture) * unit switch
        {
            "us" => 0.001,
            "ms" => 1,
            "s" => 1000,
            _ => 60_000,
        };
    }

    [GeneratedRegex(@"(?<requests>\d+) requests in (?<time>[\d.]+)(?<unit>us|ms|s|m)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Requests();

    [GeneratedRegex(@"^ +(?<share>\d+)% +(?<time>[\d.]+)(?<unit>us|ms|s|m)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Percentiles();

    [GeneratedRegex(@"(Non-2xx or 3xx responses: |connect |read |write |timeout )(?<count>\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Failures();
}
