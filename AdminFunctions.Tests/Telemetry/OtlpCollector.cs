using System.Collections.Concurrent;
using AdminFunctions.LocalHost.Loopback;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Tests.Telemetry;

/// <summary>
/// An OTLP collector (OTLP/HTTP, https://opentelemetry.io/docs/specs/otlp/#otlphttp) that parses the data. The numbers are the field
/// numbers of opentelemetry-proto.
/// </summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private WebApplication? _server;

    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<Span> Spans { get; } = new();

    public ConcurrentQueue<Metric> Metrics { get; } = new();

    /// <summary>The names of the services that have sent data.</summary>
    public ConcurrentDictionary<string, bool> Services { get; } = new(StringComparer.Ordinal);

    public static async Task<OtlpCollector> StartAsync()
    {
        var collector = new OtlpCollector();
        collector._server = await LoopbackServer.StartAsync(
            0,
            "no option",
            _ => { },
            _ => { },
            (pipeline, port) =>
            {
                collector.Address = new Uri($"http://127.0.0.1:{port}");
                pipeline.MapPost("/v1/traces", context => collector.ReadAsync(context, collector.ReadSpans));
                pipeline.MapPost("/v1/metrics", context => collector.ReadAsync(context, collector.ReadMetrics));
            },
            CancellationToken.None);
        return collector;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task ReadAsync(HttpContext context, Action<Protobuf> read)
    {
        context.Request.ContentType.ShouldBe("application/x-protobuf");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var resource in new Protobuf(body.ToArray()).Messages(1))
        {
            Services[Attributes(resource.Messages(1).Single(), 1)["service.name"]] = true;
            foreach (var scope in resource.Messages(2))
            {
                read(scope);
            }
        }

        // An empty message: everything was accepted.
        context.Response.ContentType = "application/x-protobuf";
    }

    private void ReadSpans(Protobuf scope)
    {
        foreach (var span in scope.Messages(2))
        {
            Spans.Enqueue(new Span(
                ScopeName(scope),
                span.Text(5),
                span.Hex(1),
                span.Hex(2),
                span.Hex(4),
                Attributes(span, 9),
                [.. span.Messages(13).Select(link => link.Hex(1))]));
        }
    }

    private void ReadMetrics(Protobuf scope)
    {
        foreach (var metric in scope.Messages(2))
        {
            // In a gauge, a sum and a histogram, the points are the first field.
            foreach (var point in new[] { 5, 7, 9 }.SelectMany(metric.Messages).SelectMany(data => data.Messages(1)))
            {
                var isHistogram = metric.Has(9);
                Metrics.Enqueue(new Metric(
                    ScopeName(scope),
                    metric.Text(1),
                    metric.Text(3),
                    isHistogram ? point.Number(4) : point.Has(6) ? point.Number(6) : point.Double(4),
                    Attributes(point, isHistogram ? 9 : 7)));
            }
        }
    }

    private static string ScopeName(Protobuf scope) => scope.Messages(1).Single().Text(1);

    private static Dictionary<string, string> Attributes(Protobuf owner, int number) =>
        owner.Messages(number).ToDictionary(
            attribute => attribute.Text(1),
            attribute => attribute.Messages(2).Single() is var value && value.Has(1) ? value.Text(1) : $"{value.Number(3)}",
            StringComparer.Ordinal);

    /// <summary>A span, and the traces that it links to.</summary>
    internal sealed record Span(
        string Source,
        string Name,
        string TraceId,
        string SpanId,
        string ParentSpanId,
        IReadOnlyDictionary<string, string> Attributes,
        IReadOnlyList<string> Links);

    /// <summary>A data point of a metric. For a histogram, the value is the number of measurements.</summary>
    internal sealed record Metric(string Meter, string Name, string Unit, double Value, IReadOnlyDictionary<string, string> Attributes);
}
