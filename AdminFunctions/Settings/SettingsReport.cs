using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Settings;

/// <summary>
/// Logs every fault of the settings when the process starts. It does not stop the process: under the Functions host a
/// worker that exits is a crash loop whose message nobody sees, while logging through the running worker gets out.
/// </summary>
internal sealed partial class SettingsReport(SettingsFaults faults, IConfiguration configuration, ILogger<SettingsReport> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var fault in faults.Sentences)
        {
            LogFault(fault);
        }

        if (!FunctionsEnvironment.IsDevelopment(configuration)
            && !string.IsNullOrEmpty(configuration[$"{Auth0Options.Section}:{nameof(Auth0Options.ClientSecret)}"]))
        {
            LogSecretInSettings();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Critical, "Until this is set right, every function answers 503: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(2, LogLevel.Warning, "Auth0__ClientSecret is set but not read, since the environment is not Development: remove it, the secret belongs in Key Vault alone.")]
    private partial void LogSecretInSettings();
}
