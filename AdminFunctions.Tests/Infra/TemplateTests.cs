using System.Text.Json;
using System.Text.RegularExpressions;
using AdminFunctions.Settings;
using static AdminFunctions.Tests.Infra.PredictedDeployment;

namespace AdminFunctions.Tests.Infra;

/// <summary>
/// The templates under infra/: what they deploy, and the security that infra/README.md claims. The compiler checks their syntax.
/// </summary>
public sealed partial class TemplateTests
{
    /// <summary>Azure's built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Roles = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Storage Blob Data Owner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["Key Vault Secrets User"] = "4633458b-17de-408a-b874-0445c86b69e6",
        ["Key Vault Secrets Officer"] = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        ["Monitoring Metrics Publisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
    };

    [TemplateFact]
    public void Every_module_is_used() =>
        ArmTemplate.All.Where(template => template.Path != ArmTemplate.Main.Path).Select(template => template.Hash)
            .ShouldBe(ArmTemplate.Main.ModuleHashes.Distinct(), ignoreOrder: true);

    [TemplateFact]
    public void Everything_is_deployed_to_the_one_resource_group_on_which_the_deployer_has_roles()
    {
        ArmTemplate.All.ShouldAllBe(template => template.Schema.EndsWith("/deploymentTemplate.json#"));
        Resources.Count.ShouldBeGreaterThan(20);
        Resources.Select(Id).ShouldAllBe(id => id.Contains($"{ResourceGroup}/providers/", StringComparison.Ordinal)
            || id.StartsWith("[resourceId('00000000-0000-0000-0000-000000000000', 'rg-production', ", StringComparison.Ordinal));
        ArmTemplate.Main.Strings.ShouldAllBe(text => !text.Path.EndsWith("/resourceGroup") && !text.Path.EndsWith("/subscriptionId"));
    }

    [TemplateFact]
    public void The_parameters_file_names_only_existing_parameters_and_all_required_ones()
    {
        var given = ParametersFile().Keys;

        given.ShouldBeSubsetOf(ArmTemplate.Main.Parameters.Select(parameter => parameter.Name));
        ArmTemplate.Main.Parameters.Where(parameter => parameter.Default is null).Select(parameter => parameter.Name).ShouldBeSubsetOf(given);
    }

    [TemplateFact]
    public void The_parameters_file_contains_variables_and_no_values()
    {
        ParametersFile().Values.ShouldAllBe(value => VariablePattern().IsMatch(value));
        ArmTemplate.Main.Parameters.Where(parameter => parameter.IsSecure).Select(parameter => parameter.Name)
            .ShouldNotContain(name => ParametersFile().ContainsKey(name), "azd would keep the secret in a file");
    }

    [TemplateFact]
    public void A_resource_type_has_one_API_version()
    {
        var types = Resources.Select(resource => $"{TypeOf(resource)}@{resource.GetProperty("apiVersion").GetString()}")
            .Concat(ReferencePattern().Matches(JsonSerializer.Serialize(Resources, Unescaped)).Select(read => $"{read.Groups["type"].Value}@{read.Groups["version"].Value}"))
            .ToHashSet();

        types.Count.ShouldBeGreaterThan(15);
        types.GroupBy(type => type.Split('@')[0]).ShouldAllBe(versions => versions.Count() == 1);
    }

    [TemplateFact]
    public void Roles_are_the_ones_intended_and_README_lists_them()
    {
        RoleAssignments.Select(assignment => assignment.RoleId).ShouldBe(Roles.Values, ignoreOrder: true);
        var readme = Repository.Read("infra/README.md");
        Roles.Keys.ShouldAllBe(role => readme.Contains($"| {role} |", StringComparison.Ordinal));
    }

    [TemplateFact]
    public void The_function_app_can_read_one_secret_and_nothing_else_in_the_vault()
    {
        RoleAssignments.Where(assignment => assignment.PrincipalType == "ServicePrincipal")
            .Select(assignment => (Within(assignment.Scope), assignment.RoleId))
            .ShouldBe(
                [
                    ("Microsoft.Storage/storageAccounts", Roles["Storage Blob Data Owner"]),
                    ("Microsoft.Insights/components", Roles["Monitoring Metrics Publisher"]),
                    ("Microsoft.KeyVault/vaults/secrets", Roles["Key Vault Secrets User"]),
                ],
                ignoreOrder: true);
    }

    [TemplateFact]
    public void No_role_depends_on_how_the_secret_got_into_the_vault()
    {
        // A deployment never removes a role of an earlier one, so a conditional role assignment would stay.
        var conditional = ArmTemplate.All.SelectMany(template => template.Resources)
            .Where(resource => resource.GetProperty("type").GetString() == "Microsoft.Authorization/roleAssignments" && resource.TryGetProperty("condition", out _))
            .Select(resource => resource.GetProperty("condition").GetString());

        conditional.ShouldBe(["[not(empty(parameters('vaultWriterId')))]"]);
    }

