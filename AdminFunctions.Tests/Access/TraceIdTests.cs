using System.Diagnostics;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Access;

/// <summary>
/// The trace ID in a problem (W3C Trace Context). ASP.NET Core starts an activity for every request that it serves. Under the Functions
/// host there may be none, so the tests for that call the pipeline without a server.
/// </summary>
public sealed class TraceIdTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string TraceParent = $"00-{TraceId}-00f067aa0ba902b7-01";

    [Fact]
    public async Task It_is_the_callers_if_the_caller_sends_one()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        anyone.DefaultRequestHeaders.Add("traceparent", TraceParent);

        (await TraceIdOfAsync(await anyone.GetAsync("/api/users"))).ShouldBe(TraceId);
        (await TraceIdOfAsync(await anyone.DeleteAsync("/api/users/auth0%7Csomebody"))).ShouldBe(TraceId);
    }

    [Fact]
    public async Task Without_one_every_request_gets_its_own()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        var ids = new[] { await TraceIdOfAsync(await anyone.GetAsync("/api/users")), await TraceIdOfAsync(await anyone.GetAsync("/api/users")) };

        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => IsTraceId(id));
    }

    [Theory]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData("00-<script>alert(1)</script>-00f067aa0ba902b7-01")]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    public async Task An_invalid_traceparent_is_ignored(string traceParent)
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        anyone.DefaultRequestHeaders.Add("traceparent", traceParent);

        var served = await TraceIdOfAsync(await anyone.GetAsync("/api/users"));
        var withoutActivity = await TraceIdWithoutServerAsync(app, traceParent);

        foreach (var id in new[] { served, withoutActivity })
        {
            IsTraceId(id).ShouldBeTrue(id);
            traceParent.ShouldNotContain(id, Case.Insensitive);
        }
    }

    [Fact]
    public async Task Without_an_activity_it_is_the_callers_or_a_new_one()
    {
        await using var app = await AdminApp.StartAsync();

        (await TraceIdWithoutServerAsync(app, TraceParent)).ShouldBe(TraceId);
        var ids = new[] { await TraceIdWithoutServerAsync(app), await TraceIdWithoutServerAsync(app) };
        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => IsTraceId(id));
    }

    [Fact]
    public async Task It_is_the_callers_even_if_the_host_has_another_and_otherwise_the_hosts()
    {
        await using var app = await AdminApp.StartAsync();
        using var first = new Activity("serving").SetIdFormat(ActivityIdFormat.W3C);
        using var second = new Activity("serving").SetIdFormat(ActivityIdFormat.W3C);

        (await TraceIdWithoutServerAsync(app, TraceParent, first)).ShouldBe(TraceId);
        (await TraceIdWithoutServerAsync(app, activity: second)).ShouldBe(second.TraceId.ToHexString());
    }

    [Fact]
    public async Task An_activity_in_the_old_format_has_no_usable_trace_id()
    {
        await using var app = await AdminApp.StartAsync();
        using var activity = new Activity("serving").SetIdFormat(ActivityIdFormat.Hierarchical);

        (await TraceIdWithoutServerAsync(app, TraceParent, activity)).ShouldBe(TraceId);
    }

    private static async Task<string> TraceIdOfAsync(HttpResponseMessage answer) =>
        (await answer.JsonAsync())["traceId"]!.GetValue<string>();

    /// <summary>The trace ID of the problem for a caller without a token.</summary>
    private static async Task<string> TraceIdWithoutServerAsync(AdminApp app, string? traceParent = null, Activity? activity = null)
    {
        Activity.Current = null;
        activity?.Start();
        var context = new DefaultHttpContext { RequestServices = app.Services };
        context.Request.Headers.TraceParent = traceParent;
        context.Response.Body = new MemoryStream();

        var result = await app.Services.GetRequiredService<RequestPipeline>().RunAsync(
            FunctionPolicy.RequirePermission("Test", Permissions.ReadUsers),
            context.Request,
            _ => throw new InvalidOperationException("Nobody was to be admitted."),
            CancellationToken.None);
        await result.ExecuteAsync(context);

        context.Response.Body.Position = 0;
        var problem = (await JsonNode.ParseAsync(context.Response.Body)).ShouldNotBeNull();
        problem["status"]!.GetValue<int>().ShouldBe(401);
        return problem["traceId"]!.GetValue<string>();
    }

    private static bool IsTraceId(string id) =>
        id.Length == 32 && id.All(char.IsAsciiHexDigitLower) && id.Any(digit => digit != '0');
}
