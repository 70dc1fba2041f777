using AdminFunctions.LocalHost.FunctionHost;

namespace AdminFunctions.Tests.FunctionHost;

/// <summary>host.json and local.settings.json as Core Tools reads them.</summary>
public sealed class LocalSettingsTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("local-settings-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Everything_is_read()
    {
        Write("host.json", """{ "version": "2.0", "extensions": { "http": { "routePrefix": "shop" } } }""");
        var path = Write("local.settings.json", """
            // As on a developer's machine.
            {
              "IsEncrypted": false,
              "Values": { "Auth0__Domain": "x.eu.auth0.com", "Empty": "", "Nothing": null, "Flag": true, "Number": 7, },
              "Host": { "CORS": "http://localhost:3000,http://localhost:3001", "CORSCredentials": true, "LocalHttpPort": 7080 },
            }
            """);

        var settings = LocalSettings.Read(_root.FullName);

        settings.Path.ShouldBe(path);
        settings.Values.ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["Auth0__Domain"] = "x.eu.auth0.com", ["Empty"] = "", ["Flag"] = "True", ["Number"] = "7" }, ignoreOrder: true);
        settings.LocalHttpPort.ShouldBe(7080);
        settings.Host.RoutePrefix.ShouldBe("shop");
        settings.Host.CorsOrigins.ShouldBe(["http://localhost:3000", "http://localhost:3001"]);
        settings.Host.CorsCredentials.ShouldBeTrue();
    }

    [Fact]
    public void Without_files_or_entries_the_defaults_hold()
    {
        Write("host.json", """{ "version": "2.0" }""");
        Write("local.settings.json", "{}");

        var settings = LocalSettings.Read(_root.FullName);

        settings.Values.ShouldBeEmpty();
        settings.LocalHttpPort.ShouldBeNull();
        settings.Host.RoutePrefix.ShouldBe("api");
        settings.Host.CorsOrigins.ShouldBeEmpty();
        settings.Host.CorsCredentials.ShouldBeFalse();
    }

    [Fact]
    public void An_empty_route_prefix_is_one_too()
    {
        Write("host.json", """{ "extensions": { "http": { "routePrefix": "" } } }""");

        LocalSettings.Read(_root.FullName).Host.RoutePrefix.ShouldBe("");
    }

    [Fact]
    public void The_nearest_parent_directory_with_either_file_is_the_root()
    {
        Write("host.json", "{}");
        Write("local.settings.json", """{ "IsEncrypted": false, "Values": { "From": "root" } }""");
        var below = _root.CreateSubdirectory("app/bin").FullName;

        LocalSettings.Read(below).Values["From"].ShouldBe("root");

        Write("app/host.json", "{}");
        var settings = LocalSettings.Read(below);
        settings.Path.ShouldBeNull();
        settings.Values.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{ "Values": { "A": "1" } }""")]
    [InlineData("""{ "IsEncrypted": true, "Values": { "A": "1" } }""")]
    public void An_encrypted_file_is_refused_and_encrypted_is_the_default(string text)
    {
        var path = Write("local.settings.json", text);

        Faults().ShouldBe([$"{path}: its Values are marked as encrypted. Run `func settings decrypt`. If they are plain text, add \"IsEncrypted\": false."]);
    }

    [Fact]
    public void A_nested_value_is_refused()
    {
        var path = Write("local.settings.json", """{ "IsEncrypted": false, "Values": { "Auth0": { "Domain": "secret-value" } } }""");

        Faults().ShouldBe([$"{path}: Values.Auth0 is nested, but Values must contain strings. Write \"Auth0__Key\": \"value\" for each."]);
    }

    [Fact]
    public void A_malformed_file_is_refused_with_its_line()
    {
        var path = Write("local.settings.json", "{\n  \"IsEncrypted\": false,\n  \"Values\": { \"A\" \"secret-value\" }\n}");

        var fault = Faults().ShouldHaveSingleItem();
        fault.ShouldStartWith($"{path}, line 3: not valid JSON: ");
        fault.ShouldNotContain("secret-value");
        fault.ShouldNotContain("LineNumber");
    }

    [Fact]
    public void Entries_of_another_kind_are_refused_all_at_once()
    {
        var host = Write("host.json", """{ "extensions": { "http": { "routePrefix": ["api"] } } }""");
        var settings = Write("local.settings.json", """{ "IsEncrypted": false, "Values": [], "Host": { "CORS": ["*"], "CORSCredentials": "perhaps", "LocalHttpPort": 70710 } }""");

        Faults().ShouldBe(
            [
                $"{host}: extensions.http.routePrefix must be a string.",
                $"{settings}: Values must be an object, {{ … }}.",
                $"{settings}: Host.LocalHttpPort must be a port, such as 7071.",
                $"{settings}: Host.CORS must be a string.",
                $"{settings}: Host.CORSCredentials must be true or false.",
            ],
            ignoreOrder: true);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_root.FullName, Path.Combine(name.Split('/')));
        File.WriteAllText(path, text);
        return path;
    }

    private IReadOnlyList<string> Faults() => Should.Throw<FunctionHostException>(() => LocalSettings.Read(_root.FullName)).Faults;
}
