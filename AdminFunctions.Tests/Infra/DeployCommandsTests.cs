using System.Text.RegularExpressions;

namespace AdminFunctions.Tests.Infra;

/// <summary>The commands on the pages: they keep the secret out of their arguments, and need the versions that the pages name.</summary>
public sealed partial class DeployCommandsTests
{
    private static readonly IReadOnlyList<string> Pages =
        ["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "samples/dashboard/README.md", .. Repository.Files("docs", "*.md"), .. Repository.Files("infra", "*.md")];

    /// <summary>Other users of the machine can see the arguments of a command.</summary>
    [Fact]
    public void A_secret_is_never_an_argument()
    {
        var commands = Pages.SelectMany(page => ContinuationPattern().Replace(Repository.Read(page), " ").Split('\n')).ToList();
        var sets = commands.Where(command => command.Contains("az keyvault secret set --", StringComparison.Ordinal)).ToList();

        sets.Count.ShouldBe(2);
        sets.ShouldAllBe(command => command.Contains(" --file \"$file\"", StringComparison.Ordinal));
        commands.ShouldAllBe(command => !SecretArgumentPattern().IsMatch(command));
    }

    /// <summary>A line break at its end would become a part of the secret.</summary>
    [Fact]
    public void A_file_with_a_secret_is_private_has_no_line_break_and_is_deleted()
    {
        foreach (var text in Pages.Select(Repository.Read).Where(text => text.Contains("> \"$file\"", StringComparison.Ordinal)))
        {
            WritePattern().Matches(text).ShouldAllBe(write => write.Value.Contains("printf %s ", StringComparison.Ordinal) || write.Value.Contains("jq -erj ", StringComparison.Ordinal));
            Count(text, "file=$(mktemp)").ShouldBe(Count(text, "> \"$file\""));
            Count(text, "rm \"$file\"").ShouldBe(Count(text, "> \"$file\""));
        }

        static int Count(string text, string part) => text.Split(part).Length - 1;
    }

    [Fact]
    public void The_pages_name_the_versions_of_the_tools()
    {
        var azd = AzdPattern().Match(Repository.Read("azure.yaml")).Groups["version"].Value;
        var coreTools = CoreToolsPattern().Match(Repository.Read(".github/workflows/ci.yml")).Groups["version"].Value;
        var named = NamedPattern().Matches(Repository.Read("infra/README.md")).ShouldHaveSingleItem();

        named.Groups["azd"].Value.ShouldBe(azd);
        var readme = Repository.Read("README.md");
        readme.ShouldContain($"/install-azd) {azd} or later");
        readme.ShouldContain($"/install-azure-cli) {named.Groups["az"].Value} or later");
        readme.ShouldContain($"/functions-run-local) {coreTools} or later");
        Repository.Read("CHANGELOG.md").ShouldContain($"azd {azd} and az {named.Groups["az"].Value}");
    }

    [GeneratedRegex(@" \\\n\s*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContinuationPattern();

    [GeneratedRegex(@"az keyvault secret set .*--value|auth0ClientSecret=", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretArgumentPattern();

    [GeneratedRegex(@"^.*> ""\$file"".*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WritePattern();

    [GeneratedRegex(@"^  azd: "">= (?<version>[\d.]+)""$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AzdPattern();

    [GeneratedRegex(@"azure-functions-core-tools@(?<version>[\d.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CoreToolsPattern();

    [GeneratedRegex(@"You need azd (?<azd>[\d.]+) and az (?<az>[\d.]+), or later versions", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedPattern();
}
