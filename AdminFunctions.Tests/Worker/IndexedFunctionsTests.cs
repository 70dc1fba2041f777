using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdminFunctions.Functions;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.Tests.Infra;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Worker;

/// <summary>The worker's own list of functions, which the compiler generates, compared with other lists.</summary>
[Collection(UnderAFunctionsHost.Name)]
public sealed partial class IndexedFunctionsTests(DeployedApp app)
{
    private IEnumerable<string> Indexed => app.Host.Functions.Select(function => Line(function.Name, function.Methods, function.Route));

    [Fact]
    public async Task They_are_the_functions_that_the_local_host_serves()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting().AddFunctionHost();
        await using var local = builder.Build();

        Indexed.ShouldBe(
            local.MapFunctions(typeof(GetUsers).Assembly, new FunctionHostOptions())
                .Select(function => Line(function.Name, function.Methods, function.Route)),
            ignoreOrder: true);
    }

    [Fact]
    public void They_are_the_functions_that_README_shows() =>
        Indexed.ShouldBe(
            ReadmeLine().Matches(Repository.Read("README.md"))
                .Select(line => Line(line.Groups["name"].Value, [line.Groups["methods"].Value], line.Groups["route"].Value)),
            ignoreOrder: true);

    [Fact]
    public void The_log_of_each_is_enabled_by_its_name_in_host_json() =>
        JsonNode.Parse(Repository.Read("host.json"))!["logging"]!["logLevel"]!.AsObject()
            .Select(level => level.Key).Where(category => category.EndsWith(".User", StringComparison.Ordinal))
            .ShouldBe(app.Host.Functions.Select(function => $"Function.{function.Name}.User"), ignoreOrder: true);

    [Fact]
    public void The_deployed_host_has_no_home_page() =>
        Repository.Read("infra/modules/function-app.bicep").ShouldContain("\n      AzureWebJobsDisableHomepage: 'true'\n");

    [Fact]
    public void No_function_requires_a_function_key() => app.Host.Functions.ShouldAllBe(function => function.Level == "Anonymous");

    [Fact]
    public void The_host_takes_the_first_match_in_the_order_of_names_and_no_function_hides_another() =>
        app.Host.Functions
            .SelectMany(function => app.Host.Functions.Where(other => Hides(other, function)).Select(other => $"{other.Name} hides {function.Name}"))
            .ShouldBeEmpty();

    private static bool Hides(FunctionsHost.IndexedFunction other, FunctionsHost.IndexedFunction function) =>
        StringComparer.OrdinalIgnoreCase.Compare(other.Name, function.Name) < 0
        && other.Methods.Intersect(function.Methods).Any()
        && new TemplateMatcher(TemplateParser.Parse(other.Route), []).TryMatch($"/{Parameter().Replace(function.Route, "x")}", []);

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();

    private static string Line(string name, IEnumerable<string> methods, string route) => $"{name}: [{string.Join(',', methods)}] {route}";

    [GeneratedRegex(
        @"^ +(?<name>\w+): \[(?<methods>[A-Z,]+)\] http://localhost:7071/api/(?<route>\S+)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadmeLine();
}