    [TemplateFact]
    public void Until_the_secret_is_set_a_disabled_placeholder_exists_that_never_replaces_it()
    {
        var secrets = ArmTemplate.All.Single(template => template.Path == "infra/modules/vault.bicep").Resources
            .Where(resource => resource.GetProperty("type").GetString() == "Microsoft.KeyVault/vaults/secrets").ToList();
        var placeholder = secrets.Single(secret => At(secret, "properties.attributes.enabled") == "False");
        var given = secrets.Single(secret => At(secret, "properties.attributes.enabled") == "True");

        placeholder.TryGetProperty("@options", out var options).ShouldBeTrue();
        options.TryGetProperty("onlyIfNotExists", out _).ShouldBeTrue();
        placeholder.GetProperty("condition").GetString().ShouldBe("[empty(parameters('clientSecret'))]");
        given.GetProperty("condition").GetString().ShouldBe("[not(empty(parameters('clientSecret')))]");
        placeholder.GetProperty("name").GetString().ShouldBe(given.GetProperty("name").GetString());
    }

    [TemplateFact]
    public void Role_assignments_have_stable_unique_names_and_a_principal_type()
    {
        RoleAssignments.Select(assignment => assignment.Name).ShouldBeUnique();
        foreach (var assignment in RoleAssignments)
        {
            var isPerson = Guid.TryParse(assignment.Principal, out _);
            assignment.PrincipalType.ShouldBe(isPerson ? "User" : "ServicePrincipal");
            if (!isPerson)
            {
                assignment.Principal.ShouldEndWith(".principalId]");
                assignment.Name.ShouldBe($"[guid('{assignment.Scope}', {assignment.Principal[1..^1]}, '{assignment.RoleId}')]");
            }
        }
    }

    [TemplateFact]
    public void A_secret_goes_from_a_secure_parameter_into_the_vault_and_nowhere_else()
    {
        ArmTemplate.All.SelectMany(template => template.Parameters, (template, parameter) => (template, parameter)).Where(pair => pair.parameter.IsSecure)
            .Select(pair => $"{pair.template}: {pair.parameter.Name}").ShouldBe(["infra/main.bicep: auth0ClientSecret", "infra/modules/vault.bicep: clientSecret"]);
        UsesOf("auth0ClientSecret").ShouldBe(["/resources/vault/properties/parameters/clientSecret/value: [parameters('auth0ClientSecret')]"]);
        UsesOf("clientSecret").ShouldBe(
            [
                "/resources/vault/properties/template/resources/secret/condition: [not(empty(parameters('clientSecret')))]",
                "/resources/vault/properties/template/resources/secret/properties/value: [parameters('clientSecret')]",
                "/resources/vault/properties/template/resources/placeholder/condition: [empty(parameters('clientSecret'))]",
            ]);
    }

    [TemplateFact]
    public void Every_parameter_that_could_hold_a_secret_is_secure()
    {
        foreach (var template in ArmTemplate.All)
        {
            template.Parameters.Where(parameter => SecretWordPattern().IsMatch(parameter.Name)).ShouldAllBe(parameter => parameter.IsSecure, template.Path);
        }
    }

    [TemplateFact]
    public void No_output_and_no_app_setting_reads_a_key_or_a_secret()
    {
        var told = ArmTemplate.All.SelectMany(template => template.Outputs.Values).Concat(AppSettings.Values).ToList();

        told.Count.ShouldBeGreaterThan(20);
        // The address of Application Insights is called a connection string. Without local authentication it gives no access.
        told.Where(text => !text.EndsWith(", '2020-02-02').ConnectionString]", StringComparison.Ordinal))
            .ShouldAllBe(text => !SecretReadPattern().IsMatch(text));
        KeyFunctionPattern().Matches(ArmTemplate.Main.Text).Select(match => match.Value).ShouldBeEmpty();
    }

