using System.Text.Json;
using System.Text.RegularExpressions;
using AdminFunctions.Settings;

namespace AdminFunctions.Tests.Infra;

/// <summary>The templates under infra/: whole, tied to each other, and of the security that infra/README.md claims.</summary>
public sealed partial class TemplateTests
{
    /// <summary>Azure's built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles.</summary>
    private static readonly Dictionary<string, (string Id, string Name)> Roles = new(StringComparer.Ordinal)
    {
        ["storageBlobDataOwner"] = ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Storage Blob Data Owner"),
        ["keyVaultSecretsUser"] = ("4633458b-17de-408a-b874-0445c86b69e6", "Key Vault Secrets User"),
        ["keyVaultSecretsOfficer"] = ("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "Key Vault Secrets Officer"),
        ["monitoringMetricsPublisher"] = ("3913510d-42f4-4e42-8a64-420c390055eb", "Monitoring Metrics Publisher"),
    };

    private static string AllText => string.Join('\n', BicepFile.All.Select(file => file.Text));

    [Fact]
    public void Every_module_exists_and_is_given_what_it_takes()
    {
        foreach (var file in BicepFile.All)
        {
            foreach (var module in file.Modules)
            {
                var path = $"{file.Path[..file.Path.LastIndexOf('/')]}/{module.Target}";
                Repository.Has(path).ShouldBeTrue($"{file} names the module {path}, which is not there");

                var parameters = BicepFile.Named(path).Parameters.ToList();
                module.Arguments.ShouldBeSubsetOf(parameters.Select(parameter => parameter.Name), $"{file} gives {path} what it does not take");
                parameters.Where(parameter => !parameter.HasDefault).Select(parameter => parameter.Name)
                    .ShouldBeSubsetOf(module.Arguments, $"{file} does not give {path} all that it needs");
            }
        }
    }

    [Fact]
    public void Every_module_is_used()
    {
        var used = BicepFile.All.SelectMany(file => file.Modules, (file, module) => $"{file.Path[..file.Path.LastIndexOf('/')]}/{module.Target}");

        BicepFile.All.Where(file => file != BicepFile.Main).Select(file => file.Path).ShouldBe(used.Distinct(), ignoreOrder: true);
    }

    [Fact]
    public void Every_output_that_a_template_reads_exists()
    {
        foreach (var file in BicepFile.All)
        {
            foreach (Match read in OutputReadPattern().Matches(file.Text))
            {
                var module = file.Modules.Single(module => module.Name == read.Groups["module"].Value);
                BicepFile.Named($"{file.Path[..file.Path.LastIndexOf('/')]}/{module.Target}").Outputs
                    .Select(output => output.Name).ShouldContain(read.Groups["output"].Value, $"read by {file} from {module.Target}");
            }
        }
    }

    [Fact]
    public void The_parameters_file_names_parameters_that_exist_and_all_that_are_needed()
    {
        var given = ParametersFile().Keys;

        given.ShouldBeSubsetOf(BicepFile.Main.Parameters.Select(parameter => parameter.Name));
        BicepFile.Main.Parameters.Where(parameter => !parameter.HasDefault).Select(parameter => parameter.Name).ShouldBeSubsetOf(given);
    }

    [Fact]
    public void The_parameters_file_holds_variables_and_no_values()
    {
        ParametersFile().Values.ShouldAllBe(value => VariablePattern().IsMatch(value));
        BicepFile.Main.Parameters.Where(parameter => parameter.IsSecure).Select(parameter => parameter.Name)
            .ShouldNotContain(name => ParametersFile().ContainsKey(name), "azd would keep the secret in a file");
    }

    [Fact]
    public void Every_parameter_and_output_says_what_it_is()
    {
        foreach (var file in BicepFile.All)
        {
            file.Parameters.Concat(file.Outputs).ShouldAllBe(declaration => declaration.Decorators.Contains("@description('"), file.Path);
        }
    }

    [Fact]
    public void A_resource_type_has_one_API_version()
    {
        var types = BicepFile.All.SelectMany(file => file.Resources).Select(resource => resource.Target).ToHashSet();

        types.ShouldAllBe(type => ResourceTypePattern().IsMatch(type));
        types.GroupBy(type => type.Split('@')[0]).ShouldAllBe(versions => versions.Count() == 1);
    }

    [Fact]
    public void Roles_are_the_ones_intended_and_README_lists_them()
    {
        var named = RolePattern().Matches(BicepFile.Named("infra/modules/roles.bicep").Text)
            .Select(match => (match.Groups["name"].Value, match.Groups["id"].Value));

        named.ShouldBe(Roles.Select(role => (role.Key, role.Value.Id)), ignoreOrder: true);
        GuidPattern().Matches(AllText).Select(match => match.Value).ShouldBe(Roles.Values.Select(role => role.Id), ignoreOrder: true);
        var readme = Repository.Read("infra/README.md");
        Roles.Values.ShouldAllBe(role => readme.Contains($"| {role.Name} |", StringComparison.Ordinal));
    }

    [Fact]
    public void Role_assignments_have_lasting_names_of_their_own_and_say_whose_they_are()
    {
        var assignments = RoleAssignments();

        assignments.Count.ShouldBe(5);
        foreach (var assignment in assignments)
        {
            var principal = assignment["principalId"];
            var role = assignment["roleDefinitionId"].Split("roleIds.")[1].TrimEnd(')');
            assignment["name"].ShouldBe($"guid({assignment["scope"]}.id, {principal}, roleIds.{role})");
            assignment["principalType"].ShouldBe(principal == "principalId" ? "'ServicePrincipal'" : "'User'");
        }
    }

    [Fact]
    public void The_function_app_may_read_secrets_and_nothing_wider()
    {
        RoleAssignments().Where(assignment => assignment["principalId"] == "principalId")
            .Select(assignment => (assignment["scope"], assignment["roleDefinitionId"].Split("roleIds.")[1].TrimEnd(')')))
            .ShouldBe(
                [
                    ("storageAccount", "storageBlobDataOwner"),
                    ("applicationInsights", "monitoringMetricsPublisher"),
                    ("secret", "keyVaultSecretsUser"),
                    ("vault", "keyVaultSecretsUser"),
                ],
                ignoreOrder: true);
    }

    [Fact]
    public void A_secret_goes_from_a_secure_parameter_into_the_vault_and_nowhere_else()
    {
        var secrets = BicepFile.All.SelectMany(file => file.Parameters, (file, parameter) => (file, parameter)).Where(pair => pair.parameter.IsSecure).ToList();

        secrets.Select(pair => $"{pair.file}: {pair.parameter.Name}").ShouldBe(["infra/main.bicep: auth0ClientSecret", "infra/modules/vault.bicep: clientSecret"]);
        UsesOf(secrets[0].file, "auth0ClientSecret").ShouldBe(["param auth0ClientSecret string = ''", "clientSecret: auth0ClientSecret", "secretIsThere: !empty(auth0ClientSecret)"]);
        UsesOf(secrets[1].file, "clientSecret").ShouldBe(
            ["param clientSecret string", "resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(clientSecret)) {", "value: clientSecret"]);
        BicepFile.Main.Modules.Single(module => module.Arguments.Contains("clientSecret")).Target.ShouldBe("modules/vault.bicep");
    }

    [Fact]
    public void Every_parameter_that_could_hold_a_secret_is_secure()
    {
        foreach (var file in BicepFile.All)
        {
            file.Parameters.Where(parameter => SecretWordPattern().IsMatch(parameter.Name)).ShouldAllBe(parameter => parameter.IsSecure, file.Path);
        }
    }

    [Fact]
    public void No_output_and_no_app_setting_reads_a_key_or_a_secret()
    {
        var told = BicepFile.All.SelectMany(file => file.Outputs, (file, output) => $"{file}: {output.Name}{output.Body}")
            .Concat(BicepFile.AppSettings().Select(setting => $"{setting.Key}: {setting.Value}"));

        // Application Insights' address is called a connection string; with local authentication off it admits nobody.
        told.Where(text => !text.EndsWith("applicationInsights.properties.ConnectionString", StringComparison.Ordinal))
            .ShouldAllBe(text => !SecretReadPattern().IsMatch(text));
        KeyFunctionPattern().Matches(AllText).Select(match => match.Value).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("storage", "allowSharedKeyAccess: false")]
    [InlineData("storage", "allowBlobPublicAccess: false")]
    [InlineData("storage", "minimumTlsVersion: 'TLS1_2'")]
    [InlineData("storage", "supportsHttpsTrafficOnly: true")]
    [InlineData("monitoring", "DisableLocalAuth: true")]
    [InlineData("monitoring", "disableLocalAuth: true")]
    [InlineData("vault", "enableRbacAuthorization: true")]
    [InlineData("vault", "enableSoftDelete: true")]
    [InlineData("vault", "enablePurgeProtection: true")]
    [InlineData("vault", "category: 'AuditEvent'")]
    [InlineData("function-app", "type: 'UserAssigned'")]
    [InlineData("function-app", "type: 'UserAssignedIdentity'")]
    [InlineData("function-app", "httpsOnly: true")]
    [InlineData("function-app", "minTlsVersion: '1.2'")]
    [InlineData("function-app", "supportCredentials: false")]
    [InlineData("function-app", "allow: false")]
    public void What_keeps_others_out_is_set(string module, string property) =>
        BicepFile.Named($"infra/modules/{module}.bicep").Text.Split('\n').Select(line => line.Trim()).ShouldContain(property);

    [Fact]
    public void Origins_come_from_a_parameter_that_refuses_an_asterisk()
    {
        BicepFile.Main.Text.ShouldContain("var origins = contains(allowedOrigins, '*')\n  ? fail('");
        BicepFile.Main.Text.ShouldContain("    allowedOrigins: origins\n");
        BicepFile.Named("infra/modules/function-app.bicep").Text.ShouldContain("allowedOrigins: allowedOrigins\n");
    }

    /// <summary>Flex Consumption refuses some of these with error 51021, and ignores the others.</summary>
    [Theory]
    [InlineData("alwaysOn")]
    [InlineData("ftpsState")]
    [InlineData("linuxFxVersion")]
    [InlineData("netFrameworkVersion")]
    [InlineData("use32BitWorkerProcess")]
    [InlineData("preWarmedInstanceCount")]
    [InlineData("functionAppScaleLimit")]
    [InlineData("functionsRuntimeScaleMonitoringEnabled")]
    [InlineData("FUNCTIONS_WORKER_RUNTIME")]
    [InlineData("FUNCTIONS_EXTENSION_VERSION")]
    [InlineData("WEBSITE_RUN_FROM_PACKAGE")]
    [InlineData("WEBSITE_CONTENTAZUREFILECONNECTIONSTRING")]
    public void Nothing_is_set_that_Flex_Consumption_does_not_take(string name) => AllText.ShouldNotContain(name);

    [Fact]
    public void The_runtime_is_the_one_that_the_app_is_built_for()
    {
        var framework = FrameworkPattern().Match(Repository.Read("Directory.Build.props")).Groups["version"].Value;

        BicepFile.Named("infra/modules/function-app.bicep").Text.ShouldContain($"name: 'dotnet-isolated'\n        version: '{framework}'");
    }

    [Fact]
    public void The_secret_is_called_in_infra_what_the_code_calls_it() =>
        BicepFile.Main.Parameters.Single(parameter => parameter.Name == "clientSecretName").Body.TrimEnd()
            .ShouldEndWith($" = '{new KeyVaultOptions().ClientSecretName}'");

    /// <summary>The parameters of main.parameters.json, with the variable that each is taken from.</summary>
    internal static Dictionary<string, string> ParametersFile()
    {
        using var json = JsonDocument.Parse(Repository.Read("infra/main.parameters.json"));
        return json.RootElement.GetProperty("parameters").EnumerateObject()
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.GetProperty("value").GetString()!, StringComparer.Ordinal);
    }

