using AdminFunctions.Access;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Startup;

/// <summary>
/// Gets what the first request needs before it arrives: the tenant's signing keys and, in parallel, the client secret and the Management
/// API token. It delays neither the start of the host nor a request: one that arrives meanwhile waits for the same keys and token.
/// </summary>
internal sealed partial class WarmUp(
    SettingsFaults faults,
    SigningKeys signingKeys,
    ManagementTokenProvider tokens,
    ILogger<WarmUp> logger) : BackgroundService, IHostedLifecycleService
{
    /// <summary>Starts before all other services, which connect to the Functions host and open ports one after the other.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) => base.StartAsync(cancellationToken);

    public override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        faults.Sentences.Count > 0
            ? Task.CompletedTask
            : Task.WhenAll(
                TryAsync(() => signingKeys.GetAsync(stoppingToken), stoppingToken),
                TryAsync(() => tokens.GetTokenAsync(stoppingToken), stoppingToken));

    private Task TryAsync(Func<Task> warm, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            try
            {
                await warm();
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                // The host is stopping.
            }
            catch (Exception exception)
            {
                LogFailed(exception.GetType().Name, exception.Message);
            }
        },
        cancellationToken);

    [LoggerMessage(1, LogLevel.Warning, "The warm-up failed; the first request will try again. {Exception}: {Reason}")]
    private partial void LogFailed(string exception, string reason);
}
