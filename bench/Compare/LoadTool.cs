using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdminFunctions.Compare;

/// <summary>The result of a load test.</summary>
/// <param name="Requests">The number of successful responses.</param>
/// <param name="Seconds">The duration.</param>
/// <param name="P50">The median latency, in milliseconds.</param>
/// <param name="P99">The 99th percentile of the latency, in milliseconds.</param>
/// <param name="Failures">The number of other or missing responses.</param>
internal sealed record Load(long Requests, double Seconds, double P50, double P99, long Failures);

/// <summary>The load generator: wrk, or autocannon if wrk is not installed.</summary>
internal sealed partial class LoadTool
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly bool _wrk;

    private LoadTool(bool wrk, string name) => (_wrk, Name) = (wrk, name);

    /// <summary>The name of the tool.</summary>
    public string Name { get; }

    /// <summary>Finds the tool.</summary>
    public static LoadTool Find()
    {
        var wrk = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(static directory => File.Exists(Path.Combine(directory, "wrk")));
        return new(wrk, wrk ? "wrk" : "autocannon");
    }

    /// <summary>Runs a load test.</summary>
    public async Task<Load> RunAsync(Uri address, string token, int callers, int seconds, CancellationToken cancellationToken)
    {
        string[] arguments = _wrk
            ?
            [
                "-t1", $"-c{callers}", $"-d{seconds}s", "--timeout", "30s", "--latency",
                "-H", $"Authorization: Bearer {token}", address.AbsoluteUri,
            ]
            : [Path.Combine(Processes.Peer, "load.mjs"), address.AbsoluteUri, $"{callers}", $"{seconds}", token];
        var output = await Processes.RunAsync(_wrk ? "wrk" : "node", arguments, cancellationToken);
        var load = _wrk ? ReadWrk(output) : JsonSerializer.Deserialize<Load>(output, Json)!;
        return load is { Failures: 0, Requests: > 0 }
            ? load
            : throw new BenchException($"{address}: {load.Requests} successful calls, {load.Failures} failed calls.");
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

    [GeneratedRegex(
        @"(?<requests>\d+) requests in (?<time>[\d.]+)(?<unit>us|ms|s|m)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Requests();

    [GeneratedRegex(
        @"^ +(?<share>\d+)% +(?<time>[\d.]+)(?<unit>us|ms|s|m)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Percentiles();

    [GeneratedRegex(
        @"(Non-2xx or 3xx responses: |connect |read |write |timeout )(?<count>\d+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Failures();
}
