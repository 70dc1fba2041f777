using System.Diagnostics;
using System.Net;
using AdminFunctions.Telemetry;
using Auth0.AuthenticationApi;
using Auth0.AuthenticationApi.Models;
using Auth0.Core.Exceptions;
using Auth0.ManagementApi;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Management;

/// <summary>
/// Keeps the Management API token that all requests share, got by the client credentials grant (RFC 6749, section 4.4).
/// One grant is under way at a time however many wait for it; the token is renewed in the background before it expires,
/// while callers go on with the old one.
/// </summary>
internal sealed partial class ManagementTokenProvider : ITokenProvider
{
    /// <summary>How long before its expiry a token is no longer given out, so that it does not expire on its way.</summary>
    internal static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    /// <summary>How long a renewal that failed waits for the next, while the old token still serves.</summary>
    internal static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a secret that Auth0 has refused, and that the vault had no newer one for, is not tried again: until somebody has
    /// set it right, every caller would make us ask both as fast as they answer.
    /// </summary>
    internal static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Instruments _instruments;
    private readonly ILogger<ManagementTokenProvider> _logger;
    private readonly SingleFlight<Token> _granting;
    private volatile Token? _kept;
    private long? _refusedAt;

    /// <summary>Asks for nothing yet.</summary>
    /// <param name="domain">The tenant's domain.</param>
    /// <param name="clientId">The machine-to-machine application.</param>
    /// <param name="secret">Its secret.</param>
    /// <param name="http">The way to the tenant.</param>
    /// <param name="time">The clock that tokens expire by.</param>
    /// <param name="instruments">Count the grants.</param>
    /// <param name="logger">Told of renewals, never of tokens.</param>
    public ManagementTokenProvider(
        string domain,
        string clientId,
        ClientSecret secret,
        HttpClient http,
        TimeProvider time,
        Instruments instruments,
        ILogger<ManagementTokenProvider> logger)
    {
        _time = time;
        _instruments = instruments;
        _logger = logger;
        instruments.ObserveTokenAge(() => Age);
        var tenant = new AuthenticationApiClient(domain, new HttpClientAuthenticationConnection(http));
        _granting = new(startedBy => RenewAsync(startedBy, tenant, new ClientCredentialsTokenRequest { ClientId = clientId, Audience = $"https://{domain}/api/v2/" }, secret));
    }

    /// <summary>How long ago the token was granted; <see langword="null"/> while there is none.</summary>
    public TimeSpan? Age => _kept is { } token ? AgeOf(token) : null;

