using System.Diagnostics;
using System.Net;
using AdminFunctions.LocalHost.Dashboard;

namespace AdminFunctions.Tests.LocalHost;

/// <summary>When npm builds the dashboard, and what is served and printed meanwhile.</summary>
public sealed class DashboardBuildTests : IDisposable
{
    private static readonly Uri Api = new("http://localhost:1234/api");
    private static readonly DashboardConfig Config = new("http://localhost:5678", "localhost:5678", "client", "audience");

    private readonly DashboardSources _sources = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public DashboardBuildTests() => _sources.InstallNpm();

    public void Dispose()
    {
        _sources.LetNpmGo();
        _sources.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [ShellFact]
    public async Task Until_the_build_ends_a_page_says_so_and_reloads_itself()
    {
        _sources.HoldNpm();
        await using var dashboard = await LocalDashboard.StartAsync(_sources.Options, Config);
        dashboard.Announcement.ShouldBe($"Dashboard: npm is building it. This can take a minute the first time. It will be at {dashboard.Origin}");
        var serving = dashboard.ServeAsync(Api, _output, _errors);
        await _sources.NpmRunsAsync();

        foreach (var path in (string[])["/", "/?code=1&state=2", "/config.json", "/assets/index-B1x_-9Zq.js"])
        {
            var meanwhile = await GetAsync(dashboard, path);

            meanwhile.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            meanwhile.Headers.RetryAfter?.Delta.ShouldBe(TimeSpan.FromSeconds(2));
            meanwhile.Headers.CacheControl?.ToString().ShouldBe("no-store");
            ShouldAllowItsStyleAlone(meanwhile);
            var page = await meanwhile.Content.ReadAsStringAsync();
            page.ShouldContain("The dashboard is being built…");
            page.ShouldContain("""<meta http-equiv="refresh" content="2">""");
        }

        _output.ToString().ShouldBeEmpty();
        _sources.LetNpmGo();
        await serving.WaitAsync(TimeSpan.FromSeconds(20));

        (await PageAsync(dashboard)).ShouldBe("<p>Built by npm</p>\n");
        _sources.NpmCalls.ShouldBe(["ci --include=dev --no-audit --no-fund", "run build"]);
        _output.ToString().ShouldBe($"Dashboard: {dashboard.Origin}{Environment.NewLine}");
        _errors.ToString().ShouldBeEmpty();
    }

    [ShellTheory]
    [InlineData("ci", "npm ci --include=dev --no-audit --no-fund")]
    [InlineData("run", "npm run build")]
    public async Task A_build_that_fails_is_reported_with_the_output_of_npm(string command, string line)
    {
        _sources.LetNpmFailAt(command);
        await using var dashboard = await ServeAsync();

        var answer = await GetAsync(dashboard, "/");

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        ShouldAllowItsStyleAlone(answer);
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("The dashboard could not be built");
        page.ShouldContain("console");
        page.ShouldNotContain("refresh");
        _output.ToString().ShouldBeEmpty();
        var told = _errors.ToString();
        told.ShouldContain($"Nothing {command} can do");
        told.ShouldContain("What a pity");
        told.ShouldEndWith($"The dashboard could not be built: `{line}` in {_sources.Root} ended with exit code 3. Its output is above.{Environment.NewLine}");
        _sources.NpmCalls[^1].ShouldBe(line["npm ".Length..]);
    }

    [ShellFact]
    public async Task The_remains_of_a_failed_build_are_not_served_at_the_next_start()
    {
        _sources.LetNpmFailAt("run");
        await using (await ServeAsync())
        {
        }

        await using var again = await ServeAsync();

        _sources.NpmCalls.Count(call => call == "run build").ShouldBe(2);
    }

    [ShellFact]
    public async Task A_build_without_a_page_has_failed()
    {
        _sources.LetNpmForgetThePage();
        await using var dashboard = await ServeAsync();

        (await GetAsync(dashboard, "/")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        _errors.ToString().ShouldContain("index.html");
    }

    [ShellFact]
    public async Task An_npm_that_cannot_be_started_is_reported()
    {
        await File.WriteAllTextAsync(Path.Combine(_sources.Tools, "npm"), "#!/no/such/interpreter\n");
        await using var dashboard = await ServeAsync();

        (await GetAsync(dashboard, "/")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        _errors.ToString().ShouldStartWith($"The dashboard could not be built in {_sources.Root}: ");
    }

    [ShellFact]
    public async Task A_fresh_build_is_served_as_it_is()
    {
        _sources.WriteBuild();
        await using var dashboard = await ServeAsync();

        (await PageAsync(dashboard)).ShouldBe("<p>Built before</p>");
        _sources.NpmCalls.ShouldBeEmpty();
        _output.ToString().ShouldBeEmpty();
    }

    [ShellTheory]
    [InlineData("src/main.ts")]
    [InlineData("src/components/New.vue")]
    [InlineData("public/favicon.svg")]
    [InlineData("index.html")]
    [InlineData("package-lock.json")]
    [InlineData(".env")]
    public async Task A_build_older_than_a_source_is_built_anew(string source)
    {
        _sources.WriteBuild(days: 1);
        _sources.WriteInstalled(days: 3);
        _sources.Write(source, "edited", days: 2);
        await using var dashboard = await ServeAsync();

        (await PageAsync(dashboard)).ShouldBe("<p>Built by npm</p>\n");
        _sources.NpmCalls.ShouldBe(["run build"]);
    }

    [ShellFact]
    public async Task A_deleted_source_causes_a_new_build()
    {
        _sources.WriteBuild();
        File.Delete(Path.Combine(_sources.Root, "src/api.ts"));
        await using var dashboard = await ServeAsync();

        (await PageAsync(dashboard)).ShouldBe("<p>Built by npm</p>\n");
    }

    [ShellTheory]
    [InlineData("node_modules/vue/index.js")]
    [InlineData("dist/assets/more.js")]
    [InlineData("coverage/index.html")]
    [InlineData("test-results/report.json")]
    [InlineData(".vite/deps/vue.js")]
    public async Task Files_that_tools_write_among_the_sources_are_not_sources(string product)
    {
        _sources.WriteBuild();
        _sources.Write(product, "", days: 2);
        await using var dashboard = await ServeAsync();

        _sources.NpmCalls.ShouldBeEmpty();
    }

    [ShellTheory]
    [InlineData(null, true)]
    [InlineData(-1.0, true)]
    [InlineData(1.0, false)]
    public async Task Packages_are_installed_only_if_they_are_missing_or_older_than_the_lock_file(double? installed, bool installs)
    {
        if (installed is { } days)
        {
            _sources.WriteInstalled(days);
        }

        await using var dashboard = await ServeAsync();

        _sources.NpmCalls.Contains("ci --include=dev --no-audit --no-fund").ShouldBe(installs);
        _sources.NpmCalls[^1].ShouldBe("run build");
    }

    [ShellFact]
    public async Task A_source_that_is_edited_during_a_build_is_in_the_next_build()
    {
        _sources.HoldNpm();
        await using (var first = await LocalDashboard.StartAsync(_sources.Options, Config))
        {
            var serving = first.ServeAsync(Api, _output, _errors);
            await _sources.NpmRunsAsync();
            _sources.Write("src/main.ts", "edited");
            _sources.LetNpmGo();
            await serving.WaitAsync(TimeSpan.FromSeconds(20));
            (await PageAsync(first)).ShouldBe("<p>Built by npm</p>\n");
        }

        await using var second = await ServeAsync();
        await using var third = await ServeAsync();

        _sources.NpmCalls.Count(call => call == "run build").ShouldBe(2);
    }

    [ShellFact]
    public async Task Of_two_hosts_one_builds_and_the_other_waits_for_it()
    {
        var time = new FakeTime();
        _sources.HoldNpm();
        await using var first = await LocalDashboard.StartAsync(_sources.Options, Config);
        await using var second = await LocalDashboard.StartAsync(_sources.Options with { TimeProvider = time }, Config);
        var serving = first.ServeAsync(Api, _output, _errors);
        await _sources.NpmRunsAsync();
        // Its page exists already, but the build is not complete.
        var waiting = second.ServeAsync(Api, _output, _errors);
        await time.WhenSomeoneWaitsAsync(_ => true);
        (await GetAsync(second, "/")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        _sources.LetNpmGo();
        await serving.WaitAsync(TimeSpan.FromSeconds(20));
        time.Advance(TimeSpan.FromSeconds(1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));

        (await PageAsync(second)).ShouldBe("<p>Built by npm</p>\n");
        _sources.NpmCalls.Count(call => call == "run build").ShouldBe(1);
    }

    [ShellTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_stops_ends_the_build_without_a_word(bool byItsToken)
    {
        _sources.HoldNpm();
        using var stopping = new CancellationTokenSource();
        var dashboard = await LocalDashboard.StartAsync(_sources.Options, Config);
        var serving = dashboard.ServeAsync(Api, _output, _errors, stopping.Token);
        var started = await _sources.NpmRunsAsync();
        Runs(started).ShouldBeTrue();

        if (byItsToken)
        {
            await stopping.CancelAsync();
            await serving.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await dashboard.DisposeAsync();

        await DashboardSources.Until(() => !Runs(started));
        _output.ToString().ShouldBeEmpty();
        _errors.ToString().ShouldBeEmpty();
        File.Exists(Path.Combine(_sources.Root, "dist", "index.html")).ShouldBeFalse();
    }

    [ShellFact]
    public void A_file_named_npm_that_is_not_a_program_is_skipped()
    {
        File.WriteAllText(Path.Combine(_sources.NoNpm, "npm"), "");

        Npm.Find(string.Join(Path.PathSeparator, "", "/no/such/directory", _sources.NoNpm)).ShouldBeNull();
        Npm.Find(string.Join(Path.PathSeparator, _sources.NoNpm, _sources.Tools)).ShouldNotBeNull();
    }

    /// <summary>Whether a process is running. A process that has ended can stay in the list until its exit code is read.</summary>
    private static bool Runs(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !OperatingSystem.IsLinux() || !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is ArgumentException or IOException)
        {
            return false;
        }
    }

    /// <summary>The policy of the page allows only its style, by its hash.</summary>
    private static void ShouldAllowItsStyleAlone(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem()
            .ShouldMatch("^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$");

    private static async Task<string> PageAsync(LocalDashboard dashboard)
    {
        var answer = await GetAsync(dashboard, "/");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpResponseMessage> GetAsync(LocalDashboard dashboard, string path)
    {
        using var client = new HttpClient();
        return await client.GetAsync(dashboard.Origin + path);
    }

    private async Task<LocalDashboard> ServeAsync()
    {
        var dashboard = await LocalDashboard.StartAsync(_sources.Options, Config);
        await dashboard.ServeAsync(Api, _output, _errors).WaitAsync(TimeSpan.FromSeconds(20));
        return dashboard;
    }
}
