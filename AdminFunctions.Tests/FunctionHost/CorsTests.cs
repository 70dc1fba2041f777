using AdminFunctions.LocalHost.FunctionHost;

namespace AdminFunctions.Tests.FunctionHost;

/// <summary>CORS as Core Tools configures it from Host.CORS and Host.CORSCredentials.</summary>
public sealed class CorsTests
{
    private const string Dashboard = "http://localhost:3000";

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_read_the_answer()
    {
        await using var host = await StartAsync(Dashboard, "https://admin.example");

        using var answer = await host.SendAsync("GET", "/api/things/7", ("Origin", Dashboard));

        (await answer.Content.ReadAsStringAsync()).ShouldBe("7");
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(Dashboard);
        Header(answer, "Access-Control-Allow-Credentials").ShouldBeNull();
        Header(answer, "Access-Control-Expose-Headers").ShouldBeNull();
    }

    [Fact]
    public async Task Its_preflight_is_granted_any_method_and_header_on_any_path()
    {
        await using var host = await StartAsync(Dashboard);

        using var answer = await host.SendAsync("OPTIONS", "/api/things/7", Preflight(Dashboard));

        ((int)answer.StatusCode).ShouldBe(204);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(Dashboard);
        Header(answer, "Access-Control-Allow-Methods").ShouldBe("DELETE");
        Header(answer, "Access-Control-Allow-Headers").ShouldBe("authorization");
        Header(answer, "Access-Control-Max-Age").ShouldBeNull();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("OPTIONS")]
    public async Task A_page_of_another_origin_gets_no_CORS_headers(string method)
    {
        await using var host = await StartAsync(Dashboard);

        using var answer = await host.SendAsync(method, "/api/things/7", Preflight("http://localhost:3001"));

        answer.Headers.ShouldNotContain(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_failure_may_be_read_too()
    {
        await using var host = await StartAsync(Dashboard);

        using var missing = await host.SendAsync("GET", "/api/nothing", ("Origin", Dashboard));
        using var failed = await host.SendAsync("GET", "/api/throws", ("Origin", Dashboard));

        ((int)missing.StatusCode).ShouldBe(404);
        Header(missing, "Access-Control-Allow-Origin").ShouldBe(Dashboard);
        ((int)failed.StatusCode).ShouldBe(500);
        Header(failed, "Access-Control-Allow-Origin").ShouldBe(Dashboard);
    }

    [Fact]
    public async Task OPTIONS_that_is_not_a_preflight_is_still_a_404()
    {
        await using var host = await StartAsync(Dashboard);

        using var answer = await host.SendAsync("OPTIONS", "/api/things/7");

        ((int)answer.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Credentials_are_allowed_when_asked_for()
    {
        await using var host = await InProcessHost.StartAsync(new() { CorsOrigins = [Dashboard], CorsCredentials = true }, [typeof(ThingFunctions)]);

        using var answer = await host.SendAsync("GET", "/api/things/7", ("Origin", Dashboard));

        Header(answer, "Access-Control-Allow-Credentials").ShouldBe("true");
    }

    [Fact]
    public async Task A_star_allows_every_origin()
    {
        await using var host = await StartAsync("*");

        using var answer = await host.SendAsync("GET", "/api/things/7", ("Origin", "https://anywhere.example"));

        Header(answer, "Access-Control-Allow-Origin").ShouldBe("*");
    }

    [Theory]
    [InlineData("http://localhost:3000/")]
    [InlineData("http://localhost:3000/admin")]
    [InlineData(" http://localhost:3000")]
    [InlineData("localhost:3000")]
    [InlineData("http://localhost:3000;http://localhost:3001")]
    public async Task Text_that_no_browser_sends_as_an_origin_is_refused(string origin)
    {
        var refused = await Should.ThrowAsync<FunctionHostException>(() => StartAsync(origin));

        refused.Faults.ShouldHaveSingleItem().ShouldBe($"Host.CORS: '{origin}' is not an origin. Write it like http://localhost:3000, without a path, a trailing slash or spaces.");
    }

    [Fact]
    public async Task A_star_goes_neither_with_origins_nor_with_credentials()
    {
        var refused = await Should.ThrowAsync<FunctionHostException>(() => InProcessHost.StartAsync(new() { CorsOrigins = ["*", Dashboard], CorsCredentials = true }, [typeof(ThingFunctions)]));

        refused.Faults.Count.ShouldBe(2);
        refused.Message.ShouldContain("Host.CORS:");
        refused.Message.ShouldContain("Host.CORSCredentials:");
    }

    private static Task<InProcessHost> StartAsync(params string[] origins)
        => InProcessHost.StartAsync(new() { CorsOrigins = origins }, [typeof(ThingFunctions), typeof(AnswerFunctions)]);

    private static (string, string)[] Preflight(string origin)
        => [("Origin", origin), ("Access-Control-Request-Method", "DELETE"), ("Access-Control-Request-Headers", "authorization")];

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
