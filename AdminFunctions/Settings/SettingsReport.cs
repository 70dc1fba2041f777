using AdminFunctions.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Settings;

/// <summary>
/// Tells the log what is wrong with the settings. It does so when a call comes, not when the process starts: what a worker logs
/// while it serves no call does not get out of the Functions host.
/// </summary>
/// <param name="faults">What is wrong.</param>
/// <param name="configuration">The settings themselves.</param>
/// <param name="time">The clock by which the lines are limited.</param>
/// <param name="logger">Where they go to.</param>
public sealed partial class SettingsReport(
    SettingsFaults faults,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<SettingsReport> logger) : IDisposable
{
    private readonly LineLimit _lines = new(time, (slug, count) => LogLeftOut(logger, slug, count));
    private int _secretIsUnread = IsSecretUnread(configuration) ? 1 : 0;

    /// <summary>
    /// Writes every fault, in one line of level Critical; a limited number of calls a minute have it written. The first call has it
    /// written, too, if a secret is set that is not read.
    /// </summary>
    /// <param name="traceId">The call's trace id.</param>
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

    /// <summary>Writes how many lines were left out.</summary>
    public void Dispose() => _lines.Dispose();

    private static bool IsSecretUnread(IConfiguration configuration) =>
        !FunctionsEnvironment.IsDevelopment(configuration)
        && !string.IsNullOrEmpty(configuration[$"{Auth0Options.Section}:{nameof(Auth0Options.ClientSecret)}"]);

    [LoggerMessage(1, LogLevel.Critical, "misconfigured: {Faults} (traceId {TraceId})")]
    private partial void LogFaults(string faults, string traceId);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "Auth0__ClientSecret is set but not read, since the environment is not Development: remove it, the secret belongs in Key Vault alone.")]
    private partial void LogSecretInSettings();

    [LoggerMessage(3, LogLevel.Warning, "{Slug}: {Count} more such lines were left out")]
    private static partial void LogLeftOut(ILogger logger, string slug, int count);
}
