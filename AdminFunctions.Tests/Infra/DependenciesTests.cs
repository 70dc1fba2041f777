using System.Text.Json;
using System.Xml.Linq;
using YamlDotNet.RepresentationModel;

namespace AdminFunctions.Tests.Infra;

/// <summary>The packages of the project are audited and updated, and the worker is always the official one.</summary>
public sealed class DependenciesTests
{
    [Fact]
    public void A_known_vulnerability_fails_every_build()
    {
        var properties = Properties("Directory.Build.props");

        properties["NuGetAudit"].ShouldBe("true");
        properties["NuGetAuditMode"].ShouldBe("all");
        properties["NuGetAuditLevel"].ShouldBe("low");
        properties["WarningsAsErrors"].Split(';').ShouldBe(["$(WarningsAsErrors)", "NU1901", "NU1902", "NU1903", "NU1904"]);
        Sources("*.csproj").Concat(Sources("*.props")).Concat(Sources("*.targets")).Where(path => Repository.Read(path).Contains("<NuGetAudit", StringComparison.Ordinal))
            .ShouldBe(["eng/auth0-packages-probe.csproj", "Directory.Build.props"], "the probe is never built");
    }

    [Fact]
    public void The_worker_is_the_official_one_whatever_packages_the_registry_lacks()
    {
        XDocument.Parse(Repository.Read("AdminFunctions/AdminFunctions.csproj")).Descendants("PackageReference")
            .Where(package => package.Attribute("Condition") is not null || package.Parent!.Attribute("Condition") is not null)
            .Select(package => package.Attribute("Include")!.Value)
            .ShouldBe(["Auth0.ManagementApi"]);

        foreach (var name in (string[])["Microsoft.Azure.Functions.Worker", "Microsoft.Azure.Functions.Worker.Extensions.Http", "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore"])
        {
            System.Reflection.Assembly.Load(name).GetName().GetPublicKeyToken().ShouldNotBeEmpty($"{name} has Microsoft's strong name");
        }
    }

    [Fact]
    public void Dependabot_updates_every_place_that_names_packages()
    {
        var updates = Updates();

        updates.Where(update => update.Ecosystem is "nuget").Select(update => update.Directory).ShouldBe(["/"]);
        updates.Where(update => update.Ecosystem is "github-actions").Select(update => update.Directory).ShouldBe(["/"]);
        updates.Where(update => update.Ecosystem is "npm").Select(update => update.Directory)
            .ShouldBe(Sources("package-lock.json").Select(path => $"/{path[..^"/package-lock.json".Length]}"), ignoreOrder: true);
    }

    [Fact]
    public void A_first_run_says_at_once_that_it_builds()
    {
        using var launch = JsonDocument.Parse(Repository.Read("AdminFunctions.LocalHost/Properties/launchSettings.json"));
        var profile = launch.RootElement.GetProperty("profiles").EnumerateObject().ShouldHaveSingleItem().Value;

        profile.GetProperty("dotnetRunMessages").GetBoolean().ShouldBeTrue();
        profile.EnumerateObject().Select(property => property.Name).ShouldBe(["commandName", "dotnetRunMessages"], "how it runs is said on the command line alone");
    }

    private static IEnumerable<string> Sources(string pattern) =>
        Repository.Files(".", pattern).Where(path => !path.Split('/').Any(folder => folder is "node_modules" or "artifacts" or "obj" or "bin"));

    private static Dictionary<string, string> Properties(string path) =>
        XDocument.Parse(Repository.Read(path)).Root!.Elements("PropertyGroup").Where(group => group.Attribute("Condition") is null).Elements()
            .ToDictionary(property => property.Name.LocalName, property => property.Value, StringComparer.Ordinal);

    private static List<(string Ecosystem, string Directory)> Updates()
    {
        var yaml = new YamlStream();
        using var text = new StringReader(Repository.Read(".github/dependabot.yml"));
        yaml.Load(text);
        return
        [
            .. ((YamlSequenceNode)yaml.Documents.ShouldHaveSingleItem().RootNode["updates"])
                .Select(update => (update["package-ecosystem"].ToString(), update["directory"].ToString())),
        ];
    }
}