    /// <summary>A token that is good for a while.</summary>
    /// <param name="cancellationToken">
    /// Ends this caller's wait, not the grant. The SDK gives none: then the <see cref="RequestBudget"/> ends the wait.
    /// </param>
    /// <exception cref="TenantException">Auth0 gave none.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public async Task<string> GetTokenAsync(CancellationToken cancellationToken = default)
    {
        if (_kept is not { } token || AgeOf(token) >= token.ServesFor)
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

    /// <summary>Forgets a token that Auth0 has refused, unless it has been replaced already.</summary>
    /// <param name="refused">The token.</param>
    public void Drop(string refused)
    {
        if (_kept is { } token && token.Value == refused)
        {
            Interlocked.CompareExchange(ref _kept, null, token);
        }
    }

    private async Task<Token> RenewAsync(ActivityContext startedBy, AuthenticationApiClient tenant, ClientCredentialsTokenRequest request, ClientSecret secret)
    {
        var old = _kept;
        if (old is not null && AgeOf(old) < old.RenewAfter && AgeOf(old) < old.ServesFor)
        {
            // The grant before this one ended just as this caller came to wait for it.
            return old;
        }

        using var span = Spans.StartShared("grant", startedBy);
        try
        {
            using var budget = RequestBudget.Start(_time, RequestBudget.ForSharedWork);
            var started = _time.GetTimestamp();
            var response = await GrantAsync(tenant, request, secret, budget.Token);
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
        catch (Exception exception) when (old is not null && AgeOf(old) < old.ServesFor)
        {
            Interlocked.CompareExchange(ref _kept, old with { RenewAfter = AgeOf(old) + PauseAfterFailure }, old);
            LogRenewalFailed(exception.GetType().Name, exception.Message);
            throw;
        }
    }

    /// <summary>
    /// How long ago the token was asked for, whatever the machine's clock says of the time of day. (A machine that sleeps may not count
    /// that: a token that has expired meanwhile is refused, and replaced by the <see cref="TokenRenewalHandler"/>.)
    /// </summary>
    private TimeSpan AgeOf(Token token) => _time.GetElapsedTime(token.AskedForAt);

    private bool IsFailedBy(Activity? span, Exception exception)
    {
        _instruments.Granted(exception.GetType().Name);
        return span.IsFailedBy(exception);
    }

    private async Task<AccessTokenResponse> GrantAsync(
        AuthenticationApiClient tenant,
        ClientCredentialsTokenRequest request,
        ClientSecret secret,
        CancellationToken cancellationToken)
    {
        // Nothing is kept of the refusal: those who come meanwhile wait, and learn what comes of the next try.
        if (_refusedAt is { } refusedAt && PauseAfterRefusal - _time.GetElapsedTime(refusedAt) is var pause && pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, _time, cancellationToken);
        }

        request.ClientSecret = await secret.GetAsync(cancellationToken);
        try
        {
            return await RequestAsync(tenant, request, cancellationToken);
        }
        catch (ErrorApiException exception) when (RefusesCredentials(exception))
        {
            // A rotated secret: the vault has the new one, Auth0 knows the old one no longer.
            var newer = await secret.ReadAgainAsync(cancellationToken);
            if (newer == request.ClientSecret)
            {
                _refusedAt = _time.GetTimestamp();
                throw TenantErrors.Translate(exception, Grant);
            }

            LogSecretRotated();
            request.ClientSecret = newer;
        }

        try
        {
            return await RequestAsync(tenant, request, cancellationToken);
        }
        catch (ErrorApiException exception)
        {
            throw TenantErrors.Translate(exception, Grant);
        }
    }

    private const string Grant = "the grant of a Management API token";

    private static async Task<AccessTokenResponse> RequestAsync(AuthenticationApiClient tenant, ClientCredentialsTokenRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await tenant.GetTokenAsync(request, cancellationToken);
            return response is { AccessToken.Length: > 0, ExpiresIn: > 0 } ? response : throw TenantErrors.Unreadable(Grant);
        }
        catch (Exception exception) when (exception is not TenantException && !(exception is ErrorApiException refusal && RefusesCredentials(refusal)))
        {
            throw TenantErrors.Translate(exception, Grant);
        }
    }

    private static bool RefusesCredentials(ErrorApiException exception) =>
        exception.StatusCode is HttpStatusCode.Unauthorized || exception.ApiError?.Error is "invalid_client";

    [LoggerMessage(1, LogLevel.Information, "Auth0 granted a Management API token for {Seconds} s.", EventName = "TokenGranted")]
    private partial void LogGranted(int seconds);

    [LoggerMessage(2, LogLevel.Warning, "The Management API token could not be renewed ahead of its expiry ({Exception}: {Reason}). It still serves; the next try is in half a minute.", EventName = "TokenRenewalFailed")]
    private partial void LogRenewalFailed(string exception, string reason);

    [LoggerMessage(3, LogLevel.Information, "Auth0 refused the client secret, and Key Vault has a newer one: trying that.", EventName = "SecretRotated")]
    private partial void LogSecretRotated();

    /// <param name="Value">The token itself.</param>
    /// <param name="AskedForAt">When it was asked for (<see cref="TimeProvider.GetTimestamp"/>).</param>
    /// <param name="RenewAfter">The age at which a caller sets off its renewal in the background.</param>
    /// <param name="ServesFor">The age from which callers wait for the next one.</param>
    private sealed record Token(string Value, long AskedForAt, TimeSpan RenewAfter, TimeSpan ServesFor)
    {
        /// <summary>A token lives 24 h by default, but a tenant may have it live for seconds: the leeway is at most an eighth of its life.</summary>
        public Token(string value, long askedForAt, TimeSpan life)
            : this(value, askedForAt, life * 0.75, life - (life / 8 < Leeway ? life / 8 : Leeway))
        {
        }
    }
}
