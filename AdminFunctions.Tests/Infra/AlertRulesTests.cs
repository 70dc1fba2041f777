using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdminFunctions.Audit;
using AdminFunctions.Functions;
using AdminFunctions.Tests.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using static AdminFunctions.Tests.Infra.PredictedDeployment;

namespace AdminFunctions.Tests.Infra;

/// <summary>
/// The alert rules and the workbook that are deployed: the rules are those of docs/operations.md, and the queries find what the functions log.
/// </summary>
public sealed partial class AlertRulesTests(LogAnalytics logs) : IClassFixture<LogAnalytics>
{
    private const string Rules = "Microsoft.Insights/scheduledQueryRules";

    private static readonly string Page = Repository.Read("docs/operations.md");

    /// <summary>How many rows the query of a rule returns for the lines of <see cref="LogAnalytics"/>.</summary>
    private static readonly Dictionary<string, int> Found = new(StringComparer.Ordinal)
    {
        ["write-unknown"] = 1,
        ["write-without-outcome"] = 1,
        ["refused-writes"] = 21,
        ["many-deletions"] = 22,
        ["refusals-left-out"] = 1,
        ["administrator-needed"] = 2,
        ["auth0-failing"] = 1,
        ["package-written"] = 1,
        ["unexpected"] = 1,
        ["status-500"] = 20,
        ["slow-calls"] = 1,
        ["token-grants"] = 1,
        ["renewal-failing"] = 1,
    };

