using AdminFunctions.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Settings;

/// <summary>
/// Logs what is wrong with the settings, when a function is called rather than when the process starts: the Functions host drops what a
/// worker logs outside an invocation.
/// </summary>
public sealed partial class SettingsReport(
    SettingsFaults faults,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<SettingsReport> logger) : IDisposable
{
    private readonly LineLimit _lines = new(time, (slug, count) => LogLeftOut(logger, slug, count));
    private int _secretIsUnread = IsSecretUnread(configuration) ? 1 : 0;

    /// <summary>
    /// Logs all faults as one Critical line, for a limited number of calls per minute. The first call also logs a warning if
    /// <see cref="Auth0Options.ClientSecret"/> is set where it is not read.
    /// </summary>
    public void Write(string traceId)
    {
        if (Interlocked.Exchange(ref _secretIsUnread, 0) == 1)
        {
            LogSecretInSettings();
        }

        _lines.WriteLeftOut();
        if (faults.Sentences.Count > 0 && _lines.TryTake("misconfigured"))
        {
            LogFaults(string.Join(' ', faults.Sentences), traceId);
        }
    }

    /// <summary>Logs how many lines were omitted.</summary>
    public void Dispose() => _lines.Dispose();

    private static bool IsSecretUnread(IConfiguration configuration) =>
        !FunctionsEnvironment.IsDevelopment(configuration)
        && !string.IsNullOrEmpty(configuration[$"{Auth0Options.Section}:{nameof(Auth0Options.ClientSecret)}"]);

    [LoggerMessage(1, LogLevel.Critical, "misconfigured: {Faults} (traceId {TraceId})")]
    private partial void LogFaults(string faults, string traceId);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "Auth0__ClientSecret is set but not read, because the environment is not Development. Remove it: the secret belongs in Key Vault.")]
    private partial void LogSecretInSettings();

    [LoggerMessage(3, LogLevel.Warning, "{Slug}: {Count} more such lines were left out")]
    private static partial void LogLeftOut(ILogger logger, string slug, int count);
}