    private static List<Dictionary<string, string>> RoleAssignments() =>
    [
        .. BicepFile.All.SelectMany(file => file.Resources)
            .Where(resource => resource.Target.StartsWith("Microsoft.Authorization/roleAssignments@", StringComparison.Ordinal))
            .Select(resource => PropertyPattern().Matches(resource.Body)
                .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal)),
    ];

    private static IEnumerable<string> UsesOf(BicepFile file, string name) =>
        file.Text.Split('\n').Select(line => line.Trim()).Where(line => !line.StartsWith('@') && Regex.IsMatch(line, $@"\b{name}\b(?!:)", RegexOptions.None, TimeSpan.FromSeconds(1)));

    [GeneratedRegex(@"\b(?<module>\w+)!?\.outputs\.(?<output>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutputReadPattern();

    [GeneratedRegex(@"^\$\{[A-Z][A-Z0-9_]*\}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"^Microsoft\.[A-Za-z]+(/[A-Za-z]+)+@20\d\d-\d\d-\d\d(-preview)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ResourceTypePattern();

    [GeneratedRegex(@"^  (?<name>\w+): '(?<id>[0-9a-f-]{36})'$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GuidPattern();

    [GeneratedRegex(@"^ +(?<name>scope|name|roleDefinitionId|principalId|principalType): (?<value>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PropertyPattern();

    [GeneratedRegex("(secret|password|pwd|key)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretWordPattern();

    [GeneratedRegex(@"clientSecret\b|connectionString|AccountKey|SharedAccess|InstrumentationKey|@Microsoft\.KeyVault|\.properties\.value\b", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretReadPattern();

    /// <summary>listKeys(), listSecrets() and their like; getSecret().</summary>
    [GeneratedRegex(@"\b(list\w*|getSecret)\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyFunctionPattern();

    [GeneratedRegex(@"<TargetFramework>net(?<version>[\d.]+)</TargetFramework>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FrameworkPattern();
}
