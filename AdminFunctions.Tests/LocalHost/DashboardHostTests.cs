using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AdminFunctions.Tests.LocalHost;

/// <summary>The dashboard of a local host in a separate process.</summary>
public sealed partial class DashboardHostTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("admin-functions-");
    private readonly DashboardSources _sources = new();

    public void Dispose()
    {
        _sources.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task It_is_served_with_the_functions_and_the_tenant_and_knows_their_ports()
    {
        _sources.WriteBuild();
        await using var host = await StartAsync(_sources.NoNpm, "--tenant-port", "0", "--users", "3");
        var dashboard = Match(DashboardOrigin(), host);
        var tenant = Match(TenantOrigin(), host);
        var api = new UriBuilder(Match(FunctionsOrigin(), host)) { Host = "localhost", Path = "/api" }.Uri;
        using var client = new HttpClient();

        // The host prints the address before it checks whether a build is needed.
        HttpResponseMessage answer;
        do
        {
            answer = await client.GetAsync($"{dashboard}/config.json");
        }
        while (answer.Content.Headers.ContentType?.MediaType is "text/html");

        var config = await answer.JsonAsync();
        var page = await client.GetAsync($"{dashboard}/");

        config["domain"]!.GetValue<string>().ShouldBe(tenant);
        config["issuer"]!.GetValue<string>().ShouldBe(tenant["http://".Length..]);
        config["clientId"]!.GetValue<string>().ShouldBe("local-dashboard");
        config["audience"]!.GetValue<string>().ShouldBe("https://admin-functions.local/api");
        config["api"]!.GetValue<string>().ShouldBe(api.AbsoluteUri);
        (await page.Content.ReadAsStringAsync()).ShouldBe("<p>Built before</p>");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain($"connect-src 'self' {api.GetLeftPart(UriPartial.Authority)} {tenant};");
        (await client.GetAsync($"{api}/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        host.Output.IndexOf(dashboard, StringComparison.Ordinal).ShouldBeLessThan(host.Output.IndexOf("Functions:", StringComparison.Ordinal));
        host.Output.ShouldNotContain("Host.CORS");
    }

    [Fact]
    public async Task Only_pages_of_its_origin_can_call_the_functions()
    {
        _sources.WriteBuild();
        await using var host = await StartAsync(_sources.NoNpm, "--tenant-port", "0", "--users", "3");
        var dashboard = Match(DashboardOrigin(), host);

        var allowed = await PreflightAsync(host, dashboard);
        allowed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([dashboard]);
        allowed.Headers.GetValues("Access-Control-Allow-Methods").ShouldBe(["DELETE"]);
        allowed.Headers.GetValues("Access-Control-Allow-Headers").ShouldBe(["authorization"]);
        foreach (var other in (string[])["http://localhost:1", "https://evil.example", dashboard.Replace("localhost", "127.0.0.1"), "null"])
        {
            ShouldHaveNoCorsHeaders(await PreflightAsync(host, other));
        }
    }

    [Fact]
    public async Task Origins_in_local_settings_replace_the_dashboards()
    {
        _sources.WriteBuild();
        WriteSettings([], cors: "http://localhost:5173");
        await using var host = await StartAsync(_sources.NoNpm, "--tenant-port", "0", "--users", "3");
        var dashboard = Match(DashboardOrigin(), host);

        ShouldHaveNoCorsHeaders(await PreflightAsync(host, dashboard));
        (await PreflightAsync(host, "http://localhost:5173")).Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["http://localhost:5173"]);
        host.Output.ShouldContain($"add {dashboard} to Host.CORS in {Path.Combine(_directory.FullName, "local.settings.json")}");
    }

    [Fact]
    public async Task Port_0_means_no_dashboard()
    {
        _sources.WriteBuild();
        await using var host = await HostProcess.StartAsync(_directory, ["--dashboard-port", "0", "--dashboard-root", _sources.Root, .. OtherPorts, "--tenant-port", "0", "--users", "3"]);

        host.Output.ShouldNotContain("ashboard:");
        ShouldHaveNoCorsHeaders(await PreflightAsync(host, "http://localhost:7070"));
    }

    [Fact]
    public async Task Without_npm_a_line_says_so_and_the_functions_are_served()
    {
        await using var host = await StartAsync(_sources.NoNpm, "--tenant-port", "0", "--users", "3");

        host.Output.ShouldContain("No dashboard: npm was not found. Install Node.js 20.19 or later (https://nodejs.org), which includes npm");
        (await HealthAsync(host)).ShouldBe(HttpStatusCode.OK);
        host.Errors.ShouldBeEmpty();
    }

    [ShellFact]
    public async Task The_functions_do_not_wait_for_npm()
    {
        _sources.InstallNpm();
        _sources.HoldNpm();
        await using var host = await StartAsync(WithNpm, "--tenant-port", "0", "--users", "3");
        await _sources.NpmRunsAsync();

        host.Output.ShouldContain("Dashboard: npm is building it");
        (await HealthAsync(host)).ShouldBe(HttpStatusCode.OK);

        _sources.LetNpmGo();
        await DashboardSources.Until(() => DashboardOrigin().IsMatch(host.Output));
        using var client = new HttpClient();
        (await client.GetStringAsync(Match(DashboardOrigin(), host))).ShouldBe("<p>Built by npm</p>\n");
    }

    [ShellFact]
    public async Task If_npm_fails_its_output_is_on_the_console_and_the_functions_are_still_served()
    {
        _sources.InstallNpm();
        _sources.LetNpmFailAt("run");
        await using var host = await StartAsync(WithNpm, "--tenant-port", "0", "--users", "3");
        await DashboardSources.Until(() => host.Errors.Contains("The dashboard could not be built"));

        host.Errors.ShouldContain("What a pity");
        (await HealthAsync(host)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task For_another_tenant_it_takes_its_client_id_from_local_settings()
    {
        _sources.WriteBuild();
        WriteSettings(new() { ["Auth0__Domain"] = "tenant.eu.auth0.com", ["Auth0__Issuer"] = "https://login.example.com/", ["Dashboard__ClientId"] = "spa" });
        await using var host = await StartAsync(_sources.NoNpm);
        using var client = new HttpClient();

        var config = await (await client.GetAsync($"{Match(DashboardOrigin(), host)}/config.json")).JsonAsync();

        config.AsObject().Select(member => member.Key).ShouldBe(["domain", "clientId", "audience", "api"]);
        config["domain"]!.GetValue<string>().ShouldBe("login.example.com");
        config["clientId"]!.GetValue<string>().ShouldBe("spa");
        config["audience"]!.GetValue<string>().ShouldBe("https://admin.example.com/api");
        host.Output.ShouldNotContain("sign in there");
    }

    [Fact]
    public async Task Or_from_the_command_line()
    {
        _sources.WriteBuild();
        WriteSettings(new() { ["Auth0__Domain"] = "tenant.eu.auth0.com" });
        await using var host = await StartAsync(_sources.NoNpm, "--Dashboard:ClientId=spa");
        using var client = new HttpClient();

        var config = await (await client.GetAsync($"{Match(DashboardOrigin(), host)}/config.json")).JsonAsync();

        config["domain"]!.GetValue<string>().ShouldBe("tenant.eu.auth0.com");
        config["clientId"]!.GetValue<string>().ShouldBe("spa");
    }

    [Fact]
    public async Task For_another_tenant_without_a_client_id_there_is_none_and_a_line_says_why()
    {
        _sources.WriteBuild();
        WriteSettings(new() { ["Auth0__Domain"] = "tenant.eu.auth0.com" });
        await using var host = await StartAsync(_sources.NoNpm);

        host.Output.ShouldContain("No dashboard: set Dashboard__ClientId to ");
        (await HealthAsync(host)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_option_that_changes_it()
    {
        _sources.WriteBuild();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, output, errors) = await HostProcess.RunAsync(
            _directory, ["--dashboard-port", $"{port}", "--dashboard-root", _sources.Root, .. OtherPorts, "--tenant-port", "0", "--users", "3"]);

        exitCode.ShouldBe(1);
        output.ShouldBeEmpty();
        errors.Trim().ShouldBe($"Port {port} is already in use. Stop the program that uses it, or choose another port with --dashboard-port.");
    }

    private static string[] OtherPorts => ["--port", "0", "--vault-port", "0"];

    private string WithNpm => _sources.Tools + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");

    private static string Match(Regex line, HostProcess host)
    {
        var match = line.Match(host.Output);
        match.Success.ShouldBeTrue(host.Output);
        return match.Groups["origin"].Value;
    }

    private static async Task<HttpResponseMessage> PreflightAsync(HostProcess host, string origin)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Options, $"{Match(FunctionsOrigin(), host)}/api/users/auth0%7Cx");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "DELETE");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        return await client.SendAsync(request);
    }

    private static void ShouldHaveNoCorsHeaders(HttpResponseMessage answer) =>
        answer.Headers.ShouldNotContain(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));

    private static async Task<HttpStatusCode> HealthAsync(HostProcess host)
    {
        using var client = new HttpClient();
        return (await client.GetAsync($"{Match(FunctionsOrigin(), host)}/api/health")).StatusCode;
    }

    /// <summary>Starts it with a dashboard on a free port. If another process takes the port first, it tries another one.</summary>
    private async Task<HostProcess> StartAsync(string searchPath, params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var port = ((IPEndPoint)free.LocalEndpoint).Port;
            free.Stop();
            try
            {
                return await HostProcess.StartAsync(
                    _directory,
                    new Dictionary<string, string> { ["PATH"] = searchPath },
                    ["--dashboard-port", $"{port}", "--dashboard-root", _sources.Root, .. OtherPorts, .. arguments]);
            }
            catch (InvalidOperationException ended) when (attempt < 5 && ended.Message.Contains($"Port {port} "))
            {
            }
        }
    }

    private void WriteSettings(JsonObject values, string? cors = null)
    {
        if (values.Count > 0)
        {
            values["Auth0__Audience"] = "https://admin.example.com/api";
            values["Auth0__ClientId"] = "client";
            values["Auth0__ClientSecret"] = "secret";
        }

        File.WriteAllText(
            Path.Combine(_directory.FullName, "local.settings.json"),
            new JsonObject { ["IsEncrypted"] = false, ["Values"] = values, ["Host"] = new JsonObject { ["CORS"] = cors } }.ToJsonString());
    }

    [GeneratedRegex(@"^Dashboard: (?<origin>http://localhost:\d+)", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DashboardOrigin();

    [GeneratedRegex(@"^Local tenant \(in place of Auth0\): +(?<origin>http://localhost:\d+)", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TenantOrigin();

    [GeneratedRegex(@"GetUsers: \[GET\] (?<origin>http://[^/]+)/", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FunctionsOrigin();
}
