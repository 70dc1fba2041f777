using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdminFunctions.Access;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Management;
using AdminFunctions.Tests.Telemetry;

namespace AdminFunctions.Tests.LocalHost;

/// <summary>The local host as a process of its own, as a developer starts it.</summary>
public sealed partial class LocalHostTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("admin-functions-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_lines_it_prints_work_when_they_are_pasted()
    {
        await using var host = await HostProcess.StartAsync(_directory, "--port", "0", "--dashboard-port", "0", "--tenant-port", "0", "--vault-port", "0", "--users", "30");

        host.Output.ShouldContain("GetUsers: [GET] ");
        host.Output.ShouldContain("ExportUsers: [GET] ");
        host.Output.ShouldContain("DeleteUser: [DELETE] ");
        host.Output.ShouldContain("GetHealth: [GET] ");
        host.Output.ShouldContain("Ada Admin (can list, update, delete, reset MFA and read logs), Rita Reader (can list), Nora Nothing (no permissions), Dora Deleter (can list and delete)");
        var lines = CurlLine().Matches(host.Output);
        lines.Select(line => $"{line.Groups["method"].Value} {new Uri(line.Groups["address"].Value).AbsolutePath}".TrimStart())
            .Select(line => ExampleId().Replace(line, "{id}"))
            .ShouldBe(
                [
                    "/api/health", "/api/openapi.yaml", "POST /api/deletion-plans", "/api/me", "/api/users", "/api/users/export", "/api/users/{id}", "/api/users/{id}/log", "PUT /api/users/{id}/block",
                    "POST /api/users/{id}/password-reset", "POST /api/users/{id}/verification-email", "DELETE /api/users/{id}/block",
                    "DELETE /api/users/{id}/mfa", "DELETE /api/users/{id}/sessions", "DELETE /api/users/{id}",
                ],
                "what reads comes first, and the deletion last");
        using var client = new HttpClient();
        foreach (Match line in lines)
        {
            using var request = new HttpRequestMessage(new HttpMethod(line.Groups["method"] is { Success: true, Value: var method } ? method : "GET"), line.Groups["address"].Value);
            if (line.Groups["token"] is { Success: true, Value: var token })
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            if (line.Groups["body"] is { Success: true, Value: var body })
            {
                request.Content = new StringContent(body);
            }

            var answer = await client.SendAsync(request);
            answer.IsSuccessStatusCode.ShouldBeTrue($"{request.Method} {request.RequestUri}: {await answer.Content.ReadAsStringAsync()}");
        }

        host.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_outcome_of_each_deletion_is_printed_with_its_trace_id()
    {
        await using var host = await HostProcess.StartAsync(_directory, "--port", "0", "--dashboard-port", "0", "--tenant-port", "0", "--vault-port", "0", "--users", "30");
        var functions = FunctionsAddress().Match(host.Output).Groups["address"].Value;
        var tenant = TenantAddress().Match(host.Output).Groups["address"].Value;
        using var client = new HttpClient();
        var token = (await (await client.PostAsJsonAsync($"{tenant}/_local/token", new { sub = AdminApp.CallerId, permissions = new[] { Permissions.DeleteUsers } })).JsonAsync())["access_token"]!.GetValue<string>();

        (await client.PostAsJsonAsync($"{tenant}/_local/users", new[] { new { user_id = "auth0|somebody" }, new { user_id = "auth0|another" } })).IsSuccessStatusCode.ShouldBeTrue();
        await DeleteAsync("auth0|somebody", '1', HttpStatusCode.NoContent);
        await DeleteAsync(AdminApp.CallerId, '2', HttpStatusCode.Conflict);
        (await client.PostAsJsonAsync($"{tenant}/_local/faults", new[] { new { match = "DELETE /api/v2/users/*", status = 403 } })).IsSuccessStatusCode.ShouldBeTrue();
        await DeleteAsync("auth0|another", '3', HttpStatusCode.BadGateway);
        await DeleteAsync("auth0|nobody", '4', HttpStatusCode.NoContent);

        foreach (var (digit, events) in new[]
        {
            ('1', "WriteRequested target=auth0|somebody outcome=requested, WriteDone target=auth0|somebody outcome=done"),
            ('4', "WriteDone target=auth0|nobody outcome=no-such-user"),
            ('2', $"WriteRefused target={AdminApp.CallerId} outcome=self-deletion"),
            ('3', "WriteRequested target=auth0|another outcome=requested, WriteFailed target=auth0|another outcome=tenant-refused"),
        })
        {
            await Waiting.UntilAsync(() => Printed(digit) == events);
        }

        async Task DeleteAsync(string id, char trace, HttpStatusCode status)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"{functions}/api/users/{Uri.EscapeDataString(id)}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Add("traceparent", $"00-{new string(trace, 32)}-00f067aa0ba902b7-01");
            (await client.SendAsync(request)).StatusCode.ShouldBe(status);
        }

        string Printed(char trace) => string.Join(", ", AuditLine().Matches(host.Output)
            .Where(line => line.Groups["trace"].Value == new string(trace, 32))
            .Select(line => $"{line.Groups["event"].Value} target={line.Groups["target"].Value} outcome={line.Groups["outcome"].Value}"));
    }

    [Fact]
    public async Task Telemetry_is_sent_to_an_OTLP_collector()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "50", ["OTEL_METRIC_EXPORT_INTERVAL"] = "50" };
        await using var host = await HostProcess.StartAsync(
            _directory, variables, "--port", "0", "--dashboard-port", "0", "--tenant-port", "0", "--vault-port", "0", "--users", "30", "--otlp", collector.Address.ToString());
        using var client = new HttpClient();

        (await client.GetAsync($"{FunctionsAddress().Match(host.Output).Groups["address"].Value}/api/health")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Waiting.UntilAsync(() => collector.Spans.Any(span => span.Name == "GetHealth") && collector.Metrics.Any(metric => metric.Name == "admin_functions.calls"));
        collector.Services.Keys.ShouldBe(["AdminFunctions"]);
    }

    [Fact]
    public async Task The_appsettings_in_the_current_directory_are_ignored()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "appsettings.json"), """{"Auth0":{"Domain":"https://x.auth0.com/"}}""");

        await using var host = await HostProcess.StartAsync(_directory, "--port", "0", "--dashboard-port", "0", "--tenant-port", "0", "--vault-port", "0", "--users", "30");

        host.Output.ShouldContain("in place of Auth0");
    }

    [Fact]
    public async Task It_serves_another_tenant_with_the_secret_in_local_settings_and_starts_no_local_tenant()
    {
        if (!OperatingSystem.IsLinux())
        {
            // Elsewhere a process cannot be told which certificate to trust.
            return;
        }

        using var certificate = LoopbackCertificate.Create();
        await using var elsewhere = await LocalTenant.StartAsync(new TenantOptions { Users = 7, Certificate = certificate });
        var trusted = Path.Combine(_directory.FullName, "trusted.pem");
        await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem());
        WriteSettings(new JsonObject
        {
            ["Auth0__Domain"] = elsewhere.Domain,
            ["Auth0__Audience"] = elsewhere.Audience,
            ["Auth0__ClientId"] = elsewhere.ClientId,
            ["Auth0__ClientSecret"] = elsewhere.ClientSecret,
        });
        await using var host = await HostProcess.StartAsync(_directory, new Dictionary<string, string> { ["SSL_CERT_FILE"] = trusted }, "--port", "0", "--dashboard-port", "0");

        host.Output.ShouldContain("local.settings.json");
        host.Output.ShouldNotContain("in place of Auth0");
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", elsewhere.MintAccessToken("auth0|x", [Permissions.ReadUsers]));
        var answer = await client.GetAsync(FunctionsAddress().Match(host.Output).Groups["address"].Value + "/api/users");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, host.Errors + await answer.Content.ReadAsStringAsync());
        (await answer.JsonAsync()).AsArray().Count.ShouldBe(7);
        elsewhere.Stats.UserLists.ShouldBe(1);
    }

    [Fact]
    public async Task Faulty_settings_end_it_with_a_sentence_for_each_and_no_stack_trace()
    {
        WriteSettings(new JsonObject { ["Auth0__Domain"] = "https://x.auth0.com/", ["Auth0__ClientId"] = "client", ["Auth0__ClientSecret"] = "secret" });

        var (exitCode, output, errors) = await HostProcess.RunAsync(_directory);

        exitCode.ShouldBe(1);
        output.ShouldBeEmpty();
        var sentences = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        sentences.Length.ShouldBe(2);
        sentences.ShouldContain(sentence => sentence.StartsWith("Auth0__Domain must be a host name") && sentence.Contains("tenant.eu.auth0.com"));
        sentences.ShouldContain(sentence => sentence.StartsWith("Auth0__Audience is missing") && sentence.Contains("https://admin.example.com/api"));
    }

    [Fact]
    public async Task A_local_settings_file_that_is_not_JSON_is_named_with_its_line()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "local.settings.json"), "{\n  \"IsEncrypted\": false,\n  \"Values\": {{\n}");

        var (exitCode, _, errors) = await HostProcess.RunAsync(_directory);

        exitCode.ShouldBe(1);
        errors.ShouldContain("local.settings.json");
        errors.ShouldContain("line 3");
        errors.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--tenant-port")]
    [InlineData("--vault-port")]
    public async Task A_port_that_is_taken_is_named_with_the_option_that_changes_it(string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        string[] others = [.. new[] { "--port", "--tenant-port", "--vault-port" }.Where(other => other != option).SelectMany(other => new[] { other, "0" })];

        var (exitCode, output, errors) = await HostProcess.RunAsync(_directory, [option, $"{port}", "--dashboard-port", "0", .. others]);

        exitCode.ShouldBe(1);
        output.ShouldBeEmpty();
        errors.Trim().ShouldBe($"Port {port} is already in use. Stop the program that uses it, or choose another port with {option}.");
    }

    [Theory]
    [InlineData("--users", "many")]
    [InlineData("--port", "70000")]
    [InlineData("--dashboard-port", "none")]
    [InlineData("--dashboard-root", "/no/such/directory")]
    [InlineData("--otlp", "localhost:4317")]
    [InlineData("--nonsense", "1")]
    [InlineData("--script-root", "/no/such/directory")]
    public void A_wrong_option_is_named(string option, string value) =>
        Should.Throw<FunctionHostException>(() => LocalHostOptions.Parse([option, value])).Faults.ShouldHaveSingleItem().ShouldStartWith(option);

    [Fact]
    public void Options_are_read_in_both_forms()
    {
        var options = LocalHostOptions.Parse(["--port=1", "--tenant-port", "2", "--vault-port", "3", "--users=4", "--Auth0:Domain", "x", "--dashboard-port=5"]);

        options.ShouldBe(LocalHostOptions.Parse(["--users", "4", "--vault-port=3", "--tenant-port=2", "--port", "1", "--dashboard-port", "5"]));
        options.Tenant.Users.ShouldBe(4);
        options.Dashboard.Port.ShouldBe(5);
    }

    [Fact]
    public void The_dashboard_has_port_7070_unless_an_option_moves_or_disables_it()
    {
        LocalHostOptions.Parse([]).Dashboard.Port.ShouldBe(7070);
        LocalHostOptions.Parse(["--dashboard-port", "0"]).Dashboard.Port.ShouldBeNull();
    }

    private void WriteSettings(JsonObject values) =>
        File.WriteAllText(
            Path.Combine(_directory.FullName, "local.settings.json"),
            new JsonObject { ["IsEncrypted"] = false, ["Values"] = values }.ToJsonString());

    [GeneratedRegex("""^curl (?:-i -X (?<method>\w+) )?"(?<address>[^"]+)"(?: -H "Authorization: Bearer (?<token>[^"]+)")?(?: -d '(?<body>[^']+)')?""", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CurlLine();

    [GeneratedRegex("auth0%7C[0-9a-f]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ExampleId();

    [GeneratedRegex(@"(?<event>Write\w+) action=DeleteUser actor=auth0\|5f7c8ec7c33c6c004bbafe82 azp=\S+ target=(?<target>\S+) outcome=(?<outcome>\S+) traceId=(?<trace>\S+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AuditLine();

    [GeneratedRegex(@"in place of Auth0\): +(?<address>http://\S+) with", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TenantAddress();

    [GeneratedRegex(@"GetUsers: \[GET\] (?<address>http://[^/]+)/", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FunctionsAddress();
}
