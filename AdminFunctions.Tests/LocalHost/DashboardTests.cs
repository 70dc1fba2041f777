using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Dashboard;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Settings;

namespace AdminFunctions.Tests.LocalHost;

/// <summary>What the local host serves from a built dashboard.</summary>
public sealed class DashboardTests : IDisposable
{
    private static readonly Uri Api = new("http://localhost:1234/api");
    private static readonly DashboardConfig Somewhere = new("http://localhost:5678", "localhost:5678", "client", "audience");

    private readonly DashboardSources _sources = new();

    public DashboardTests() => _sources.WriteBuild();

    public void Dispose() => _sources.Dispose();

    [Fact]
    public async Task Its_config_names_the_functions_and_the_local_tenant_whatever_was_built_in()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, SpaClientId = "spa" });
        await using var dashboard = await ServeAsync(DashboardConfig.For(tenant));

        var answer = await GetAsync(dashboard, "/config.json");

        (await answer.JsonAsync()).ToJsonString().ShouldBe(new JsonObject
        {
            ["domain"] = $"http://localhost:{tenant.Address.Port}",
            ["issuer"] = $"localhost:{tenant.Address.Port}",
            ["clientId"] = "spa",
            ["audience"] = tenant.Audience,
            ["api"] = "http://localhost:1234/api",
        }.ToJsonString());
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        answer.Headers.CacheControl?.ToString().ShouldBe("no-store");
    }

    [Theory]
    [InlineData(null, "tenant.eu.auth0.com")]
    [InlineData("", "tenant.eu.auth0.com")]
    [InlineData("https://login.example.com/", "login.example.com")]
    public async Task Its_config_names_another_tenant_by_its_sign_in_domain(string? issuer, string domain)
    {
        var tenant = new Auth0Options { Domain = "tenant.eu.auth0.com", Issuer = issuer, Audience = "https://admin.example.com/api" };
        await using var dashboard = await ServeAsync(DashboardConfig.For(tenant, "client of the dashboard"));

        var answer = await GetAsync(dashboard, "/config.json");

        (await answer.JsonAsync()).ToJsonString().ShouldBe(
            $$"""{"domain":"{{domain}}","clientId":"client of the dashboard","audience":"https://admin.example.com/api","api":"http://localhost:1234/api"}""");
        var policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain($"connect-src 'self' http://localhost:1234 https://{domain};");
        policy.ShouldContain($"frame-src https://{domain};");
        policy.ShouldContain("img-src 'self' https: data:;");
    }

    [Fact]
    public void Functions_without_a_route_prefix_are_named_without_a_slash() =>
        Somewhere.ToJson(new Uri("http://localhost:1234"))["api"]!.GetValue<string>().ShouldBe("http://localhost:1234");

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/assets/index-B1x_-9Zq.js", HttpStatusCode.OK)]
    [InlineData("/config.json", HttpStatusCode.OK)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task Its_pages_may_load_and_call_what_they_need_and_nothing_else(string path, HttpStatusCode status)
    {
        await using var dashboard = await ServeAsync(Somewhere);

        var answer = await GetAsync(dashboard, path);

        answer.StatusCode.ShouldBe(status);
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe([
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data: http://localhost:5678; "
            + "connect-src 'self' http://localhost:1234 http://localhost:5678; frame-src http://localhost:5678; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ]);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
    }

    [Theory]
    [InlineData("/assets/index-B1x_-9Zq.js", "text/javascript", "public, max-age=31536000, immutable")]
    [InlineData("/", "text/html", "no-cache")]
    [InlineData("/index.html", "text/html", "no-cache")]
    [InlineData("/favicon.svg", "image/svg+xml", "no-cache")]
    [InlineData("/assets/index-00000000.js", null, "no-store")]
    public async Task Only_files_with_a_hash_in_their_name_can_be_cached(string path, string? type, string caching)
    {
        await using var dashboard = await ServeAsync(Somewhere);

        var answer = await GetAsync(dashboard, path);

        answer.StatusCode.ShouldBe(type is null ? HttpStatusCode.NotFound : HttpStatusCode.OK);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe(type);
        answer.Headers.GetValues("Cache-Control").ShouldBe([caching]);
    }

    [Theory]
    [InlineData("/../package.json")]
    [InlineData("/%2e%2e/package.json")]
    [InlineData("/..%2fpackage.json")]
    [InlineData("/..%5cpackage.json")]
    [InlineData("/assets/../../package.json")]
    [InlineData("//package.json")]
    [InlineData("/package.json")]
    [InlineData("/src/main.ts")]
    [InlineData("/.hidden")]
    [InlineData("/assets/")]
    public async Task A_file_that_is_not_in_the_build_is_a_404(string path)
    {
        _sources.Write("dist/.hidden", "hidden");
        await using var dashboard = await ServeAsync(Somewhere);

        (await GetAsync(dashboard, path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("POST", "/")]
    [InlineData("PUT", "/index.html")]
    [InlineData("DELETE", "/config.json")]
    [InlineData("OPTIONS", "/")]
    public async Task It_can_only_be_read(string method, string path)
    {
        await using var dashboard = await ServeAsync(Somewhere);
        using var client = new HttpClient();

        var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), dashboard.Origin + path));

        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        answer.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
    }

    [Fact]
    public async Task A_visitor_who_uses_another_name_is_redirected_to_the_origin_that_functions_and_tenant_know()
    {
        await using var dashboard = await ServeAsync(Somewhere);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        var answer = await client.GetAsync(dashboard.Origin!.Replace("localhost", "127.0.0.1") + "/?q=%22Ada%22&code=1");

        answer.StatusCode.ShouldBe(HttpStatusCode.TemporaryRedirect);
        answer.Headers.Location?.OriginalString.ShouldBe(dashboard.Origin + "/?q=%22Ada%22&code=1");
    }

    [Fact]
    public async Task Without_a_port_there_is_no_dashboard_and_no_line_about_it()
    {
        await using var dashboard = await LocalDashboard.StartAsync(_sources.Options with { Port = null }, Somewhere);

        dashboard.Origin.ShouldBeNull();
        dashboard.Announcement.ShouldBeNull();
    }

    [Fact]
    public async Task Without_a_client_id_for_another_tenant_it_says_what_to_register_and_what_to_set()
    {
        var tenant = new Auth0Options { Domain = "tenant.eu.auth0.com", Audience = "https://admin.example.com/api" };
        await using var dashboard = await LocalDashboard.StartAsync(_sources.Options with { Port = 7070 }, DashboardConfig.For(tenant, clientId: null));

        dashboard.Origin.ShouldBeNull();
        dashboard.Announcement.ShouldBe(
            "No dashboard: set Dashboard__ClientId to the client ID of a single-page application of tenant.eu.auth0.com whose allowed callback URLs, logout URLs and web origins include http://localhost:7070");
    }

    [Fact]
    public async Task A_current_build_needs_no_npm()
    {
        await using var dashboard = await LocalDashboard.StartAsync(_sources.Options with { SearchPath = _sources.NoNpm }, Somewhere);

        dashboard.Announcement.ShouldBe($"Dashboard: {dashboard.Origin}");
    }

    [Fact]
    public async Task Without_npm_an_old_build_is_served_and_called_old()
    {
        _sources.Write("src/main.ts", "edited", days: 2);
        await using var dashboard = await ServeAsync(Somewhere, _sources.NoNpm);

        dashboard.Announcement.ShouldNotBeNull().ShouldStartWith($"Dashboard: {dashboard.Origin}, but it is older than its sources");
        dashboard.Announcement.ShouldContain("https://nodejs.org");
        (await (await GetAsync(dashboard, "/")).Content.ReadAsStringAsync()).ShouldBe("<p>Built before</p>");
    }

    [Fact]
    public async Task Without_npm_and_a_build_it_says_how_to_get_npm()
    {
        Directory.Delete(Path.Combine(_sources.Root, "dist"), recursive: true);
        await using var dashboard = await ServeAsync(Somewhere, _sources.NoNpm);

        dashboard.Origin.ShouldBeNull();
        dashboard.Announcement.ShouldNotBeNull().ShouldStartWith("No dashboard: ");
        dashboard.Announcement.ShouldContain("Node.js");
        dashboard.Announcement.ShouldContain("https://nodejs.org");
    }

    private static async Task<HttpResponseMessage> GetAsync(LocalDashboard dashboard, string path)
    {
        using var client = new HttpClient();
        // The path is sent unchanged. HttpClient would normalize it.
        return await client.GetAsync(new Uri(dashboard.Origin + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
    }

    private async Task<LocalDashboard> ServeAsync(DashboardConfig config, string? searchPath = null)
    {
        var dashboard = await LocalDashboard.StartAsync(_sources.Options with { SearchPath = searchPath ?? _sources.Tools }, config);
        await dashboard.ServeAsync(Api, TextWriter.Null, TextWriter.Null);
        return dashboard;
    }
}
