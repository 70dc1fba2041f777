using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AdminFunctions.Telemetry;

/// <summary>
/// Sends spans and metrics by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; otherwise nothing listens and nothing is sent.
/// What other <c>OTEL_…</c> variables say, protocol, headers, sampler, intervals, the SDK reads itself.
/// </summary>
/// <remarks>
/// It is not Microsoft.Azure.Functions.Worker.OpenTelemetry, which tells the Functions host that the worker exports everything
/// itself: in its OpenTelemetry mode the host then exports no log of a function, and the trail of deletions would be nowhere.
/// OpenTelemetry.Extensions.Hosting, which that package builds on, does what is done here, and is not needed beside it.
/// </remarks>
internal sealed class OtlpExport(IConfiguration configuration) : IHostedLifecycleService
{
    /// <summary>The setting that turns it on, one of OpenTelemetry's own.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>ASP.NET Core's and the Functions worker's spans are the parents of ours: one that is not recorded would have ours dropped.</summary>
    private static readonly string[] Sources = [Spans.SourceName, "System.Net.Http", "Microsoft.AspNetCore", "Microsoft.Azure.Functions.Worker"];

    private IDisposable? _spans;
    private IDisposable? _metrics;

    /// <summary>Begins before the services that take calls, so that the first call is seen too.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // What the SDK costs to load, only those pay who use it.
        if (!string.IsNullOrEmpty(configuration[Endpoint]))
        {
            _spans = ExportSpans();
            _metrics = ExportMetrics();
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what has not been sent yet. A host may stop twice at once.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            Interlocked.Exchange(ref _spans, null)?.Dispose();
            Interlocked.Exchange(ref _metrics, null)?.Dispose();
        },
        CancellationToken.None);

    private TracerProvider ExportSpans() => Sdk.CreateTracerProviderBuilder()
        .ConfigureServices(Configure)
        .ConfigureResource(Describe)
        .AddSource(Sources)
        .AddOtlpExporter()
        .Build();

    private MeterProvider ExportMetrics() => Sdk.CreateMeterProviderBuilder()
        .ConfigureServices(Configure)
        .ConfigureResource(Describe)
        .AddMeter(Instruments.MeterName, "System.Net.Http")
        .AddOtlpExporter()
        .Build();

    /// <summary>The host's configuration has the environment's variables and, on a developer's machine, more.</summary>
    private void Configure(IServiceCollection services) => services.AddSingleton(configuration);

    private void Describe(ResourceBuilder resource) => resource
        .Clear()
        .AddService(configuration["WEBSITE_SITE_NAME"] ?? "AdminFunctions")
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
