using System.Diagnostics;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace AdminFunctions.Tests.Infra;

/// <summary>The workflows and azure.yaml are valid, pinned, without credentials, and agree with the templates.</summary>
public sealed partial class WorkflowTests
{
    private static readonly IReadOnlyList<string> Paths = [.. Repository.Files(".github/workflows", "*.yml")];

    public static TheoryData<string> Workflows => [.. Paths];

    [Fact]
    public void There_is_a_workflow_that_tests_and_one_that_deploys() =>
        Paths.ShouldBe([".github/workflows/ci.yml", ".github/workflows/deploy.yml"]);

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_pinned_to_a_commit(string path)
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
    public void A_workflow_can_read_the_repository_and_only_the_deploying_job_can_request_an_identity(string path)
    {
        var workflow = Yaml(path);

        Pairs((YamlMappingNode)workflow["permissions"]).ShouldBe(["contents: read"]);
        foreach (var (name, job) in (YamlMappingNode)workflow["jobs"])
        {
            if (((YamlMappingNode)job).Children.TryGetValue("permissions", out var permissions))
            {
                $"{path}: {name}".ShouldBe(".github/workflows/deploy.yml: deploy");
                Pairs((YamlMappingNode)permissions).ShouldBe(["id-token: write"]);
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
    public void Text_that_an_outsider_writes_never_becomes_part_of_a_command(string path) =>
        Scalars(Yaml(path), "run").ShouldAllBe(command => !command.Contains("${{"));

    [Fact]
    public void The_job_with_the_identity_is_in_the_environment_and_waits_for_the_one_that_builds()
    {
        var job = Job("deploy");

        job["environment"].ToString().ShouldBe("production");
        job["needs"].ToString().ShouldBe("build");
        job["if"].ToString().ShouldBe("github.ref == 'refs/heads/main'");
        Job("build")["needs"].ToString().ShouldBe("ci");
    }

    /// <summary>
    /// A build runs code of packages, and azd runs dotnet on the project even to provision. Neither must have access to the identity.
    /// </summary>
    [Fact]
    public void The_job_with_the_identity_runs_nothing_of_the_repository()
    {
        var job = Job("deploy");

        Scalars(job, "uses").Select(action => action.Split('@')[0]).ShouldBe(["actions/download-artifact", "Azure/login"]);
        var commands = Scalars(job, "run").SelectMany(run => run.Split('\n')).Select(line => line.TrimStart().Split(' ')[0])
            .Where(word => word.Length > 0 && !AssignmentPattern().IsMatch(word) && !word.StartsWith("--", StringComparison.Ordinal));
        commands.Distinct().ShouldBe(["parameter()", "if", "}", "parameter", "az", "output()", "printf", "curl", "test"], ignoreOrder: true);
    }

    [Fact]
    public void The_deployed_package_is_the_one_that_the_job_without_an_identity_has_built()
    {
        var upload = Steps("build").Single(step => step.Children.ContainsKey("uses") && step["uses"].ToString().StartsWith("actions/upload-artifact@", StringComparison.Ordinal));
        var download = Steps("deploy").Single(step => step.Children.ContainsKey("uses") && step["uses"].ToString().StartsWith("actions/download-artifact@", StringComparison.Ordinal));
        var built = string.Join('\n', Scalars(Job("build"), "run"));
        var deployed = string.Join('\n', Scalars(Job("deploy"), "run"));

        download["with"]["name"].ShouldBe(upload["with"]["name"]);
        upload["with"]["path"].ToString().ShouldBe("deployment");
        built.ShouldContain("dotnet build eng/bicep\ncp artifacts/infra/main.json deployment\n");
        deployed.ShouldContain("--template-file main.json ");
        built.ShouldContain("/deployment/package.zip\" .");
        deployed.ShouldContain("--src package.zip");
    }

    [Fact]
    public void A_known_vulnerability_fails_the_checks_which_also_run_every_week()
    {
        var ci = Yaml(".github/workflows/ci.yml");
        var commands = string.Join('\n', Scalars(ci, "run"));

        ((YamlMappingNode)ci["on"]).Children.ShouldContainKey("schedule");
        commands.ShouldContain("dotnet list package --vulnerable --include-transitive --format json > ");
        commands.ShouldContain("jq --exit-status 'all(.projects[]; .frameworks | not)' ");
        Scalars((YamlMappingNode)ci["jobs"]["dashboard"], "run").ShouldContain("npm audit");
    }

    [CommandsTheory("jq")]
    [InlineData("""{"projects":[{"path":"a"},{"path":"b"}]}""", 0)]
    [InlineData("""{"projects":[{"path":"a"},{"path":"b","frameworks":[{"framework":"net10.0","transitivePackages":[{"id":"x"}]}]}]}""", 1)]
    public async Task One_vulnerable_package_in_one_project_is_enough(string packages, int status)
    {
        var filter = FilterPattern().Match(Repository.Read(".github/workflows/ci.yml")).Groups["filter"].Value;
        using var jq = Process.Start(new ProcessStartInfo("jq", ["--exit-status", filter])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await jq.StandardInput.WriteAsync(packages);
        jq.StandardInput.Close();
        await jq.StandardOutput.ReadToEndAsync();
        await jq.WaitForExitAsync();

        jq.ExitCode.ShouldBe(status);
    }

    [Fact]
    public void The_artifact_lists_the_packages_of_the_functions_and_of_the_dashboard_with_their_licenses()
    {
        var built = string.Join('\n', Scalars(Job("build"), "run"));

        built.ShouldMatch(@"dotnet tool install CycloneDX --version \d+\.\d+\.\d+ ");
        built.ShouldContain("--output deployment --filename functions.cdx.json ");
        built.ShouldContain("npm sbom --prefix samples/dashboard --package-lock-only --sbom-format cyclonedx > deployment/dashboard.cdx.json\n");
        built.ShouldContain("> deployment/licenses.tsv");
    }

    [Fact]
    public void The_deploying_job_passes_every_variable_of_the_parameters_file()
    {
        var given = ((YamlMappingNode)Job("deploy")["env"]).Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString());
        var command = Scalars(Job("deploy"), "run").Single(run => run.Contains("az deployment group create ", StringComparison.Ordinal));

        // The deployer is a service principal, which needs no role on the vault.
        foreach (var (parameter, value) in TemplateTests.ParametersFile().Where(pair => !pair.Value.StartsWith("${AZURE_PRINCIPAL_", StringComparison.Ordinal)))
        {
            var variable = value[2..^1];
            given[variable].ShouldBe($"${{{{ vars.{variable} }}}}");
            command.ShouldContain($"\nparameter {parameter} \"${variable}\"\n");
        }
    }

    [Fact]
    public void The_templates_are_checked_by_the_same_command_in_both_workflows()
    {
        const string Check = "dotnet build eng/bicep";

        Scalars((YamlMappingNode)Yaml(".github/workflows/ci.yml")["jobs"]["infra"], "run").ShouldBe([Check]);
        Repository.Read(".ci/run").ShouldContain($" {Check} ");
        Repository.Read("infra/README.md").ShouldContain($"    {Check}\n");
    }

    [TemplateTheory]
    [InlineData("README.md")]
    [InlineData(".github/workflows/deploy.yml")]
    public void Every_value_that_is_read_from_a_deployment_is_an_output_of_the_template(string path)
    {
        var asked = AskedPattern().Matches(Repository.Read(path)).Select(match => match.Groups["name"].Value).ToList();

        asked.ShouldNotBeEmpty();
        asked.ShouldBeSubsetOf(ArmTemplate.Main.Outputs.Keys);
    }

    [TemplateFact]
    public void The_service_that_azd_deploys_is_the_function_app()
    {
        var services = (YamlMappingNode)Yaml("azure.yaml")["services"];
        var (name, service) = services.Children.ShouldHaveSingleItem();

        ((YamlScalarNode)service["host"]).Value.ShouldBe("function");
        Repository.Has($"{((YamlScalarNode)service["project"]).Value}/AdminFunctions.csproj").ShouldBeTrue();
        PredictedDeployment.At(PredictedDeployment.OfType("Microsoft.Web/sites").ShouldHaveSingleItem(), "tags.azd-service-name").ShouldBe(name.ToString());
    }

    /// <summary>The names of the checks of ci.yml, as GitHub shows them.</summary>
    internal static IEnumerable<string> ChecksOfCi()
    {
        foreach (var (name, job) in (YamlMappingNode)Yaml(".github/workflows/ci.yml")["jobs"])
        {
            if (((YamlMappingNode)job).Children.TryGetValue("strategy", out var strategy))
            {
                foreach (var os in (YamlSequenceNode)strategy["matrix"]["os"])
                {
                    yield return $"{name} ({os})";
                }
            }
            else
            {
                yield return name.ToString();
            }
        }
    }

    /// <summary>A job of deploy.yml.</summary>
    internal static YamlMappingNode Job(string name) => (YamlMappingNode)Yaml(".github/workflows/deploy.yml")["jobs"][name];

    private static IEnumerable<YamlMappingNode> Steps(string job) => ((YamlSequenceNode)Job(job)["steps"]).Cast<YamlMappingNode>();

    private static YamlMappingNode Yaml(string path)
    {
        var yaml = new YamlStream();
        using var text = new StringReader(Repository.Read(path));
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents.ShouldHaveSingleItem().RootNode;
    }

    /// <summary>The values of a key, anywhere in the document.</summary>
    private static IEnumerable<string> Scalars(YamlMappingNode document, string key) =>
        document.AllNodes.OfType<YamlMappingNode>()
            .Where(node => node.Children.ContainsKey(key) && node[key] is YamlScalarNode)
            .Select(node => ((YamlScalarNode)node[key]).Value!);

    private static IEnumerable<string> Pairs(YamlMappingNode node) => node.Children.Select(pair => $"{pair.Key}: {pair.Value}");

    [GeneratedRegex("^[^@]+@[0-9a-f]{40}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommitPattern();

    [GeneratedRegex(@"uses: [^@\s]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PinnedPattern();

    [GeneratedRegex(@"(azd env get-value|\$\(output) (?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AskedPattern();

    [GeneratedRegex("jq --exit-status '(?<filter>[^']+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FilterPattern();

    /// <summary>A variable, or a parameter of the template, that gets a value.</summary>
    [GeneratedRegex("^[A-Za-z0-9]+=", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AssignmentPattern();
}