    /// <summary>What a column can contain, if a query compares it with a text.</summary>
    private static readonly Dictionary<string, IReadOnlyCollection<string>> Values = new(StringComparer.Ordinal)
    {
        ["Event"] = [.. typeof(AuditTrail).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic).Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventName).OfType<string>()],
        ["Slug"] = OperationsPageTests.Slugs,
        ["Outcome"] = [.. OperationsPageTests.Slugs, "done", "no-such-user", "requested"],
        ["Action"] = Functions,
        ["OperationName"] = Functions,
        ["Name"] = [.. InstrumentsTests.Units.Keys],
        ["ResultCode"] = ["500"],
        ["Category"] = ["StorageWrite", "StorageDelete"],
    };

    public static TheoryData<string> Queries => [.. Found.Keys];

    private static IReadOnlyCollection<string> Functions =>
        [.. typeof(DeleteUser).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name).OfType<string>()];

    /// <summary>The rows of the page about rules: rule, condition, within, checked every, severity, mail, what to do.</summary>
    private static IReadOnlyList<string[]> Rows => OperationsPageTests.Rows("| rule | condition |");

    private static string Definitions => Repository.Read("infra/alerts/definitions.kql");

    [TemplateFact]
    public void Each_row_of_the_page_is_a_rule_that_is_deployed()
    {
        var rules = OfType(Rules).Select(rule => Row(
            NameOf(rule),
            At(rule, "properties.windowSize")!,
            At(rule, "properties.evaluationFrequency")!,
            At(rule, "properties.severity")!,
            At(rule, "properties.autoMitigate")!,
            At(rule, "properties.description")!));
        var availability = OfType("Microsoft.Insights/metricAlerts").Select(alert => Row(
            NameOf(alert),
            At(alert, "properties.windowSize")!,
            At(alert, "properties.evaluationFrequency")!,
            At(alert, "properties.severity")!,
            At(alert, "properties.autoMitigate")!,
            At(alert, "properties.description")!));

        Rows.Select(row => $"{row[0]} | {row[2]} | {row[3]} | {row[4]} | {row[5]} | {WithoutMarkup(row[6])}").ShouldBe(rules.Concat(availability));
    }

    [TemplateFact]
    public void Each_row_has_the_number_of_its_rule()
    {
        foreach (var rule in OfType(Rules))
        {
            var condition = Rows.Single(row => row[0] == $"`{NameOf(rule)}`")[1];
            var threshold = Criterion(rule).GetProperty("threshold").ToString();
            var expected = NameOf(rule) switch
            {
                "many-deletions" => "more than 100 ",
                "token-grants" => "more grants of tokens than instances (`MAXIMUM_INSTANCE_COUNT`)",
                "package-written" => "any ",
                "auth0-failing" => "in more than 1% of the calls, and at least 5 times",
                "slow-calls" => "over 2 s, in at least 20 calls",
                _ => threshold == "0" ? "any " : $"more than {threshold} ",
            };
            condition.ShouldContain(expected);
        }

        Threshold("many-deletions").ShouldBe("50", "everything.bicepparam");
        Threshold("token-grants").ShouldBe("5", "the default of maximumInstanceCount");
        Default("deletionsPerHour").ShouldBe(100);
        Default("maximumInstanceCount").ShouldBe(5);

        static string Threshold(string rule) => Criterion(OfType(Rules).Single(other => NameOf(other) == rule)).GetProperty("threshold").ToString();
        static int Default(string parameter) => ArmTemplate.Main.Parameters.Single(other => other.Name == parameter).Default!.Value.GetInt32();
    }

    [TemplateFact]
    public void A_rule_counts_the_rows_of_the_query_that_the_page_shows()
    {
        var shown = BlockPattern().Matches(Page).ToDictionary(block => block.Groups["rule"].Value, block => block.Groups["query"].Value, StringComparer.Ordinal);

        Page.ShouldContain($"\n```kusto\n{Definitions}```\n");
        Repository.Files("infra/alerts", "*.kql").ShouldBe(shown.Keys.Append("definitions").Select(name => $"infra/alerts/{name}.kql"), ignoreOrder: true);
        foreach (var rule in OfType(Rules))
        {
            var name = NameOf(rule);
            Repository.Read($"infra/alerts/{name}.kql").ShouldBe(shown[name]);
            Query(rule).ShouldBe($"{Definitions}\n{shown[name]}");
            Criterion(rule).GetProperty("timeAggregation").GetString().ShouldBe("Count");
            Criterion(rule).GetProperty("operator").GetString().ShouldBe("GreaterThan");
            Criterion(rule).GetProperty("dimensions").EnumerateArray().Select(dimension => dimension.GetProperty("name").GetString())
                .ShouldBe(name is "refused-writes" or "many-deletions" ? ["Actor"] : []);
        }
    }

    [TemplateFact]
    public void A_rule_reads_the_workspace_and_sends_mail_to_the_address()
    {
        var workspace = Id(OfType("Microsoft.OperationalInsights/workspaces").ShouldHaveSingleItem());
        var people = OfType("Microsoft.Insights/actionGroups").ShouldHaveSingleItem();

        people.GetProperty("properties").GetProperty("emailReceivers").EnumerateArray().ShouldHaveSingleItem().GetProperty("emailAddress").GetString().ShouldBe("operations@example.com");
        At(people, "properties.groupShortName")!.Length.ShouldBeInRange(1, 12, "Azure's limit");
        foreach (var rule in OfType(Rules))
        {
            var properties = rule.GetProperty("properties");
            properties.GetProperty("scopes").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe(workspace);
            properties.GetProperty("actions").GetProperty("actionGroups").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe(Id(people));
            At(rule, "properties.enabled").ShouldBe("True");
            At(rule, "properties.skipQueryValidation").ShouldBe("True", "before the first call there are no tables");

            // Azure refuses this beside autoMitigate.
            At(rule, "properties.muteActionsDuration").ShouldBeNull();
        }
    }

    [TemplateFact]
    public void Without_an_address_nothing_is_deployed_that_alerts()
    {
        var modules = ArmTemplate.Main.Resources.Where(resource => resource.GetProperty("type").GetString() == "Microsoft.Resources/deployments").ToList();
        var alerting = modules.Where(module => AlertTypePattern().IsMatch(module.GetProperty("properties").GetProperty("template").GetRawText())).ShouldHaveSingleItem();
        var workbook = modules.Where(module => module.GetProperty("properties").GetProperty("template").GetRawText().Contains("Microsoft.Insights/workbooks", StringComparison.Ordinal)).ShouldHaveSingleItem();

        alerting.GetProperty("condition").GetString().ShouldBe("[not(empty(parameters('alertEmail')))]");
        workbook.TryGetProperty("condition", out _).ShouldBeFalse();
        ArmTemplate.Main.Parameters.Single(parameter => parameter.Name == "alertEmail").Default!.Value.GetString().ShouldBe("");
    }

    [TemplateFact]
    public void The_test_from_outside_calls_the_health_that_needs_no_token()
    {
        var test = OfType("Microsoft.Insights/webtests").ShouldHaveSingleItem();
        var alert = OfType("Microsoft.Insights/metricAlerts").ShouldHaveSingleItem();

        At(test, "kind").ShouldBe("standard");
        At(test, "properties.Request.RequestUrl")!.ShouldContain("/api/health");
        At(test, "properties.Request.RequestUrl")!.ShouldNotContain("check");
        At(test, "properties.Request.Headers").ShouldBeNull();
        At(test, "properties.ValidationRules.ExpectedHttpStatusCode").ShouldBe("200");
        At(test, "properties.Locations")!.Split("\"Id\"").Length.ShouldBe(5 + 1);
        At(alert, "properties.criteria.failedLocationCount").ShouldBe("3");
        At(alert, "properties.criteria.webTestId").ShouldBe(Id(test));
        At(alert, "properties.actions")!.ShouldContain(Id(OfType("Microsoft.Insights/actionGroups").ShouldHaveSingleItem()));
        GetHealth.Policy.RequiresToken.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_finds_what_its_rule_is_about_and_nothing_after_normal_calls(string rule)
    {
        var query = Definitions + Repository.Read($"infra/alerts/{rule}.kql");

        logs.Run(query).Rows.Count.ShouldBe(Found[rule]);
        LogAnalytics.RunQuietly(query).Rows.ShouldBeEmpty();
    }

    [Fact]
    public void Every_rule_has_been_tried() =>
        Rows.Select(row => row[0].Trim('`')).ShouldBe(Found.Keys.Append("availability"));

    [Fact]
    public void An_attempt_that_crashed_is_found_even_if_another_of_the_same_trace_ended() =>
        logs.Run(Definitions + Repository.Read("infra/alerts/write-without-outcome.kql"))["Target"].ShouldBe(["auth0|crashed"]);

    [Fact]
    public void The_audit_trail_is_taken_apart()
    {
        var refused = logs.Run($"{Definitions} Audit | where Outcome == \"protected-user\"").Rows.ShouldHaveSingleItem();

        refused["Event"].ShouldBe("WriteRefused");
        refused["Action"].ShouldBe("DeleteUser");
        refused["Actor"].ShouldBe(AdminApp.CallerId);
        refused["Target"].ShouldBe("auth0|owner");
        ((string)refused["TraceId"]!).Length.ShouldBe(32);
        ((string)refused["CorrelationId"]!).Length.ShouldBe(32);
        logs.Run(Definitions + Repository.Read("infra/alerts/refusals-left-out.kql"))["Count"].ShouldBe([5.0]);
        logs.Run(Definitions + "Problems | where Detail endswith \"more such lines were left out\"")["Lines"].ShouldBe([5.0]);
    }

    [Fact]
    public void A_query_names_only_what_the_functions_write()
    {
        var queries = Repository.Files("infra/alerts", "*.kql").Select(Repository.Read).Concat(Charts.Select(chart => chart.Query))
            .Concat(AnyBlockPattern().Matches(Page).Select(block => block.Groups["query"].Value));
        var compared = queries.SelectMany(query => ComparedPattern().Matches(query)).SelectMany(
            comparison => TextPattern().Matches(comparison.Groups["texts"].Value).Select(text => (Column: comparison.Groups["column"].Value, Text: text.Groups["text"].Value))).ToList();

        compared.Count.ShouldBeGreaterThan(30);
        compared.ShouldAllBe(pair => Values[pair.Column].Contains(pair.Text));
    }

    /// <summary>Azure runs a query with ago() over two days, whatever the rule says.</summary>
    [Fact]
    public void A_query_of_a_rule_leaves_the_time_range_to_the_rule() =>
        Repository.Files("infra/alerts", "*.kql").Select(Repository.Read).ShouldAllBe(query => !query.Contains("ago("));

    [TemplateFact]
    public void The_workbook_shows_the_charts_of_its_file_about_the_workspace()
    {
        var workbook = OfType("Microsoft.Insights/workbooks").ShouldHaveSingleItem();
        var workspace = Id(OfType("Microsoft.OperationalInsights/workspaces").ShouldHaveSingleItem());
        var items = JsonElement.Parse(At(workbook, "properties.serializedData")!).GetProperty("items").EnumerateArray().ToList();

        At(workbook, "properties.sourceId").ShouldBe(workspace);
        Guid.TryParse(Name(workbook), out _).ShouldBeTrue();
        At(items[0], "name").ShouldBe("parameters");
        items.Skip(1).Select(item => (At(item, "content.title"), At(item, "content.query")))
            .ShouldBe(Charts.Select(chart => ((string?)chart.Title, (string?)$"{Definitions}\n{chart.Query}")));
        items.Skip(1).ShouldAllBe(item => At(item, "content.crossComponentResources") == $"""["{workspace}"]""");
        items.Skip(1).ShouldAllBe(item => At(item, "content.timeContextFromParameter") == "TimeRange");
    }

    [Fact]
    public void Every_chart_of_the_workbook_has_rows()
    {
        var rows = Charts.ToDictionary(
            chart => chart.Title,
            chart => logs.Run(Definitions + chart.Query.Replace("{TimeRange:grain}", "5m", StringComparison.Ordinal)).Rows,
            StringComparer.Ordinal);

        rows.Count.ShouldBe(9);
        rows.ShouldAllBe(chart => chart.Value.Count > 0);
        rows["Rate limit of Auth0: requests left"].ShouldHaveSingleItem()["Limit"].ShouldBe("users.read");
        rows["Planned deletions"].Select(row => row["Event"]).ShouldBe(["PlanMade", "PlanExecuted"], ignoreOrder: true);
        rows["Problems by slug"].Single(row => row["Slug"] is "insufficient-permission")["Calls"].ShouldBe(25.0);
    }

    private static IReadOnlyList<(string Title, string Query)> Charts =>
        [.. JsonElement.Parse(Repository.Read("infra/workbook.json")).EnumerateArray().Select(chart => (chart.GetProperty("title").GetString()!, chart.GetProperty("query").GetString()!))];

    private static string NameOf(JsonElement resource) => Name(resource)[..Name(resource).LastIndexOf('-')];

    private static JsonElement Criterion(JsonElement rule) => rule.GetProperty("properties").GetProperty("criteria").GetProperty("allOf").EnumerateArray().ShouldHaveSingleItem();

    private static string Query(JsonElement rule) => Criterion(rule).GetProperty("query").GetString()!;

    /// <summary>A resource as the page shows it. Its description ends with a reference to its row.</summary>
    private static string Row(string name, string window, string frequency, string severity, string resolves, string description)
    {
        var reference = $""" See docs/operations.md, "What to alert on": {name}.""";
        description.ShouldEndWith(reference);
        return $"`{name}` | {Duration(window)} | {Duration(frequency)} | {severity} | {(resolves == "True" ? "begin and end" : "each time")} | {description[..^reference.Length]}";
    }

    private static string Duration(string iso)
    {
        var duration = System.Xml.XmlConvert.ToTimeSpan(iso);
        return duration.TotalHours >= 1 ? duration.TotalHours.ToString("0 'h'", CultureInfo.InvariantCulture) : duration.TotalMinutes.ToString("0 'min'", CultureInfo.InvariantCulture);
    }

    private static string WithoutMarkup(string cell) => LinkPattern().Replace(cell, "${text}").Replace("`", "", StringComparison.Ordinal);

    [GeneratedRegex("^`(?<rule>[a-z0-9-]+)`:\n\n```kusto\n(?<query>[^`]+)```$", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BlockPattern();

    [GeneratedRegex("^```kusto\n(?<query>[^`]+)```$", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AnyBlockPattern();

    /// <summary>A column beside a text, or in a list of texts.</summary>
    [GeneratedRegex("""\b(?<column>[A-Z]\w+) (==|!=|in|!in) (?<texts>\("[^)]+\)|"[^"]*")""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ComparedPattern();

    [GeneratedRegex("\"(?<text>[^\"]*)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TextPattern();

    [GeneratedRegex(@"\[(?<text>[^\]]+)\]\([^)]+\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LinkPattern();

    [GeneratedRegex("Microsoft.Insights/(scheduledQueryRules|metricAlerts|webtests|actionGroups)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AlertTypePattern();
}
