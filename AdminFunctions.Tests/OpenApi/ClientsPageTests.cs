using System.Text.RegularExpressions;
using System.Xml.Linq;
using AdminFunctions.Tests.Infra;

namespace AdminFunctions.Tests.OpenApi;

/// <summary>docs/clients.md agrees with openapi.yaml, and its policies for API Management let everything through that callers need.</summary>
public sealed partial class ClientsPageTests
{
    private static readonly string Page = Repository.Read("docs/clients.md");

    private static readonly XElement Policies = XElement.Parse(PoliciesPattern().Match(Page).Value);

    [Fact]
    public void Its_generators_are_those_that_the_project_uses() =>
        Repository.Read("samples/dashboard/package.json").ShouldContain($"npx --yes {GeneratorPattern().Match(Page).Value} ../../AdminFunctions/openapi.yaml");

    [Fact]
    public void Its_TypeScript_calls_paths_of_the_description()
    {
        var called = CallPattern().Matches(Page).Select(match => $"{match.Groups["method"].Value} {match.Groups["path"].Value}").ToList();

        called.Count.ShouldBe(2);
        called.ShouldBeSubsetOf(OpenApiDescription.Operations.Select(operation => $"{operation.Method} {operation.Path}"));
    }

    [Fact]
    public void Streams_are_passed_on_at_once_and_nothing_is_cached()
    {
        Policies.Element("backend")!.Element("forward-request")!.Attribute("buffer-response")!.Value.ShouldBe("false");
        Policies.Descendants().ShouldNotContain(policy => policy.Name.LocalName.StartsWith("cache-", StringComparison.Ordinal) || policy.Name == "validate-content");
    }

    [Fact]
    public void Browsers_can_use_every_method_of_the_API_with_a_token()
    {
        var cors = Policies.Descendants("cors").ShouldHaveSingleItem();

        cors.Descendants("method").Select(method => method.Value)
            .ShouldBe(OpenApiDescription.Operations.Select(operation => operation.Method).Distinct(), ignoreOrder: true);
        cors.Descendants("header").Select(header => header.Value).ShouldContain("authorization");
        cors.Descendants("origin").ShouldNotContain(origin => origin.Value.Contains('*'));
        Policies.Descendants("set-header").ShouldBeEmpty();
    }

    [GeneratedRegex(@"<policies>.*</policies>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PoliciesPattern();

    [GeneratedRegex(@"openapi-typescript@[\d.]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GeneratorPattern();

    [GeneratedRegex(@"api\.(?<method>[A-Z]+)\('(?<path>[^']+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CallPattern();
}
