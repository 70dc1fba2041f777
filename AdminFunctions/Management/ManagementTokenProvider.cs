using System.Diagnostics;
using System.Net;
using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
using Auth0.AuthenticationApi;
using Auth0.AuthenticationApi.Models;
using Auth0.Core.Exceptions;
using Auth0.ManagementApi;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Management;

/// <summary>
/// Caches the Management API token, which it gets by the client credentials grant (RFC 6749, section 4.4). One grant is in progress
/// at a time, however many callers wait for it. The token is renewed in the background before it expires, while callers keep using
/// the old one.
/// </summary>
public sealed partial class ManagementTokenProvider : ITokenProvider
{
    /// <summary>How long before its expiry a token is no longer used, so that it does not expire on its way to Auth0.</summary>
    internal static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    /// <summary>The pause between a failed renewal and the next, while the old token is still valid.</summary>
    internal static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The pause after Auth0 has rejected the client secret and Key Vault had no newer one. Without it, every caller would send a request
    /// to both until someone corrects the secret.
    /// </summary>
    internal static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(1);

    private readonly IOptions<Auth0Options> _auth0;
    private readonly ClientSecret _secret;
    private readonly TenantHttp _http;
    private readonly TimeProvider _time;
    private readonly Instruments _instruments;
    private readonly ILogger<ManagementTokenProvider> _logger;
    private readonly SingleFlight<Token> _granting;
    private volatile Token? _kept;
    private long? _refusedAt;

