using System.Diagnostics;
using System.Net;

namespace AdminFunctions.Tests.Telemetry;

public sealed class OtlpExportTests
{
    [Fact]
    public async Task Spans_and_metrics_arrive_at_the_collector()
    {
        var traceId = ActivityTraceId.CreateRandom().ToHexString();
        await using var collector = await OtlpCollector.StartAsync();
        await using (var app = await AdminApp.StartAsync(settings:
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_SERVICE_NAME", $"test-{traceId}"),
        ]))
        {
            using var administrator = app.Administrator();
            administrator.DefaultRequestHeaders.Add("traceparent", $"00-{traceId}-00f067aa0ba902b7-01");
            app.AddUser("auth0|somebody");
            (await administrator.DeleteAsync("/api/users/auth0%7Csomebody")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(AdminApp.CallerId)}")).StatusCode
                .ShouldBe(HttpStatusCode.Conflict);
        }

        collector.Services.Keys.ShouldBe([$"test-{traceId}"]);
        var spans = collector.Spans.Where(span => span.TraceId == traceId).ToList();
        var host = spans.Where(span => span.ParentSpanId == "00f067aa0ba902b7").ToList();
        host.Count.ShouldBe(2);
        spans.ShouldAllBe(span => host.Contains(span) || spans.Any(parent => parent.SpanId == span.ParentSpanId));
        spans.Count(span => span is { Source: "AdminFunctions", Name: "DeleteUser" }).ShouldBe(2);
        var refused = spans.Single(span => span.Name == "DeleteUser" && span.Attributes.ContainsKey("error.type"));
        refused.Attributes["error.type"].ShouldBe("self-deletion");
        refused.Attributes["http.response.status_code"].ShouldBe("409");
        var request = spans.Single(span => span.Name == "users.delete");
        request.Attributes["admin_functions.tenant.tries"].ShouldBe("1");
        spans.ShouldContain(span => span.Source == "System.Net.Http" && span.ParentSpanId == request.SpanId);
        collector.Spans.ShouldContain(span => span.Name == "grant" && span.Links.Contains(traceId));

        // The meters of other tests' hosts are exported too, and may have other measurements.
        var metrics = collector.Metrics.Where(metric => metric.Meter == "AdminFunctions").ToList();
        var arrived = metrics.Select(metric => (metric.Name, metric.Unit)).ToHashSet();
        var all = InstrumentsTests.Units.Select(unit => (unit.Key, unit.Value)).ToList();
        arrived.ShouldBeSubsetOf(all);
        all.Where(unit => unit.Key is not ("admin_functions.export.users" or "admin_functions.tenant.retries")).ShouldBeSubsetOf(arrived);
        var selfDeletions = metrics.Where(metric =>
            metric.Name is "admin_functions.calls" && metric.Attributes.GetValueOrDefault("error.type") is "self-deletion");
        selfDeletions.ShouldAllBe(metric =>
            metric.Attributes["faas.name"] == "DeleteUser" && metric.Attributes["http.response.status_code"] == "409" && metric.Value >= 1);
        metrics.ShouldContain(metric =>
            metric.Name == "admin_functions.call.duration" && metric.Attributes["faas.name"] == "DeleteUser" && metric.Value >= 1);
        metrics.ShouldContain(metric => metric.Name == "admin_functions.token.grants" && metric.Value >= 1);
    }

    [Fact]
    public async Task An_unreachable_collector_delays_nobody()
    {
        await using var app = await AdminApp.StartAsync(settings:
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ]);
        using var reader = app.Reader();

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
