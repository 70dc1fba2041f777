using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdminFunctions.Audit;
using AdminFunctions.Functions;
using AdminFunctions.Http;
using AdminFunctions.Telemetry;
using AdminFunctions.Tests.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Infra;

/// <summary>docs/operations.md agrees with the code, and host.json keeps the logs that it promises.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string Page = Repository.Read("docs/operations.md");

    /// <summary>The slugs of all problems.</summary>
    internal static IReadOnlyList<string> Slugs =>
        [.. SlugPattern().Matches(Repository.Read("AdminFunctions/Http/Problem.cs")).Select(match => match.Groups["slug"].Value).Distinct()];

    [Fact]
    public void Its_audit_events_are_those_of_the_code()
    {
        var events = typeof(AuditTrail).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()
            .Select(message => $"| {message.EventId} | `{message.EventName}` | {message.Level} |");

        Rows("| id | event |").Select(row => $"| {row[0]} | {row[1]} | {row[3]} |").ShouldBe(events, ignoreOrder: true);
    }

    [Fact]
    public void Its_metrics_are_those_of_the_code() =>
        Rows("| metric |").Select(row => (row[0], row[1])).ShouldBe(InstrumentsTests.Units.Select(unit => ($"`{unit.Key}`", $"`{unit.Value}`")), ignoreOrder: true);

    [Fact]
    public void Its_problems_are_those_of_the_code()
    {
        Slugs.Count.ShouldBeGreaterThan(10);
        Rows("| slug |").Select(row => row[0]).ShouldBe(Slugs.Select(slug => $"`{slug}`"), ignoreOrder: true);
        Page.ShouldContain($"`{RequestPipeline.ClientClosed}`");
    }

    [Fact]
    public void Its_numbers_are_those_of_the_code()
    {
        Page.ShouldContain($"at most {LineLimit.LinesAMinute} per outcome and minute");
        Page.ShouldContain(PlainPattern().Match(Repository.Read("AdminFunctions/Telemetry/AuditedId.cs")).Groups["pattern"].Value);
    }

    [Fact]
    public void Every_link_within_it_has_its_heading()
    {
        var headings = HeadingPattern().Matches(Page).Select(match => match.Groups["text"].Value.ToLowerInvariant().Replace(' ', '-')).ToList();

        LinkPattern().Matches(Page).Select(match => match.Groups["heading"].Value).ShouldBeSubsetOf(headings);
    }

    [Fact]
    public void The_host_samples_no_log_and_keeps_what_functions_log()
    {
        using var host = JsonDocument.Parse(Repository.Read("host.json"));
        var logging = host.RootElement.GetProperty("logging");

        logging.GetProperty("applicationInsights").GetProperty("samplingSettings").GetProperty("excludedTypes").GetString()!.Split(';').ShouldContain("Trace");
        var functions = typeof(DeleteUser).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name).OfType<string>();
        logging.GetProperty("logLevel").EnumerateObject().Where(level => level.Name.EndsWith(".User", StringComparison.Ordinal))
            .Select(level => (level.Name, level.Value.GetString()))
            .ShouldBe(functions.Select(function => ($"Function.{function}.User", (string?)"Information")), ignoreOrder: true);
    }

    [TemplateFact]
    public void The_log_with_the_trail_is_kept_as_long_as_the_parameter_says()
    {
        var log = PredictedDeployment.OfType("Microsoft.OperationalInsights/workspaces/tables").ShouldHaveSingleItem();

        PredictedDeployment.Name(log).ShouldEndWith("/AppTraces");
        PredictedDeployment.At(log, "properties.retentionInDays").ShouldBe("400");
        PredictedDeployment.At(log, "properties.totalRetentionInDays").ShouldBe("400");
        PredictedDeployment.AppSettings[OtlpExport.Endpoint].ShouldBe("https://collector.example.com:4317");
    }

    /// <summary>The cells of the table with this header.</summary>
    internal static IReadOnlyList<string[]> Rows(string head) =>
        [.. Page.Split('\n').SkipWhile(line => !line.StartsWith(head, StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    [GeneratedRegex("""new\(\s*(?:\d{3}|StatusCodes\.\w+),\s*"(?<slug>[a-z-]+)""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SlugPattern();

    [GeneratedRegex("""@"\\A(?<pattern>.+)\\z",""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainPattern();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HeadingPattern();

    [GeneratedRegex(@"\]\(#(?<heading>[^)]+)\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LinkPattern();
}
