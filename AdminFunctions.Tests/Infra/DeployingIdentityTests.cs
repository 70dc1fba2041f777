using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdminFunctions.Tests.Infra;

/// <summary>The section "From GitHub" of infra/README.md: who can deploy, and what the deploying identity can do.</summary>
public sealed partial class DeployingIdentityTests
{
    private static readonly string Page = Repository.Read("infra/README.md");

    private static readonly string Condition = Repository.Read("infra/deployer-condition.txt");

    [Fact]
    public void A_job_can_use_the_environment_only_on_main_and_after_a_review()
    {
        var environment = Body($"gh api --method PUT 'repos/{{owner}}/{{repo}}/environments/{EnvironmentName}' --input - ");

        environment.GetProperty("reviewers").GetArrayLength().ShouldBe(1);
        environment.GetProperty("prevent_self_review").GetBoolean().ShouldBeTrue();
        var branches = environment.GetProperty("deployment_branch_policy");
        branches.GetProperty("protected_branches").GetBoolean().ShouldBeFalse();
        branches.GetProperty("custom_branch_policies").GetBoolean().ShouldBeTrue();
        Commands("gh api --method POST 'repos/{owner}/{repo}/environments/").ShouldBe(
            [$"gh api --method POST 'repos/{{owner}}/{{repo}}/environments/{EnvironmentName}/deployment-branch-policies' -f name=main -f type=branch"]);
    }

    [Fact]
    public void Main_changes_by_an_approved_pull_request_that_passed_the_checks()
    {
        var ruleset = Body("gh api --method POST 'repos/{owner}/{repo}/rulesets' --input - ");
        var rules = ruleset.GetProperty("rules").EnumerateArray().ToDictionary(rule => rule.GetProperty("type").GetString()!, StringComparer.Ordinal);

        ruleset.GetProperty("enforcement").GetString().ShouldBe("active");
        ruleset.TryGetProperty("bypass_actors", out _).ShouldBeFalse();
        ruleset.GetProperty("conditions").GetProperty("ref_name").GetProperty("include").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe("refs/heads/main");
        rules.Keys.ShouldBe(["deletion", "non_fast_forward", "pull_request", "required_status_checks"], ignoreOrder: true);
        rules["pull_request"].GetProperty("parameters").GetProperty("required_approving_review_count").GetInt32().ShouldBeGreaterThan(0);
        rules["pull_request"].GetProperty("parameters").GetProperty("dismiss_stale_reviews_on_push").GetBoolean().ShouldBeTrue();
        rules["required_status_checks"].GetProperty("parameters").GetProperty("required_status_checks").EnumerateArray()
            .Select(check => check.GetProperty("context").GetString()).ShouldBe(WorkflowTests.ChecksOfCi(), ignoreOrder: true);
    }

    [Fact]
    public void Azure_trusts_jobs_of_that_environment_in_this_very_repository()
    {
        Page.ShouldContain($"/\\(.name)@\\(.id):environment:{EnvironmentName}\"')\n");
        Commands("az identity federated-credential create ").ShouldHaveSingleItem().ShouldContain("--subject \"$subject\"");
    }

    [Fact]
    public void Its_roles_are_on_the_resource_group_alone_and_the_role_administrator_is_bound_by_the_condition()
    {
        var roles = Commands("az role assignment create ");

        roles.Select(role => RolePattern().Match(role).Groups["role"].Value).ShouldBe(["Contributor", "Role Based Access Control Administrator"]);
        roles.ShouldAllBe(role => role.Contains(" --scope \"$group\" ", StringComparison.Ordinal));
        Commands("group=").ShouldBe(["group=$(az group show --name rg-production --query id --output tsv)"]);
        roles[1].ShouldEndWith(" --condition @infra/deployer-condition.txt --condition-version 2.0");
    }

    [Fact]
    public void It_is_not_in_the_resource_group_that_it_may_change() =>
        Commands("az identity create ").ShouldHaveSingleItem().ShouldContain("--resource-group rg-deployers ");

