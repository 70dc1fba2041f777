#pragma warning disable CA1822 // A function is usually an instance method, and so are these.

using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.FunctionHost;

public sealed class FunctionHostTests
{
    [Fact]
    public async Task It_serves_the_same_without_sockets()
    {
        await using var host = await InProcessHost.StartAsync(new(), [typeof(ThingFunctions), typeof(AnswerFunctions)]);

        using var found = await host.SendAsync("GET", "/api/things/auth0%7Cabc");
        (await found.Content.ReadAsStringAsync()).ShouldBe("auth0|abc");
        using var wrongMethod = await host.SendAsync("POST", "/api/things/7");
        ((int)wrongMethod.StatusCode).ShouldBe(404);
        using var failed = await host.SendAsync("GET", "/api/throws");
        ((int)failed.StatusCode).ShouldBe(500);
        (await failed.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_exception_that_escapes_is_logged_with_its_function()
    {
        await using var host = await InProcessHost.StartAsync(new(), [typeof(AnswerFunctions)]);

        using var _ = await host.SendAsync("GET", "/api/throws");

        var entry = host.Log.Where(entry => entry.Level >= LogLevel.Warning).ShouldHaveSingleItem();
        entry.Category.ShouldBe("Function.Throws");
        entry.Text.ShouldContain("A detail that no caller may see.");
    }

    [Fact]
    public async Task What_a_failed_function_had_set_does_not_reach_the_client()
    {
        await using var host = await InProcessHost.StartAsync(new(), [typeof(AnswerFunctions)]);

        using var answer = await host.SendAsync("GET", "/api/throwsLate");

        ((int)answer.StatusCode).ShouldBe(500);
        answer.Content.Headers.ContentType.ShouldBeNull();
    }

    [Theory]
    [InlineData("api", "/api/things/7")]
    [InlineData("", "/things/7")]
    [InlineData("/shop/v1/", "/shop/v1/things/7")]
    public async Task The_route_prefix_is_the_hosts(string prefix, string path)
    {
        await using var host = await InProcessHost.StartAsync(new() { RoutePrefix = prefix }, [typeof(ThingFunctions)]);

        using var answer = await host.SendAsync("GET", path);

        (await answer.Content.ReadAsStringAsync()).ShouldBe("7");
    }

    [Fact]
    public async Task The_functions_found_are_described_as_Core_Tools_does()
    {
        await using var host = await InProcessHost.StartAsync(new(), [typeof(ThingFunctions)]);

        var lines = host.Functions.Select(function => function.Describe(new("http://localhost:7071")));

        lines.ShouldBe([
            "ByName: http://localhost:7071/api/ByName",
            "ChangeThing: [PUT,PATCH] http://localhost:7071/api/things/{id}",
            "DeleteThing: [DELETE] http://localhost:7071/api/things/{id}",
            "GetSpecialThing: [GET] http://localhost:7071/api/things/special",
            "GetThing: [GET] http://localhost:7071/api/things/{id}",
            "Keyed: [GET] http://localhost:7071/api/keyed",
            "KeyedAdmin: [GET] http://localhost:7071/api/keyedAdmin",
            "Lower: [GET] http://localhost:7071/api/lower",
        ]);
    }

    [Fact]
    public async Task Each_call_has_its_own_instance_and_scope()
    {
        await using var host = await InProcessHost.StartAsync(new(), [typeof(ScopedFunctions)], services => services.AddScoped<ScopedThing>());

        using var first = await host.SendAsync("GET", "/api/Scoped");
        using var second = await host.SendAsync("GET", "/api/Scoped");

        var (one, other) = (await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        one.ShouldEndWith(" same");
        other.ShouldEndWith(" same");
        other.ShouldNotBe(one, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_service_that_nobody_registered_fails_the_call_and_names_itself_in_the_log()
    {
        await using var host = await InProcessHost.StartAsync(new(), [typeof(ScopedFunctions)]);

        using var answer = await host.SendAsync("GET", "/api/Scoped");

        ((int)answer.StatusCode).ShouldBe(500);
        host.Log.ShouldContain(entry => entry.Level == LogLevel.Error && entry.Text.Contains(nameof(ScopedThing)));
    }
}

public sealed class ScopedThing
{
    public Guid Id { get; } = Guid.NewGuid();
}

public class ScopedFunctions(ScopedThing thing)
{
    private int _calls;

    [Function("Scoped")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        var same = _calls++ == 0 && request.HttpContext.RequestServices.GetRequiredService<ScopedThing>() == thing;
        return Results.Text($"{thing.Id} {(same ? "same" : "another")}");
    }
}
