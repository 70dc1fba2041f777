using System.Diagnostics;
using System.Net;
using AdminFunctions.Tests.Telemetry;

namespace AdminFunctions.Tests.Worker;

/// <summary>If telemetry is exported, the trace ID of a problem, the spans and the caller's traceparent belong to one trace.</summary>
[Collection(UnderAFunctionsHost.Name)]
public sealed class TraceTests(DeployedApp app)
{
    private const string CallersSpan = "00f067aa0ba902b7";

    [Fact]
    public async Task A_call_is_in_its_callers_trace_whatever_trace_the_host_is_in()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var host = await app.StartAnotherAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_SERVICE_NAME", "worker"));
        var traces = new List<string>();
        foreach (var joins in new[] { true, false })
        {
            host.JoinsTheCallersTrace = joins;
            traces.Add(await RefusedDeletionAsync(host));
        }

        (await host.StopWorkerAsync()).ShouldBe(0);

        foreach (var traceId in traces)
        {
            var spans = collector.Spans.Where(span => span.TraceId == traceId).ToList();
            var call = spans.Where(span => span is { Source: "AdminFunctions", Name: "DeleteUser" }).ShouldHaveSingleItem();
            call.Attributes["error.type"].ShouldBe("self-deletion");
            spans.ShouldContain(span => span.Name == "admit" && span.ParentSpanId == call.SpanId);
        }

        // If the host is in its own trace, the parent is the caller's span. In the caller's trace, the worker's span is in between.
        collector.Spans.Single(span => span.TraceId == traces[1] && span.Name == "DeleteUser").ParentSpanId.ShouldBe(CallersSpan);
        var joined = collector.Spans.Single(span => span.TraceId == traces[0] && span.Name == "DeleteUser");
        collector.Spans.ShouldContain(span => span.SpanId == joined.ParentSpanId && span.Source == "Microsoft.Azure.Functions.Worker");
        collector.Spans.ShouldContain(span => span.Name == "grant", "the warm-up's");
        collector.Metrics.ShouldContain(metric => metric.Name == "admin_functions.calls" && metric.Attributes["faas.name"] == "DeleteUser");
        collector.Services.Keys.ShouldBe(["worker"]);
    }

    /// <summary>Sends a request that is refused, in a new trace.</summary>
    /// <returns>The ID of the trace, which is also in the problem.</returns>
    private async Task<string> RefusedDeletionAsync(FunctionsHost host)
    {
        var traceId = ActivityTraceId.CreateRandom().ToHexString();
        using var administrator = app.Administrator();
        using var request = new HttpRequestMessage(
            HttpMethod.Delete, new Uri(host.Address, $"/api/users/{Uri.EscapeDataString(AdminApp.CallerId)}"));
        request.Headers.Add("traceparent", $"00-{traceId}-{CallersSpan}-01");

        using var answer = await administrator.SendAsync(request);

        await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "self-deletion");
        (await answer.JsonAsync())["traceId"]!.GetValue<string>().ShouldBe(traceId);
        return traceId;
    }
}
