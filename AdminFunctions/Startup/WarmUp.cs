using AdminFunctions.Access;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AdminFunctions;

/// <summary>
/// Has behind it, when the first request comes, what that would have to wait for: the tenant's signing keys and, side by side with
/// them, the client secret and the grant. It begins before any service of the host starts and holds up neither those nor a request:
/// one that comes meanwhile waits for the same reading and the same grant. The code itself the <see cref="Rehearsal"/> has warmed.
/// </summary>
/// <param name="faults">What is wrong with the settings.</param>
/// <param name="signingKeys">The tenant's keys.</param>
/// <param name="management">Has the Management API token.</param>
/// <param name="logger">Told of what failed: the first request tries it again.</param>
internal sealed partial class WarmUp(
    SettingsFaults faults,
    SigningKeys signingKeys,
    SharedManagementClient management,
    ILogger<WarmUp> logger) : BackgroundService, IHostedLifecycleService
{
    /// <summary>Begins it: the services that are started next connect to the Functions host and open ports, one after the other.</summary>
    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => base.StartAsync(cancellationToken);

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        faults.Sentences.Count > 0
            ? Task.CompletedTask
            : Task.WhenAll(
                TryAsync(() => signingKeys.GetAsync(stoppingToken), stoppingToken),
                TryAsync(() => management.Token.GetTokenAsync(stoppingToken), stoppingToken));

    private Task TryAsync(Func<Task> warm, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            try
            {
                await warm();
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                // The process ends already.
            }
            catch (Exception exception)
            {
                LogFailed(exception.GetType().Name, exception.Message);
            }
        },
        cancellationToken);

    [LoggerMessage(1, LogLevel.Warning, "The warm-up could not get all that requests need; the first of them tries again. {Exception}: {Reason}")]
    private partial void LogFailed(string exception, string reason);
}
