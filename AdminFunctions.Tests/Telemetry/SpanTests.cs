using System.Diagnostics;
using System.Net;
using AdminFunctions.Http;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Tests.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Telemetry;

public sealed class SpanTests
{
    private const string CallersSpan = "00f067aa0ba902b7";

    [Fact]
    public async Task A_call_and_everything_that_it_causes_is_one_tree_under_the_callers_span()
    {
        await using var app = await AdminApp.StartAsync();
        using var spans = new SpanListener();
        using var reader = app.Reader();
        await reader.GetAsync("/api/users");
        var traceId = Trace(reader);

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);

        // The spans of the host, of the function, of the request to the tenant, of its HTTP request, and of the tenant.
        await Waiting.UntilAsync(() => spans.Of(traceId).Count >= 6);
        var tree = spans.Of(traceId);
        tree.Select(span => PathOf(span, tree)).Order(StringComparer.Ordinal).ShouldBe([
            "Microsoft.AspNetCore.Hosting.HttpRequestIn",
            "Microsoft.AspNetCore.Hosting.HttpRequestIn/GetUsers",
            "Microsoft.AspNetCore.Hosting.HttpRequestIn/GetUsers/admit",
            "Microsoft.AspNetCore.Hosting.HttpRequestIn/GetUsers/users.list",
            "Microsoft.AspNetCore.Hosting.HttpRequestIn/GetUsers/users.list/System.Net.Http.HttpRequestOut",
            "Microsoft.AspNetCore.Hosting.HttpRequestIn/GetUsers/users.list/System.Net.Http.HttpRequestOut/"
                + "Microsoft.AspNetCore.Hosting.HttpRequestIn",
        ]);
        tree.Single(span => span.OperationName == "GetUsers").GetTagItem("http.response.status_code").ShouldBe(200);
        tree.ShouldAllBe(span => span.Status != ActivityStatusCode.Error);
    }

    [Theory]
    [InlineData(true, CallersSpan)]
    [InlineData(false, "0000000000000000")]
    public async Task Under_a_host_without_spans_the_call_is_the_callers_child_or_the_root(bool hasTrace, string parent)
    {
        var traceParent = hasTrace ? $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{CallersSpan}-01" : "no trace parent";
        await using var app = await AdminApp.StartAsync();
        using var spans = new SpanListener();
        Activity.Current = null;
        var context = new DefaultHttpContext { RequestServices = app.Services, Request = { Headers = { TraceParent = traceParent } } };
        using var body = new MemoryStream();
        context.Response.Body = body;

        var result = await app.Services.GetRequiredService<RequestPipeline>().RunAsync(
            FunctionPolicy.AllowAnonymous("Test"),
            context.Request,
            _ => throw new InvalidOperationException(),
            CancellationToken.None);
        Activity.Current.ShouldBeNull("the span belongs to the call");
        await result.ExecuteAsync(context);

        var span = spans.Of(context.TraceIdentifier).ShouldHaveSingleItem();
        span.OperationName.ShouldBe("Test");
        span.Kind.ShouldBe(ActivityKind.Server);
        span.ParentSpanId.ToHexString().ShouldBe(parent);
        traceParent.Contains(context.TraceIdentifier, StringComparison.Ordinal).ShouldBe(hasTrace);
        span.GetTagItem("error.type").ShouldBe("unexpected");
    }

    [Fact]
    public async Task Work_that_several_calls_wait_for_is_its_own_trace_with_a_link_to_the_call_that_started_it()
    {
        await using var app = await AdminApp.StartAsync();
        using var spans = new SpanListener();
        using var reader = app.Reader();
        var traceId = Trace(reader);

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Waiting.UntilAsync(() =>
            spans.LinkedTo(traceId).Count >= 2 && spans.Of(traceId).Any(span => span.OperationName == "GetUsers"));
        spans.Of(traceId).Count(span => span.OperationName == "wait for token").ShouldBe(1);
        var shared = spans.LinkedTo(traceId);
        shared.Select(span => span.OperationName).ShouldBe(["signing keys", "grant"]);
        shared.ShouldAllBe(span => span.ParentSpanId == default);

        var grant = shared[1];
        var inGrant = spans.Of(grant.TraceId.ToHexString());
        inGrant.Where(span => span.ParentSpanId == grant.SpanId).Select(span => span.OperationName).ShouldBe(["secret", "oauth.token"]);
        inGrant.ShouldContain(span => PathOf(span, inGrant) == "grant/secret/System.Net.Http.HttpRequestOut");
        var inKeys = spans.Of(shared[0].TraceId.ToHexString());
        inKeys.Where(span => span.ParentSpanId == shared[0].SpanId).Select(span => span.OperationName)
            .ShouldBe(["openid-configuration", "jwks"]);
    }

    [Fact]
    public async Task The_span_of_a_retried_request_says_how_often_it_was_sent_and_how_it_ended()
    {
        await using var app = await AdminApp.StartAsync();
        using var spans = new SpanListener();
        using var administrator = app.Administrator();
        await administrator.GetAsync("/api/users");
        var traceId = Trace(administrator);
        app.AddUser("auth0|somebody");
        app.Tenant.Faults.Add(Fault.Answer("DELETE *", 503) with { Times = 2 }, Fault.Answer("DELETE *", 403));

        var call = administrator.DeleteAsync("/api/users/auth0%7Csomebody");
        await app.Time.LetBackoffsPassAsync(2);
        var answer = await call.InTimeAsync();

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
        (await answer.JsonAsync())["traceId"]!.GetValue<string>().ShouldBe(traceId);
        await Waiting.UntilAsync(() => spans.Of(traceId).Any(span => span.OperationName == "DeleteUser"));

        // Once before the deletion, and once afterwards to find out whether it was made.
        var reads = spans.Of(traceId).Where(span => span.OperationName == "users.get").ToList();
        reads.Count.ShouldBe(2);
        var read = reads[0];
        read.GetTagItem("http.response.status_code").ShouldBe(200);
        read.Status.ShouldNotBe(ActivityStatusCode.Error);
        var request = spans.Of(traceId).Single(span => span.OperationName == "users.delete");
        request.GetTagItem("admin_functions.tenant.tries").ShouldBe(3);
        request.GetTagItem("http.response.status_code").ShouldBe(403);
        request.GetTagItem("error.type").ShouldBe("403");
        request.Status.ShouldBe(ActivityStatusCode.Error);
        spans.Of(traceId).Count(span => span.ParentSpanId == request.SpanId && span.OperationName == "System.Net.Http.HttpRequestOut")
            .ShouldBe(3);
        var function = spans.Of(traceId).Single(span => span.OperationName == "DeleteUser");
        function.GetTagItem("error.type").ShouldBe("tenant-refused");
        function.GetTagItem("http.response.status_code").ShouldBe(502);
        function.Status.ShouldBe(ActivityStatusCode.Error);
    }

    [Fact]
    public async Task A_rejected_caller_gets_the_id_of_the_trace_that_shows_the_rejection()
    {
        await using var app = await AdminApp.StartAsync();
        using var spans = new SpanListener();
        using var anyone = app.Anyone();

        // Without a header the trace begins here.
        var traceId = (await (await anyone.GetAsync("/api/users")).JsonAsync())["traceId"]!.GetValue<string>();

        await Waiting.UntilAsync(() => spans.Of(traceId).Any(span => span.OperationName == "GetUsers"));
        spans.Of(traceId).Single(span => span.OperationName == "admit").GetTagItem("error.type").ShouldBe("AccessDeniedException");
        spans.Of(traceId).Single(span => span.OperationName == "GetUsers").GetTagItem("error.type").ShouldBe("missing-token");
    }

    [Fact]
    public async Task An_export_lasts_to_the_end_of_its_stream()
    {
        await using var app = await AdminApp.StartAsync();
        using var spans = new SpanListener();
        using var reader = app.Reader();
        var traceId = Trace(reader);

        (await reader.GetAsync("/api/users/export")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Waiting.UntilAsync(() => spans.Of(traceId).Any(span => span.OperationName == "ExportUsers"));
        var export = spans.Of(traceId).Single(span => span.OperationName == "ExportUsers");
        var requests = spans.Of(traceId).Where(span => span.OperationName == "users.list").ToList();
        requests.ShouldNotBeEmpty();
        requests.ShouldAllBe(request => request.ParentSpanId == export.SpanId
            && request.StartTimeUtc + request.Duration <= export.StartTimeUtc + export.Duration);
    }

    /// <summary>Starts a new trace for the calls of the client.</summary>
    private static string Trace(HttpClient client)
    {
        var traceId = ActivityTraceId.CreateRandom().ToHexString();
        client.DefaultRequestHeaders.Add("traceparent", $"00-{traceId}-{CallersSpan}-01");
        return traceId;
    }

    /// <summary>The names of the spans from the caller's span, or from the root, down to a span.</summary>
    private static string PathOf(Activity span, IReadOnlyList<Activity> tree) =>
        span.ParentSpanId == default || span.ParentSpanId.ToHexString() == CallersSpan
            ? span.OperationName
            : $"{PathOf(tree.Single(other => other.SpanId == span.ParentSpanId), tree)}/{span.OperationName}";
}