    [TemplateFact]
    public void The_condition_allows_it_to_assign_and_remove_only_the_function_apps_roles()
    {
        var needed = PredictedDeployment.RoleAssignments.Where(assignment => assignment.PrincipalType == "ServicePrincipal").Select(assignment => assignment.RoleId).ToList();

        foreach (var (action, source) in new[] { ("write", "Request"), ("delete", "Resource") })
        {
            var clause = ClausePattern().Matches(Condition).Single(match => match.Groups["action"].Value == action);
            clause.Groups["roles"].Value.Split(", ").ShouldBe(needed, ignoreOrder: true);
            clause.Groups["source"].Captures.Select(capture => capture.Value).Distinct().ShouldBe([source]);
            clause.Groups["types"].Value.ShouldBe("'ServicePrincipal'");
        }
    }

    /// <summary>
    /// The form in Azure's documentation: https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples.
    /// </summary>
    [Fact]
    public void The_condition_consists_of_the_two_clauses_and_nothing_else()
    {
        var clauses = ClausePattern().Matches(Condition);

        clauses.Count.ShouldBe(2);
        ClausePattern().Replace(Condition, "clause").ShouldBe("clause\nAND\nclause\n");
    }

    [TemplateFact]
    public void Every_resource_provider_is_registered_beforehand()
    {
        var registered = ProvidersPattern().Match(Page).Groups["providers"].Value.Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries);

        // These two always exist.
        registered.ShouldBe(PredictedDeployment.Resources.Select(resource => PredictedDeployment.TypeOf(resource).Split('/')[0]).Distinct()
            .Except(["Microsoft.Authorization", "Microsoft.Resources"]).Append("Microsoft.App"), ignoreOrder: true);
    }

    [Fact]
    public void The_workflow_reads_its_variables_from_the_environment_that_only_administrators_change()
    {
        Commands("gh variable set ").ShouldAllBe(command => command.Contains($" --env {EnvironmentName} ", StringComparison.Ordinal));
        Repository.Read(".github/workflows/deploy.yml").ShouldContain("if [ -z \"$2\" ]; then echo \"::error::");
    }

    [TemplateFact]
    public void Every_variable_with_a_default_is_set_in_the_environment_too()
    {
        var optional = ArmTemplate.Main.Parameters.Where(parameter => parameter.Default is not null).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);

        VariablesPattern().Match(Page).Groups["names"].Value.Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(TemplateTests.ParametersFile().Where(pair => optional.Contains(pair.Key)).Select(pair => pair.Value[2..^1])
                .Where(name => !name.StartsWith("AZURE_PRINCIPAL_", StringComparison.Ordinal)), ignoreOrder: true);
    }

    private static string EnvironmentName => WorkflowTests.Job("deploy")["environment"].ToString();

    /// <summary>The commands on the page that begin with this text, including continued lines.</summary>
    private static IReadOnlyList<string> Commands(string start) =>
    [
        .. ContinuationPattern().Replace(Page, " ").Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith(start, StringComparison.Ordinal)),
    ];

    /// <summary>The JSON that a command on the page sends, with a number in place of shell variables.</summary>
    private static JsonElement Body(string command)
    {
        var match = Regex.Match(Page, $@"{Regex.Escape(command)}<<'?JSON'?\n(?<json>.*?)\n\s*JSON\n", RegexOptions.Singleline, TimeSpan.FromSeconds(1));
        match.Success.ShouldBeTrue($"infra/README.md has no such command: {command}");
        return JsonElement.Parse(ShellPattern().Replace(match.Groups["json"].Value, "1"));
    }

    [GeneratedRegex(@" \\\n\s*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContinuationPattern();

    [GeneratedRegex(@"\$\([^)]*\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ShellPattern();

    [GeneratedRegex("--role ('(?<role>[^']+)'|(?<role>[^ ]+))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"for provider in (?<providers>[^;]+); do", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProvidersPattern();

    [GeneratedRegex(@"for name in (?<names>[^;]+); do", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariablesPattern();

    [GeneratedRegex(
        """
        \(
         \(
          !\(ActionMatches\{'Microsoft\.Authorization/roleAssignments/(?<action>\w+)'\}\)
         \)
         OR
         \(
          @(?<source>\w+)\[Microsoft\.Authorization/roleAssignments:RoleDefinitionId\] ForAnyOfAnyValues:GuidEquals \{(?<roles>[^}]+)\}
          AND
          @(?<source>\w+)\[Microsoft\.Authorization/roleAssignments:PrincipalType\] ForAnyOfAnyValues:StringEqualsIgnoreCase \{(?<types>[^}]+)\}
         \)
        \)
        """,
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ClausePattern();
}
