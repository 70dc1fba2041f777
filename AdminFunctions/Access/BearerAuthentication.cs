using AdminFunctions.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Access;

/// <summary>
/// Admits callers by their bearer token: an access token of the tenant for our API (RFC 9068 in substance), with a permission.
/// </summary>
/// <param name="settings">The tenant and our audience.</param>
/// <param name="signingKeys">The tenant's keys.</param>
/// <param name="time">The clock that tokens expire by.</param>
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

    /// <summary>Finds out who calls, and that they may.</summary>
    /// <param name="request">The request with its <c>Authorization</c> header (RFC 6750, section 2.1; the only place looked at).</param>
    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the tenant's signing keys.</param>
    /// <returns>The caller.</returns>
    /// <exception cref="AccessDeniedException">The caller is not admitted.</exception>
    /// <exception cref="Management.TenantException">The tenant's signing keys could not be had.</exception>
    public async Task<Caller> AdmitAsync(HttpRequest request, string permission, CancellationToken cancellationToken)
    {
        var token = await ValidateAsync(BearerToken(request), cancellationToken);
        if (token.Organization is { } organization && !MayAdminister(organization))
        {
            throw new AccessDeniedException(AccessDenial.OrganizationToken, WhatIsWrongWithAnOrganization()) { Caller = token.Caller };
        }

        // Auth0 hands a first-party application any scope it asks for, unless RBAC is on: scope proves nothing, permissions do.
        return token.Permissions.Contains(permission, StringComparer.Ordinal)
            ? token.Caller
            : throw new AccessDeniedException(
                AccessDenial.InsufficientPermission,
                $"This needs the permission {permission}, which the access token does not carry. Give the user a role with it, and see that the API adds permissions to access tokens (RBAC), then sign in again.",
                permission)
            {
                Caller = token.Caller,
            };
    }

    /// <summary>Forgets the tokens that were found good.</summary>
    public void Dispose() => _validated.Dispose();

    /// <summary>
    /// An organization's members have the permissions of their roles there. Its administrators are not the tenant's, unless the
    /// settings say so.
    /// </summary>
    private bool MayAdminister(string organization) =>
        organization.Length > 0 && string.Equals(organization, settings.Value.Organization, StringComparison.Ordinal);

    private string WhatIsWrongWithAnOrganization() => string.IsNullOrEmpty(settings.Value.Organization)
        ? "The access token was issued for an Auth0 organization, and its permissions are those of the member's roles there, while this API serves the whole tenant. Sign in without an organization; or, if the members of one organization administer the whole tenant, set Auth0__Organization to its id."
        : "The access token was issued for another Auth0 organization than the one in Auth0__Organization. Sign in through that one, or without an organization.";

    private static string BearerToken(HttpRequest request)
    {
        var headers = request.Headers.Authorization;

        // The Functions host merges them into one, with commas, which no token has (RFC 6750, section 2.1).
        var all = headers.ToString();
        if (headers.Count > 1 || (all.Contains(',') && all.Contains("Bearer", StringComparison.OrdinalIgnoreCase)))
        {
            throw Invalid("The request has more than one Authorization header, or one with more than a token in it.");
        }

        var (scheme, token) = headers.ToString().Split(' ', 2) is [var first, var rest] ? (first, rest.Trim()) : (headers.ToString(), "");
        if (!scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            throw new AccessDeniedException(
                AccessDenial.MissingToken,
                "This needs an access token: send it as Authorization: Bearer {token}.");
        }

        return token.Length > 0 ? token : throw Invalid("The Authorization header has no token behind Bearer.");
    }

    private async Task<AccessToken> ValidateAsync(string bearerToken, CancellationToken cancellationToken)
    {
        if (_validated.Find(bearerToken) is { } known
            && time.GetUtcNow() < known.ExpiresAt
            && await signingKeys.GetAsync(cancellationToken) == known.VouchedForBy)
        {
            return known;
        }

        if (!_tokens.CanReadToken(bearerToken))
        {
            throw Invalid("The access token is not a JSON Web Token of at most 16 KiB.");
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
            throw Invalid("The access token names no subject (sub).");
        }

        _validated.Keep(bearerToken, token);
        return token;
    }

    private TokenValidationParameters Parameters(OpenIdConnectConfiguration configuration) => new()
    {
        IssuerSigningKeys = configuration.SigningKeys,
        TransformBeforeSignatureValidation = CheckHeader,
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        ValidTypes = ["JWT", "at+jwt", "application/at+jwt"],
        ValidIssuer = settings.Value.TokenIssuer,
        ValidAudience = settings.Value.Audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        LifetimeValidator = IsWithinLifetime,
    };

    /// <summary>
    /// What the library passes over: of an algorithm it says that the signature is wrong, of extensions that must be
    /// understood (RFC 7515, section 4.1.11) nothing.
    /// </summary>
    private static SecurityToken CheckHeader(SecurityToken token, TokenValidationParameters parameters) => token switch
    {
        not JsonWebToken { Alg: SecurityAlgorithms.RsaSha256 } => throw new SecurityTokenInvalidAlgorithmException(),
        JsonWebToken jwt when jwt.TryGetHeaderValue<object>("crit", out _) => throw new SecurityTokenMalformedException(),
        _ => token,
    };

    /// <summary>The library's own check, by our clock.</summary>
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
        SecurityTokenExpiredException => "The access token has expired: get a new one.",
        SecurityTokenNotYetValidException => "The access token is not valid yet.",
        SecurityTokenNoExpirationException => "The access token does not say when it expires.",
        SecurityTokenInvalidAudienceException => $"The access token is for another audience: ask Auth0 for one with audience {settings.Value.Audience}.",
        SecurityTokenInvalidIssuerException => "The access token is of another issuer.",
        SecurityTokenInvalidTypeException => "The token is not an access token.",
        SecurityTokenInvalidAlgorithmException => "The access token is not signed with RS256.",
        SecurityTokenSignatureKeyNotFoundException => "The access token is signed with a key that the tenant does not have.",
        SecurityTokenInvalidSignatureException => "The access token's signature is not the tenant's.",
        _ => "The access token is malformed.",
    };

    private static AccessDeniedException Invalid(string message) => new(AccessDenial.InvalidToken, message);
}
