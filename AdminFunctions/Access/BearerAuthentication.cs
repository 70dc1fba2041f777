using AdminFunctions.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Access;

/// <summary>
/// Authenticates callers by their bearer token, which is an access token of the tenant for this API with a permission (similar to RFC
/// 9068).
/// </summary>
public sealed class BearerAuthentication(IOptions<Auth0Options> settings, SigningKeys signingKeys, TimeProvider time) : IDisposable
{
    private const int LongestTokenInBytes = 16 * 1024;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    private readonly ValidatedTokens _validated = new();

    private readonly JsonWebTokenHandler _tokens = new()
    {
        MapInboundClaims = false,
        MaximumTokenSizeInBytes = LongestTokenInBytes,
    };

    /// <summary>Identifies the caller and checks the permission.</summary>
    /// <param name="request">The request with its <c>Authorization</c> header (RFC 6750, section 2.1). No other place is read.</param>
    /// <param name="permission">One of <see cref="Permissions"/>; <see langword="null"/> if any valid token is enough.</param>
    /// <param name="cancellationToken">Ends the wait for the tenant's signing keys.</param>
    /// <exception cref="AccessDeniedException">The caller is rejected.</exception>
    /// <exception cref="Management.TenantException">The tenant's signing keys could not be read.</exception>
    public async Task<Caller> AdmitAsync(HttpRequest request, string? permission, CancellationToken cancellationToken)
    {
        var token = await ValidateAsync(BearerToken(request), cancellationToken);
        if (token.Organization is { } organization && !MayAdminister(organization))
        {
            throw new AccessDeniedException(AccessDenial.OrganizationToken, WhatIsWrongWithAnOrganization()) { Caller = token.Caller };
        }

        // Unless RBAC is on, Auth0 grants a first-party application every scope that it requests. So only permissions count.
        if (permission is not null)
        {
            token.Caller.Require(permission);
        }

        return token.Caller;
    }

    /// <summary>Discards the cached tokens.</summary>
    public void Dispose() => _validated.Dispose();

    /// <summary>
    /// An organization's members have the permissions of their roles there. Its administrators do not administer the tenant, unless the
    /// settings say so.
    /// </summary>
    private bool MayAdminister(string organization) =>
        organization.Length > 0 && string.Equals(organization, settings.Value.Organization, StringComparison.Ordinal);

    private string WhatIsWrongWithAnOrganization() => string.IsNullOrEmpty(settings.Value.Organization)
        ? "The access token was issued for an Auth0 organization, and its permissions come from the member's roles there. This API serves "
            + "the whole tenant. Sign in without an organization. If the members of one organization administer the whole tenant, set "
            + "Auth0__Organization to its ID."
        : "The access token was issued for another Auth0 organization than the one in Auth0__Organization. Sign in to that organization, "
            + "or without one.";

    private static string BearerToken(HttpRequest request)
    {
        var headers = request.Headers.Authorization;

        // The Functions host joins several headers with commas, which no token contains (RFC 6750, section 2.1).
        var all = headers.ToString();
        if (headers.Count > 1 || (all.Contains(',') && all.Contains("Bearer", StringComparison.OrdinalIgnoreCase)))
        {
            throw Invalid("The request has more than one Authorization header, or more than one value in it.");
        }

        var (scheme, token) = headers.ToString().Split(' ', 2) is [var first, var rest] ? (first, rest.Trim()) : (headers.ToString(), "");
        if (!scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            throw new AccessDeniedException(
                AccessDenial.MissingToken,
                "Send an access token in the header Authorization: Bearer {token}.");
        }

        return token.Length > 0 ? token : throw Invalid("The Authorization header has no token after Bearer.");
    }

    private async Task<AccessToken> ValidateAsync(string bearerToken, CancellationToken cancellationToken)
    {
        if (_validated.Find(bearerToken) is { } known
            && time.GetUtcNow() < known.ExpiresAt
            && await signingKeys.GetAsync(cancellationToken) == known.VouchedForBy)
        {
            return known;
        }

        if (!_tokens.CanReadToken(bearerToken) || bearerToken.Count(static character => character is '.') is not 2)
        {
            throw Invalid(WhyUnreadable(bearerToken));
        }

        var configuration = await signingKeys.GetAsync(cancellationToken);
        var result = await _tokens.ValidateTokenAsync(bearerToken, Parameters(configuration));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException
            && await signingKeys.RefreshAsync(configuration, cancellationToken) is { } newer)
        {
            configuration = newer;
            result = await _tokens.ValidateTokenAsync(bearerToken, Parameters(newer));
        }

