using System.Net;
using AdminFunctions.Tests.Worker.Rpc;

namespace AdminFunctions.Tests.Worker;

/// <summary>A function app with invalid settings, and the end of a worker.</summary>
[Collection(UnderAFunctionsHost.Name)]
public sealed class SettingsAtFaultTests(DeployedApp app)
{
    [Fact]
    public async Task Responses_and_the_log_say_what_is_wrong_and_the_host_can_end_the_worker()
    {
        await using var host = await app.StartAnotherAsync(
            ("Auth0__Domain", "https://bad-value.example.com/"), ("Auth0__Audience", ""), ("Auth0__ClientSecret", "bad-value"));
        using var anyone = new HttpClient { BaseAddress = host.Address };

        for (var call = 0; call < 25; call++)
        {
            using var answer = await anyone.GetAsync("/api/health");
            var detail = await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "misconfigured");
            detail.ShouldContain("Auth0__Domain must be a host name");
            detail.ShouldContain("Auth0__Audience is missing");
        }

        var lines = host.Log.Where(line => line.Message.StartsWith("misconfigured: ", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(20);
        lines.ShouldAllBe(line => line.Category == "Function.GetHealth.User" && line.Level == RpcLog.Types.Level.Critical
            && line.Message.Contains("Auth0__Domain must be a host name", StringComparison.Ordinal)
            && line.Message.Contains("Auth0__Audience is missing", StringComparison.Ordinal));
        host.Log.Where(line => line.Message.StartsWith("Auth0__ClientSecret is set but not read", StringComparison.Ordinal))
            .ShouldHaveSingleItem().Level.ShouldBe(RpcLog.Types.Level.Warning);
        host.Log.ShouldAllBe(line => !line.Message.Contains("bad-value", StringComparison.Ordinal));

        (await host.StopWorkerAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_worker_does_not_outlive_the_tests_that_started_it()
    {
        await using var host = await app.StartAnotherAsync(("Auth0__Domain", ""));

        (await host.LetGoOfTheWorkerAsync()).ShouldNotBe(0);
    }
}