    /// <summary>Creates the provider; nothing is requested, and the settings are not read, before the first token is needed.</summary>
    public ManagementTokenProvider(
        IOptions<Auth0Options> auth0,
        ClientSecret secret,
        TenantHttp http,
        TimeProvider time,
        Instruments instruments,
        ILogger<ManagementTokenProvider> logger)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        _auth0 = auth0;
        _secret = secret;
        _http = http;
        _time = time;
        _instruments = instruments;
        _logger = logger;
        _granting = new(RenewAsync);
        instruments.ObserveTokenAge(() => Age);
    }

    /// <summary>How long ago the token was requested; <see langword="null"/> while there is none.</summary>
    public TimeSpan? Age => _kept is { } token ? AgeOf(token) : null;

    /// <summary>Returns a valid token.</summary>
    /// <param name="cancellationToken">
    /// Ends this caller's wait, not the grant. The SDK passes none: then the <see cref="RequestBudget"/> ends the wait.
    /// </param>
    /// <exception cref="TenantException">Auth0 did not grant a token.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public async Task<string> GetTokenAsync(CancellationToken cancellationToken = default)
    {
        if (_kept is not { } token || AgeOf(token) >= token.ValidFor)
        {
            var wait = cancellationToken.CanBeCanceled ? cancellationToken : RequestBudget.Current?.Token ?? default;
            using var span = Spans.Start("wait for token");
            return (await _granting.RunAsync(wait)).Value;
        }

        if (AgeOf(token) >= token.RenewAfter)
        {
            _granting.RunInBackground();
        }

        return token.Value;
    }

    /// <summary>Discards a token that Auth0 has rejected, unless it has been replaced already.</summary>
    public void Discard(string rejected)
    {
        if (_kept is { } token && token.Value == rejected)
        {
            Interlocked.CompareExchange(ref _kept, null, token);
        }
    }

    private async Task<Token> RenewAsync(ActivityContext startedBy)
    {
        var old = _kept;
        if (old is not null && AgeOf(old) < old.RenewAfter && AgeOf(old) < old.ValidFor)
        {
            // The previous grant ended just before this caller began to wait for it.
            return old;
        }

        using var span = Spans.StartShared("grant", startedBy);
        try
        {
            using var budget = RequestBudget.Start(_time, RequestBudget.ForSharedWork);
            var started = _time.GetTimestamp();
            var response = await GrantAsync(budget.Token);
            var token = new Token(response.AccessToken, started, TimeSpan.FromSeconds(response.ExpiresIn));
            _kept = token;
            _instruments.Granted();
            LogGranted(response.ExpiresIn);
            return token;
        }
        catch (Exception exception) when (IsFailedBy(span, exception))
        {
            throw;
        }
        catch (Exception exception) when (old is not null && AgeOf(old) < old.ValidFor)
        {
            Interlocked.CompareExchange(ref _kept, old with { RenewAfter = AgeOf(old) + PauseAfterFailure }, old);
            LogRenewalFailed(exception.GetType().Name, exception.Message);
            throw;
        }
    }

    /// <summary>
    /// How long ago the token was requested, measured independently of the system's date and time. (A machine that sleeps may not count
    /// that time. A token that has expired meanwhile is rejected by Auth0, and replaced by <see cref="TokenRenewalHandler"/>.)
    /// </summary>
    private TimeSpan AgeOf(Token token) => _time.GetElapsedTime(token.RequestedAt);

    private bool IsFailedBy(Activity? span, Exception exception)
    {
        _instruments.Granted(exception.GetType().Name);
        return span.IsFailedBy(exception);
    }

    private async Task<AccessTokenResponse> GrantAsync(CancellationToken cancellationToken)
    {
        // The rejection itself is not cached: callers that arrive during the pause wait, and get the next attempt's result.
        if (_refusedAt is { } refusedAt && PauseAfterRefusal - _time.GetElapsedTime(refusedAt) is var pause && pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, _time, cancellationToken);
        }

        var secret = await _secret.GetAsync(cancellationToken);
        try
        {
            return await RequestAsync(secret, cancellationToken);
        }
        catch (ErrorApiException exception) when (RejectsCredentials(exception))
        {
            // The secret may have been rotated: then Key Vault has the new one.
            var newer = await _secret.ReadAgainAsync(cancellationToken);
            if (newer == secret)
            {
                _refusedAt = _time.GetTimestamp();
                throw TenantErrors.TranslateGrant(exception);
            }

            LogSecretRotated();
            secret = newer;
        }

        try
        {
            return await RequestAsync(secret, cancellationToken);
        }
        catch (ErrorApiException exception)
        {
            throw TenantErrors.TranslateGrant(exception);
        }
    }

    /// <exception cref="ErrorApiException">Auth0 rejected the credentials.</exception>
    /// <exception cref="TenantException">Anything else went wrong.</exception>
    private async Task<AccessTokenResponse> RequestAsync(string secret, CancellationToken cancellationToken)
    {
        var settings = _auth0.Value;
        using var tenant = new AuthenticationApiClient(settings.Domain, new HttpClientAuthenticationConnection(_http.Client));
        var request = new ClientCredentialsTokenRequest
        {
            ClientId = settings.ClientId,
            ClientSecret = secret,
            Audience = $"https://{settings.Domain}/api/v2/",
        };
        try
        {
            var response = await tenant.GetTokenAsync(request, cancellationToken);
            return response is { AccessToken.Length: > 0, ExpiresIn: > 0 } ? response : throw TenantErrors.Unreadable(TenantErrors.Token);
        }
        catch (Exception exception) when (exception is not TenantException && !RejectsCredentials(exception))
        {
            throw TenantErrors.TranslateGrant(exception);
        }
    }

    private static bool RejectsCredentials(Exception exception) =>
        exception is ErrorApiException api && !TenantErrors.IsPage(api.ApiError?.Message)
        && (api.StatusCode is HttpStatusCode.Unauthorized || api.ApiError?.Error is "invalid_client");

    [LoggerMessage(1, LogLevel.Information, "Auth0 granted a Management API token for {Seconds} s.", EventName = "TokenGranted")]
    private partial void LogGranted(int seconds);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "The Management API token could not be renewed ahead of its expiry ({Exception}: {Reason}). It is still valid; the next attempt "
            + "follows in half a minute.",
        EventName = "TokenRenewalFailed")]
    private partial void LogRenewalFailed(string exception, string reason);

    [LoggerMessage(
        3,
        LogLevel.Information,
        "Auth0 rejected the client secret, and Key Vault has a newer one. Trying that one.",
        EventName = "SecretRotated")]
    private partial void LogSecretRotated();

    /// <param name="Value">The token itself.</param>
    /// <param name="RequestedAt">A <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="RenewAfter">The age at which a caller starts its renewal in the background.</param>
    /// <param name="ValidFor">The age from which callers wait for the next token.</param>
    private sealed record Token(string Value, long RequestedAt, TimeSpan RenewAfter, TimeSpan ValidFor)
    {
        /// <summary>The lifetime is 24 h by default, but a tenant can set it to seconds: the leeway is at most an eighth of it.</summary>
        public Token(string value, long requestedAt, TimeSpan lifetime)
            : this(value, requestedAt, lifetime * 0.75, lifetime - (lifetime / 8 < Leeway ? lifetime / 8 : Leeway))
        {
        }
    }
}
