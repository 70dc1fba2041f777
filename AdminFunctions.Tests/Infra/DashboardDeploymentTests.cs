using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdminFunctions.LocalHost.Dashboard;
using YamlDotNet.RepresentationModel;
using static AdminFunctions.Tests.Infra.PredictedDeployment;

namespace AdminFunctions.Tests.Infra;

/// <summary>The static web app for the dashboard: the templates, and the hook of azure.yaml that uploads the files.</summary>
public sealed partial class DashboardDeploymentTests
{
    private static readonly IReadOnlyDictionary<string, string> Outputs = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AUTH0_DOMAIN"] = "tenant.eu.auth0.com",
        ["AUTH0_ISSUER"] = "",
        ["AUTH0_AUDIENCE"] = "https://admin.example.com/api",
        ["DASHBOARD_CLIENT_ID"] = "qP7wL2nX5cV8bN1mK4jH6gF3dS9aZ0tR",
        ["AZURE_FUNCTION_APP_URL"] = "https://func-72zr6l4au6zs6.azurewebsites.net",
        ["AZURE_DASHBOARD_NAME"] = "stapp-72zr6l4au6zs6",
        ["AZURE_DASHBOARD_URL"] = "https://gentle-sea-0a1b2c3d4.azurestaticapps.net",
    };

    [TemplateFact]
    public void It_is_off_by_default()
    {
        ArmTemplate.Main.Parameters.Single(parameter => parameter.Name == "deployDashboard").Default!.Value.GetBoolean().ShouldBeFalse();
        ResourcesByDefault.Count.ShouldBeGreaterThan(10);
        ResourcesByDefault.ShouldNotContain(resource => TypeOf(resource) == "Microsoft.Web/staticSites");
        TemplateTests.AllowedOrigins(ResourcesByDefault).ShouldBeEmpty();
    }

    [TemplateFact]
    public void If_it_is_on_its_origin_and_no_other_can_call_the_functions_too()
    {
        var site = OfType("Microsoft.Web/staticSites").ShouldHaveSingleItem();

        At(site, "sku.name").ShouldBe("Free");
        At(site, "properties.stagingEnvironmentPolicy").ShouldBe("Disabled");
        TemplateTests.AllowedOrigins(Resources).Skip(2).ShouldBe([$"[format('https://{{0}}', reference('{Id(site)}', '{At(site, "apiVersion")}').defaultHostname)]"]);
    }

    [TemplateFact]
    public void Without_a_client_id_the_deployment_fails_and_says_what_to_set() =>
        ArmTemplate.Main.Variables["dashboardApplication"].GetString()!
            .ShouldStartWith("[if(and(parameters('deployDashboard'), empty(parameters('dashboardClientId'))), fail('deployDashboard requires dashboardClientId, ");

    [TemplateFact]
    public void The_hook_reads_only_outputs_and_what_azd_itself_sets()
    {
        var read = VariablePattern().Matches(Repository.Read("infra/dashboard/configure.mjs") + Repository.Read("infra/dashboard/deploy.mjs") + Repository.Read("azure.yaml"))
            .Select(match => match.Value).Distinct().ToList();

        read.Except(["AZURE_RESOURCE_GROUP", "AZURE_SUBSCRIPTION_ID", "SWA_CLI_DEPLOYMENT_TOKEN"]).ShouldBe(Outputs.Keys, ignoreOrder: true);
        Outputs.Keys.ShouldBeSubsetOf(ArmTemplate.Main.Outputs.Keys);
    }

    [Fact]
    public void The_hook_is_the_same_in_both_shells()
    {
        Hook("posix").ShouldBe(("sh", "if [ -n \"$AZURE_DASHBOARD_NAME\" ]; then node infra/dashboard/deploy.mjs; fi"));
        Hook("windows").ShouldBe(("pwsh", "if ($env:AZURE_DASHBOARD_NAME) { node infra/dashboard/deploy.mjs }"));
    }

    [CommandsFact("node")]
    public async Task The_hook_does_nothing_if_there_is_no_static_web_app()
    {
        using var project = new Project();

        (await project.RunHookAsync(new Dictionary<string, string>(Outputs) { ["AZURE_DASHBOARD_NAME"] = "" })).ShouldBe(0);

        project.Calls.ShouldBeEmpty();
    }

    [CommandsFact("node")]
    public async Task The_hook_builds_configures_and_uploads_the_dashboard()
    {
        using var project = new Project();

        (await project.RunHookAsync(Outputs)).ShouldBe(0);

        project.Calls.ShouldBe(
            [
                "npm ci --no-audit --no-fund",
                "npm run build",
                "az staticwebapp secrets list --name stapp-72zr6l4au6zs6 --resource-group rg-production --subscription 11111111 --query properties.apiKey --output tsv",
                "npx --yes @azure/static-web-apps-cli@2.0.10 deploy dist --swa-config-location dist --env production",
                "with the token of az",
            ]);
        project.Built("config.json").ShouldBe(
            """
            {
              "domain": "tenant.eu.auth0.com",
              "clientId": "qP7wL2nX5cV8bN1mK4jH6gF3dS9aZ0tR",
              "audience": "https://admin.example.com/api",
              "api": "https://func-72zr6l4au6zs6.azurewebsites.net/api"
            }

            """);
        PolicyOf(project.Built("staticwebapp.config.json")).ShouldBe(new DashboardConfig("tenant.eu.auth0.com", Issuer: null, "", "")
            .ContentSecurityPolicy(new Uri("https://func-72zr6l4au6zs6.azurewebsites.net/api")));
    }

    [CommandsFact("node")]
    public async Task With_a_custom_domain_users_sign_in_there()
    {
        using var project = new Project();

        await project.RunHookAsync(new Dictionary<string, string>(Outputs) { ["AUTH0_ISSUER"] = "https://login.example.com/,https://tenant.eu.auth0.com/" });

        project.Built("config.json").ShouldContain("\"domain\": \"login.example.com\"");
        PolicyOf(project.Built("staticwebapp.config.json")).ShouldContain("frame-src https://login.example.com;");
    }

    [CommandsTheory("node")]
    [InlineData("DASHBOARD_CLIENT_ID")]
    [InlineData("AZURE_FUNCTION_APP_URL")]
    public async Task A_missing_output_stops_the_hook_before_the_build(string output)
    {
        using var project = new Project();

        (await project.RunHookAsync(new Dictionary<string, string>(Outputs) { [output] = "" })).ShouldBe(1);

        project.Calls.ShouldBeEmpty();
        project.Errors.ShouldContain($"Outputs of the deployment are missing: {output}.");
    }

    [CommandsFact("node")]
    public async Task A_build_that_fails_is_not_uploaded()
    {
        using var project = new Project(npm: "exit 3");

        (await project.RunHookAsync(Outputs)).ShouldNotBe(0);

        project.Calls.ShouldBe(["npm ci --no-audit --no-fund"]);
    }

    [CommandsFact("node", "jq")]
    public async Task The_commands_for_those_who_deploy_with_the_workflow_do_the_same()
    {
        using var project = new Project();
        project.Deploy(Outputs);
        var commands = Repository.Read("infra/README.md").Split("environment variables:\n\n")[1].Split("\n\n")[0];

        (await project.RunAsync(commands, new Dictionary<string, string>())).ShouldBe(0, project.Errors);

        project.Calls[^3].ShouldContain("--resource-group rg-production --subscription 11111111 ");
        project.Calls[^1].ShouldBe("with the token of az");
        project.Built("config.json").ShouldContain("\"clientId\": \"qP7wL2nX5cV8bN1mK4jH6gF3dS9aZ0tR\"");
    }

    private static string PolicyOf(string json) =>
        JsonElement.Parse(json).GetProperty("globalHeaders").GetProperty("Content-Security-Policy").GetString()!;

    private static (string Shell, string Run) Hook(string system)
    {
        var yaml = new YamlStream();
        using var text = new StringReader(Repository.Read("azure.yaml"));
        yaml.Load(text);
        var hook = yaml.Documents[0].RootNode["hooks"]["postdeploy"][system];
        return (hook["shell"].ToString(), hook["run"].ToString());
    }

    [GeneratedRegex(@"\b(AZURE|AUTH0|DASHBOARD|SWA)_[A-Z0-9_]+\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariablePattern();

    /// <summary>A folder with the scripts of the hook, in which npm, npx and az only note their arguments.</summary>
    private sealed class Project : IDisposable
    {
        private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("admin-functions-hook-");

        public Project(string npm = "[ \"$1\" = run ] && mkdir -p dist && echo '{}' > dist/config.json; exit 0")
        {
            foreach (var script in Repository.Files("infra/dashboard", "*"))
            {
                Directory.CreateDirectory(Path.Combine(_root.FullName, "infra/dashboard"));
                File.Copy(Repository.PathOf(script), Path.Combine(_root.FullName, script));
            }

            Directory.CreateDirectory(Path.Combine(_root.FullName, "samples/dashboard"));
            AddTool("npm", npm);
            AddTool("npx", "[ \"$SWA_CLI_DEPLOYMENT_TOKEN\" = 'a token' ] && echo 'with the token of az' >> ../../calls");
            AddTool("az", "case \"$*\" in account*) echo 11111111 ;; deployment*) cat outputs.json ;; *) echo 'a token' ;; esac");
        }

        public string Errors { get; private set; } = "";

        public IReadOnlyList<string> Calls => File.Exists(CallsPath) ? File.ReadAllLines(CallsPath) : [];

        private string CallsPath => Path.Combine(_root.FullName, "calls");

        public string Built(string file) => File.ReadAllText(Path.Combine(_root.FullName, "samples/dashboard/dist", file));

        /// <summary>Runs the hook of azure.yaml as azd does.</summary>
        public Task<int> RunHookAsync(IReadOnlyDictionary<string, string> outputs) =>
            RunAsync(Hook("posix").Run, new Dictionary<string, string>(outputs) { ["AZURE_RESOURCE_GROUP"] = "rg-production", ["AZURE_SUBSCRIPTION_ID"] = "11111111" });

        /// <summary>Sets what az reads from the deployment. ARM can return the names of outputs in a different case.</summary>
        public void Deploy(IReadOnlyDictionary<string, string> outputs) => File.WriteAllText(
            Path.Combine(_root.FullName, "outputs.json"),
            JsonSerializer.Serialize(outputs.ToDictionary(output => $"{output.Key[..4].ToLowerInvariant()}{output.Key[4..]}", output => new { type = "String", value = output.Value })));

        public async Task<int> RunAsync(string commands, IReadOnlyDictionary<string, string> environment)
        {
            var start = new ProcessStartInfo("sh", ["-e", "-c", commands])
            {
                WorkingDirectory = _root.FullName,
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            start.Environment["PATH"] = $"{Path.Combine(_root.FullName, "tools")}:{start.Environment["PATH"]}";
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            Errors = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            return process.ExitCode;
        }

        public void Dispose() => _root.Delete(recursive: true);

        private void AddTool(string name, string script)
        {
            var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_root.FullName, "tools")).FullName, name);
            File.WriteAllText(path, $"#!/bin/sh\necho \"{name} $*\" >> {CallsPath}\n{script}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }
}

/// <summary>A test that runs a shell and other commands. It is skipped where one of them is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CommandsFactAttribute : FactAttribute
{
    public CommandsFactAttribute(params string[] commands) => Skip = WhySkipped(commands);

    public static string? WhySkipped(string[] commands)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return OperatingSystem.IsWindows() ? "Windows has no POSIX shell."
            : Array.Find(commands, command => !path.Any(folder => File.Exists(Path.Combine(folder, command)))) is { } missing ? $"{missing} is not on the PATH."
            : null;
    }
}

/// <inheritdoc cref="CommandsFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CommandsTheoryAttribute : TheoryAttribute
{
    public CommandsTheoryAttribute(params string[] commands) => Skip = CommandsFactAttribute.WhySkipped(commands);
}
