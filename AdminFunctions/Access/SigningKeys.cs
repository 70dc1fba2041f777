using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AdminFunctions.Access;

/// <summary>
/// The tenant's signing keys, from its OpenID configuration. They are cached. After twelve hours they are read again in the background.
/// If a token names an unknown key, they are read again immediately, but at most every five minutes, so that invented key IDs do not
/// cause calls to the tenant.
/// </summary>
/// <remarks>
/// IdentityModel's <c>ConfigurationManager</c> reads again only in the background, so it would reject the first caller after a key
/// rotation. It also uses a clock that tests cannot control. This class uses only its configuration retriever.
/// </remarks>
public sealed partial class SigningKeys
{
    /// <summary>The age at which the keys are read again in the background.</summary>
    internal static readonly TimeSpan FreshFor = TimeSpan.FromHours(12);

    /// <summary>The shortest time between two reads because of unknown key IDs.</summary>
    internal static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);

    /// <summary>The time after a failed read before the next one.</summary>
    internal static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    private const string What = "the signing keys of the callers' tokens";

    private readonly TimeProvider _time;
    private readonly ILogger<SigningKeys> _logger;
    private readonly SingleFlight<Snapshot> _reading;
    private volatile Snapshot? _latest;
    private volatile Pause? _pause;

    /// <summary>Creates the cache. Nothing is read yet.</summary>
    /// <param name="settings">
    /// The settings with the issuer, which publishes its configuration (OpenID Connect Discovery 1.0, section 4).
    /// </param>
    /// <param name="logger">Logs if the keys cannot be read again. Callers do not notice that.</param>
    public SigningKeys(
        IOptions<Auth0Options> settings, TenantHttp http, TimeProvider time, Instruments instruments, ILogger<SigningKeys> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(instruments);
        _time = time;
        _logger = logger;
        _reading = new(async startedBy =>
        {
            using var span = Spans.StartShared("signing keys", startedBy);
            using var budget = RequestBudget.Start(time, RequestBudget.ForSharedWork);
            try
            {
                var again = _latest is not null;
                _latest = new(await ReadAsync(settings.Value, http, budget.Token), time.GetTimestamp());
                _pause = again ? new Pause(time.GetTimestamp(), RefreshInterval) : null;
                instruments.SigningKeysRead();
                return _latest;
            }
            catch (TenantException exception)
            {
                _pause = new Pause(time.GetTimestamp(), PauseAfterFailure);
                instruments.SigningKeysRead($"{exception.Failure}");
                span.Fail($"{exception.Failure}");
                if (_latest is not null)
                {
                    LogStillTheOldKeys(exception.Message);
                }

                throw;
            }
        });
    }

    /// <summary>Returns the configuration with the keys. The first call reads it.</summary>
    /// <param name="cancellationToken">Ends this wait, not the read, because others may wait for it too.</param>
    /// <exception cref="TenantException">The keys have never been read, and cannot be read now.</exception>
    public async Task<OpenIdConnectConfiguration> GetAsync(CancellationToken cancellationToken)
    {
        if (_latest is not { } kept)
        {
            await _reading.RunAsync(() => _latest is null, cancellationToken);
            return _latest!.Configuration;
        }

        if (IsDue())
        {
            _reading.RunInBackground(IsDue);
        }

        return kept.Configuration;

        bool IsDue() => _time.GetElapsedTime(_latest!.ReadAt) >= FreshFor && MayReadAgain;
    }

    /// <summary>Reads the keys again, because a token names a key that is not in <paramref name="known"/>.</summary>
    /// <param name="cancellationToken">Ends this wait, not the read.</param>
    /// <returns>The newer configuration, or <see langword="null"/> if it is too early for a read or the read failed.</returns>
    public async Task<OpenIdConnectConfiguration?> RefreshAsync(OpenIdConnectConfiguration known, CancellationToken cancellationToken)
    {
        if (_latest?.Configuration == known)
        {
            try
            {
                await _reading.RunAsync(() => _latest!.Configuration == known && MayReadAgain, cancellationToken);
            }
            catch (TenantException)
            {
                // Tokens signed with a known key are still valid. This token's key stays unknown.
            }
        }

        return _latest?.Configuration is { } newer && newer != known ? newer : null;
    }

    private bool MayReadAgain => _pause is not { } pause || _time.GetElapsedTime(pause.Since) >= pause.Length;

    private static async Task<OpenIdConnectConfiguration> ReadAsync(
        Auth0Options settings, TenantHttp http, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(
                $"{settings.TokenIssuers[0]}.well-known/openid-configuration",
                new DocumentRetriever(http.Client),
                cancellationToken);
            return configuration.SigningKeys.Count > 0
                ? configuration
                : throw TenantErrors.Unreadable(What);
        }
        catch (Exception exception) when (exception is not TenantException)
        {
            throw TenantErrors.Translate(exception, What);
        }
    }

    /// <summary>
    /// Replaces IdentityModel's own class, which retries although our client does, and loses the headers that say when to retry.
    /// </summary>
    private sealed class DocumentRetriever(HttpClient client) : IDocumentRetriever
    {
        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
            {
                throw TenantErrors.Unreadable(What);
            }

            using var answer = await client.GetAsync(uri, cancel);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadAsStringAsync(cancel)
                : throw TenantErrors.FromResponse(answer, What);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The tenant's signing keys could not be read again. The known ones stay in use. {Reason}")]
    private partial void LogStillTheOldKeys(string reason);

    private sealed record Snapshot(OpenIdConnectConfiguration Configuration, long ReadAt);

    /// <summary>A time without reads.</summary>
    private sealed record Pause(long Since, TimeSpan Length);
}
