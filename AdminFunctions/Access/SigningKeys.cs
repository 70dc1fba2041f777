using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AdminFunctions.Access;

/// <summary>
/// The tenant's signing keys, found through its OpenID configuration and kept. They are read again in the background when
/// they are half a day old, and at once when a token names a key that is not among them, though not more often than every
/// five minutes: whoever invents key ids shall not make us call the tenant.
/// </summary>
/// <remarks>
/// IdentityModel's <c>ConfigurationManager</c> reads again only in the background, so that the first caller after a key
/// rotation would be turned away, and by a clock of its own; its configuration retriever is what reads here.
/// </remarks>
public sealed partial class SigningKeys
{
    /// <summary>How long the keys are taken for fresh.</summary>
    internal static readonly TimeSpan FreshFor = TimeSpan.FromHours(12);

    /// <summary>How often unknown key ids may make us read the keys again.</summary>
    internal static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);

    /// <summary>How long to leave the tenant alone when it could not tell its keys.</summary>
    internal static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    private const string What = "the signing keys of the callers' tokens";

    private readonly TimeProvider _time;
    private readonly ILogger<SigningKeys> _logger;
    private readonly SingleFlight<Snapshot> _reading;
    private volatile Snapshot? _latest;
    private volatile Pause? _pause;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="settings">Names the tokens' issuer, which publishes its configuration (OpenID Connect Discovery 1.0, section 4).</param>
    /// <param name="http">The way to the tenant.</param>
    /// <param name="time">The clock that keys age by.</param>
    /// <param name="instruments">Count the reads.</param>
    /// <param name="logger">Told when the keys could not be read again, which no caller learns.</param>
    public SigningKeys(IOptions<Auth0Options> settings, TenantHttp http, TimeProvider time, Instruments instruments, ILogger<SigningKeys> logger)
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

    /// <summary>The configuration with the keys, as last read.</summary>
    /// <param name="cancellationToken">Ends this wait, not the reading that others wait for too.</param>
    /// <exception cref="TenantException">There are none yet, and they could not be had.</exception>
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

    /// <summary>Reads the keys again, after a token that names none of <paramref name="known"/>.</summary>
    /// <param name="known">The configuration that did not have the key.</param>
    /// <param name="cancellationToken">Ends this wait, not the reading.</param>
    /// <returns>The newer configuration, or <see langword="null"/> if it is too early to ask or the tenant cannot tell now.</returns>
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
                // The tokens that the known keys vouch for are still good; this one stays unknown.
            }
        }

        return _latest?.Configuration is { } newer && newer != known ? newer : null;
    }

    private bool MayReadAgain => _pause is not { } pause || _time.GetElapsedTime(pause.Since) >= pause.Length;

    private static async Task<OpenIdConnectConfiguration> ReadAsync(Auth0Options settings, TenantHttp http, CancellationToken cancellationToken)
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
    /// IdentityModel's own tries again by itself, as our client does too, and loses the headers of a refusal, which say when to
    /// come again.
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

    [LoggerMessage(1, LogLevel.Warning, "The tenant's signing keys could not be read again; those known still serve. {Reason}")]
    private partial void LogStillTheOldKeys(string reason);

    private sealed record Snapshot(OpenIdConnectConfiguration Configuration, long ReadAt);

    /// <summary>How long the tenant is left alone, and since when.</summary>
    private sealed record Pause(long Since, TimeSpan Length);
}