    [TemplateTheory]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", "False")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", "False")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "TLS1_2")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", "True")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.networkAcls.defaultAction", "Deny")]
    [InlineData("Microsoft.Insights/components", "properties.DisableLocalAuth", "True")]
    [InlineData("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", "True")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", "True")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enableSoftDelete", "True")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enablePurgeProtection", "True")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.networkAcls.defaultAction", "Deny")]
    [InlineData("Microsoft.Web/sites", "identity.type", "UserAssigned")]
    [InlineData("Microsoft.Web/sites", "properties.functionAppConfig.deployment.storage.authentication.type", "UserAssignedIdentity")]
    [InlineData("Microsoft.Web/sites", "properties.httpsOnly", "True")]
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.scmMinTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.cors.supportCredentials", "False")]
    [InlineData("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", "False")]
    public void The_settings_that_keep_others_out_are_set(string type, string path, string value) =>
        At(OfType(type).ShouldHaveSingleItem(), path).ShouldBe(value);

    [TemplateTheory]
    [InlineData("Microsoft.KeyVault/vaults", "AuditEvent")]
    [InlineData("Microsoft.Storage/storageAccounts/blobServices", "StorageWrite", "StorageDelete")]
    public void Reads_of_the_secret_and_replacements_of_the_package_are_logged(string type, params string[] categories)
    {
        var workspace = Id(OfType("Microsoft.OperationalInsights/workspaces").ShouldHaveSingleItem());
        var logged = OfType("Microsoft.Insights/diagnosticSettings")
            .Where(setting => Id(setting).StartsWith($"{Id(OfType(type).ShouldHaveSingleItem())}/providers/Microsoft.Insights/", StringComparison.Ordinal))
            .ShouldHaveSingleItem();

        At(logged, "properties.workspaceId").ShouldBe(workspace);
        logged.GetProperty("properties").GetProperty("logs").EnumerateArray()
            .Where(log => log.GetProperty("enabled").GetBoolean()).Select(log => log.GetProperty("category").GetString())
            .ShouldBe(categories, ignoreOrder: true);
    }

    [TemplateFact]
    public void Origins_come_from_a_parameter_that_refuses_an_asterisk()
    {
        ArmTemplate.Main.Variables["origins"].GetString()!.ShouldStartWith("[if(contains(parameters('allowedOrigins'), '*'), fail('");
        UsesOf("allowedOrigins").ShouldNotContain("/resources/functionApp/properties/parameters/allowedOrigins/value: [parameters('allowedOrigins')]");
        AllowedOrigins(Resources).Take(2).ShouldBe(["https://admin.example.com", "https://other.example.com"]);
        AllowedOrigins(ResourcesByDefault).ShouldBeEmpty();
    }

    /// <summary>Flex Consumption refuses some of these with error 51021, and ignores the others.</summary>
    [TemplateTheory]
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
    public void Nothing_is_set_that_Flex_Consumption_does_not_accept(string name) => ArmTemplate.Main.Text.ShouldNotContain($"\"{name}\"");

    [TemplateFact]
    public void The_runtime_is_the_one_that_the_app_is_built_for()
    {
        var framework = FrameworkPattern().Match(Repository.Read("Directory.Build.props")).Groups["version"].Value;
        var app = OfType("Microsoft.Web/sites").ShouldHaveSingleItem();

        At(app, "properties.functionAppConfig.runtime.name").ShouldBe("dotnet-isolated");
        At(app, "properties.functionAppConfig.runtime.version").ShouldBe(framework);
    }

    [TemplateFact]
    public void The_secret_has_the_same_name_in_infra_as_in_the_code() =>
        ArmTemplate.Main.Parameters.Single(parameter => parameter.Name == "clientSecretName").Default!.Value.GetString()
            .ShouldBe(new KeyVaultOptions().ClientSecretName);

    /// <summary>The parameters of main.parameters.json with their variables.</summary>
    internal static Dictionary<string, string> ParametersFile()
    {
        using var json = JsonDocument.Parse(Repository.Read("infra/main.parameters.json"));
        return json.RootElement.GetProperty("parameters").EnumerateObject()
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.GetProperty("value").GetString()!, StringComparer.Ordinal);
    }

    /// <summary>The origins that browsers can call the functions from.</summary>
    internal static IEnumerable<string> AllowedOrigins(IEnumerable<JsonElement> resources) =>
        resources.Single(resource => TypeOf(resource) == "Microsoft.Web/sites").GetProperty("properties").GetProperty("siteConfig").GetProperty("cors")
            .GetProperty("allowedOrigins").EnumerateArray().Select(origin => origin.GetString()!);

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The type in a resource ID, such as Microsoft.KeyVault/vaults/secrets.</summary>
    private static string Within(string id)
    {
        id.ShouldStartWith($"{ResourceGroup}/providers/");
        var parts = id[$"{ResourceGroup}/providers/".Length..].Split('/');
        return string.Join('/', parts.Where((_, index) => index == 0 || index % 2 == 1));
    }

    /// <summary>The places in the main template and its modules that read a parameter.</summary>
    private static IEnumerable<string> UsesOf(string parameter) =>
        ArmTemplate.Main.Strings.Where(text => text.Text.Contains($"parameters('{parameter}')", StringComparison.Ordinal)).Select(text => $"{text.Path}: {text.Text}");

    [GeneratedRegex(@"^\$\{[A-Z][A-Z0-9_]*\}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariablePattern();

    /// <summary>Expressions that read a resource: reference('…/providers/Microsoft.KeyVault/vaults/kv-…', '2024-11-01').</summary>
    [GeneratedRegex(@"/providers/(?<type>Microsoft\.\w+/\w+)/[^/']+', '(?<version>20\d\d-\d\d-\d\d(-preview)?)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReferencePattern();

    [GeneratedRegex("(secret|password|pwd|key)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretWordPattern();

    [GeneratedRegex(@"clientSecret\b|connectionString|AccountKey|SharedAccess|InstrumentationKey|@Microsoft\.KeyVault|\.properties\.value\b", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretReadPattern();

    /// <summary>list…() functions, such as listKeys() and listSecrets(), and getSecret().</summary>
    [GeneratedRegex(@"\b(list[A-Z]\w*|list|getSecret)\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyFunctionPattern();

    [GeneratedRegex(@"<TargetFramework>net(?<version>[\d.]+)</TargetFramework>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FrameworkPattern();
}