        if (!result.IsValid)
        {
            throw Invalid(WhatIsWrong(result.Exception));
        }

        var token = AccessToken.Of((JsonWebToken)result.SecurityToken, configuration);
        if (string.IsNullOrEmpty(token.Caller.Subject))
        {
            throw Invalid("The access token has no subject (sub).");
        }

        _validated.Keep(bearerToken, token);
        return token;
    }

    private TokenValidationParameters Parameters(OpenIdConnectConfiguration configuration) => new()
    {
        IssuerSigningKeys = configuration.SigningKeys,
        IssuerSigningKeyResolver = (_, _, kid, _) => KeysFor(kid, configuration.SigningKeys),
        TryAllIssuerSigningKeys = false,
        TransformBeforeSignatureValidation = CheckHeader,
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        ValidTypes = ["JWT", "at+jwt", "application/at+jwt"],
        ValidIssuers = settings.Value.TokenIssuers,
        ValidAudience = settings.Value.Audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        LifetimeValidator = IsWithinLifetime,
    };

    /// <summary>
    /// Returns the key that a token names, every key if it names none, or <see langword="null"/> if the tenant does not have the key.
    /// </summary>
    private static List<SecurityKey>? KeysFor(string? kid, ICollection<SecurityKey> keys) =>
        string.IsNullOrEmpty(kid) ? [.. keys]
        : keys.Where(key => key.KeyId == kid).ToList() is [_, ..] named ? named
        : null;

    /// <summary>
    /// Checks what the library does not: it reports a wrong algorithm as a wrong signature, and ignores extensions that must be understood
    /// (RFC 7515, section 4.1.11).
    /// </summary>
    private static SecurityToken CheckHeader(SecurityToken token, TokenValidationParameters parameters) => token switch
    {
        not JsonWebToken { Alg: SecurityAlgorithms.RsaSha256 } => throw new SecurityTokenInvalidAlgorithmException(),
        JsonWebToken jwt when jwt.TryGetHeaderValue<object>("crit", out _) => throw new SecurityTokenMalformedException(),
        _ => token,
    };

    /// <summary>
    /// Auth0 issues tokens that are not signed JWTs to applications that do not name this API's audience, or by an API setting.
    /// </summary>
    private string WhyUnreadable(string token) => (token.Length, token.Count(static character => character is '.')) switch
    {
        ( > LongestTokenInBytes, _) => "The access token is longer than 16 KiB.",
        (_, 4) => $"The access token is encrypted (JWE). Get one from Auth0 that is signed only, with the audience "
            + $"{settings.Value.Audience}: turn off JSON Web Encryption in the settings of the API.",
        (_, 2) => "The access token is malformed.",
        _ => $"The access token is opaque: it is not a JSON Web Token. Request one from Auth0 with the audience {settings.Value.Audience}.",
    };

    /// <summary>The same check as the library's, but with our clock.</summary>
    private bool IsWithinLifetime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is null ? throw new SecurityTokenNoExpirationException()
            : notBefore > now + ClockSkew ? throw new SecurityTokenNotYetValidException()
            : expires <= now - ClockSkew ? throw new SecurityTokenExpiredException()
            : true;
    }

    private string WhatIsWrong(Exception exception) => exception switch
    {
        SecurityTokenExpiredException => "The access token has expired. Get a new one.",
        SecurityTokenNotYetValidException => "The access token is not valid yet.",
        SecurityTokenNoExpirationException => "The access token has no expiry (exp).",
        SecurityTokenInvalidAudienceException =>
            $"The access token is for another audience. Request one from Auth0 with the audience {settings.Value.Audience}.",
        SecurityTokenInvalidIssuerException => "The access token was issued by another issuer.",
        SecurityTokenInvalidTypeException => "The token is not an access token.",
        SecurityTokenInvalidAlgorithmException => "The access token is not signed with RS256.",
        SecurityTokenSignatureKeyNotFoundException => "The access token is signed with a key that the tenant does not have.",
        SecurityTokenInvalidSignatureException => "The access token's signature is not valid.",
        _ => "The access token is malformed.",
    };

    private static AccessDeniedException Invalid(string message) => new(AccessDenial.InvalidToken, message);
}
