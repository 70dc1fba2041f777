using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AdminFunctions.Telemetry;

/// <summary>
/// Exports traces and metrics over OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; otherwise nothing is recorded. The OpenTelemetry
/// SDK reads the other <c>OTEL_…</c> variables itself: protocol, headers, sampler and intervals.
/// </summary>
/// <remarks>
/// Microsoft.Azure.Functions.Worker.OpenTelemetry is not used, because it tells the Functions host that the worker exports everything
/// itself. In its OpenTelemetry mode the host then exports no logs of functions, and the audit trail of deletions would be lost.
/// OpenTelemetry.Extensions.Hosting is not needed: this class does what it would do.
/// </remarks>
internal sealed class OtlpExport(IConfiguration configuration) : IHostedLifecycleService
{
    /// <summary>The setting that enables the export, one of OpenTelemetry's own.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The spans of ASP.NET Core and the worker are parents of this app's, which are dropped if their parents are.</summary>
    private static readonly string[] Sources =
        [Spans.SourceName, "System.Net.Http", "Microsoft.AspNetCore", "Microsoft.Azure.Functions.Worker"];

    private IDisposable? _spans;
    private IDisposable? _metrics;

    /// <summary>Starts before the services that accept calls, so that the first call is recorded too.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Loading the SDK takes time, so it is loaded only if it is used.
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

    /// <summary>Sends what has not been sent yet. A host may stop twice concurrently.</summary>
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

    /// <summary>The SDK reads its variables from the host's configuration, which includes local.settings.json.</summary>
    private void Configure(IServiceCollection services) => services.AddSingleton(configuration);

    private void Describe(ResourceBuilder resource) => resource
        .Clear()
        .AddService(configuration["WEBSITE_SITE_NAME"] ?? "AdminFunctions")
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
