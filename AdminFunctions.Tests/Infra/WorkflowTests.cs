using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace AdminFunctions.Tests.Infra;

/// <summary>The workflows and azd's file: readable, pinned, without credentials, and in step with the templates.</summary>
public sealed partial class WorkflowTests
{
    private static readonly IReadOnlyList<string> Paths = [.. Repository.Files(".github/workflows", "*.yml")];

    public static TheoryData<string> Workflows => [.. Paths];

    [Fact]
    public void There_is_a_workflow_that_tests_and_one_that_deploys() =>
        Paths.ShouldBe([".github/workflows/ci.yml", ".github/workflows/deploy.yml"]);

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_pinned_by_its_commit(string path)
    {
        var text = Repository.Read(path);
        var pinned = PinnedPattern().Count(text);
        var actions = Scalars(Yaml(path), "uses").Where(action => !action.StartsWith("./", StringComparison.Ordinal)).ToList();

        actions.ShouldNotBeEmpty();
        actions.ShouldAllBe(action => CommitPattern().IsMatch(action));
        pinned.ShouldBe(actions.Count, "a comment names the version behind each commit");
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void An_action_has_the_same_version_wherever_it_is_used(string path)
    {
        var mine = Scalars(Yaml(path), "uses").Where(action => action.Contains('@'));
        var all = Paths.SelectMany(other => Scalars(Yaml(other), "uses")).Distinct().ToList();

        mine.ShouldAllBe(action => all.Count(other => other.Split('@')[0] == action.Split('@')[0]) == 1);
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_may_read_the_repository_and_only_deploying_asks_for_an_identity(string path)
    {
        var workflow = Yaml(path);

        Pairs((YamlMappingNode)workflow["permissions"]).ShouldBe(["contents: read"]);
        foreach (var (name, job) in (YamlMappingNode)workflow["jobs"])
        {
            if (((YamlMappingNode)job).Children.TryGetValue("permissions", out var permissions))
            {
                $"{path}: {name}".ShouldBe(".github/workflows/deploy.yml: deploy");
                Pairs((YamlMappingNode)permissions).ShouldBe(["contents: read", "id-token: write"]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void No_workflow_has_a_stored_credential(string path)
    {
        var text = Repository.Read(path);

        text.ShouldNotContain("secrets.");
        text.ShouldNotContain("client-secret", Case.Insensitive);
        text.ShouldNotContain("publish-profile", Case.Insensitive);
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Nothing_that_an_outsider_writes_becomes_part_of_a_command(string path) =>
        Scalars(Yaml(path), "run").ShouldAllBe(command => !command.Contains("${{"));

    [Fact]
    public void Deploying_hands_over_every_variable_of_the_parameters_file()
    {
        var deploy = (YamlMappingNode)Yaml(".github/workflows/deploy.yml")["jobs"]["deploy"]["env"];
        var given = deploy.Children.Keys.Select(key => ((YamlScalarNode)key).Value!).ToList();
        var needed = TemplateTests.ParametersFile().Values.Select(value => value[2..^1]);

        // azd itself knows who is signed in.
        needed.Where(name => !name.StartsWith("AZURE_PRINCIPAL_", StringComparison.Ordinal)).ShouldBeSubsetOf(given);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("infra/README.md")]
    [InlineData(".github/workflows/deploy.yml")]
    public void What_is_asked_of_azd_is_an_output_of_the_template(string path)
    {
        var outputs = BicepFile.Main.Outputs.Select(output => output.Name).ToList();

        AskedOfAzdPattern().Matches(Repository.Read(path)).Select(match => match.Groups["name"].Value).ShouldBeSubsetOf(outputs);
    }

    [Fact]
    public void The_service_that_azd_deploys_is_the_function_app()
    {
        var services = (YamlMappingNode)Yaml("azure.yaml")["services"];
        var (name, service) = services.Children.ShouldHaveSingleItem();

        ((YamlScalarNode)service["host"]).Value.ShouldBe("function");
        Repository.Has($"{((YamlScalarNode)service["project"]).Value}/AdminFunctions.csproj").ShouldBeTrue();
        BicepFile.Named("infra/modules/function-app.bicep").Text.ShouldContain($"'azd-service-name': '{name}'");
    }

    private static YamlMappingNode Yaml(string path)
    {
        var yaml = new YamlStream();
        using var text = new StringReader(Repository.Read(path));
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents.ShouldHaveSingleItem().RootNode;
    }

    /// <summary>The values of a key, wherever in the document it stands.</summary>
    private static IEnumerable<string> Scalars(YamlMappingNode document, string key) =>
        document.AllNodes.OfType<YamlMappingNode>()
            .Where(node => node.Children.ContainsKey(key) && node[key] is YamlScalarNode)
            .Select(node => ((YamlScalarNode)node[key]).Value!);

    private static IEnumerable<string> Pairs(YamlMappingNode node) => node.Children.Select(pair => $"{pair.Key}: {pair.Value}");

    [GeneratedRegex("^[^@]+@[0-9a-f]{40}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommitPattern();

    [GeneratedRegex(@"uses: [^@\s]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PinnedPattern();

    [GeneratedRegex(@"azd env get-value (?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AskedOfAzdPattern();
}
