using System.Diagnostics.CodeAnalysis;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>What an application asked <c>/authorize</c> for.</summary>
/// <param name="RedirectUri">Where the answer goes.</param>
/// <param name="Scopes">The scopes asked for.</param>
/// <param name="Audience">The API; null for none.</param>
/// <param name="State">Given back as it is.</param>
/// <param name="Nonce">Goes into the ID token.</param>
/// <param name="CodeChallenge">The PKCE challenge (RFC 7636, S256).</param>
/// <param name="WebMessage">Whether the answer is posted to the window that asked, not redirected to.</param>
internal sealed record AuthorizationRequest(
    string RedirectUri,
    string[] Scopes,
    string? Audience,
    string? State,
    string? Nonce,
    string CodeChallenge,
    bool WebMessage);

/// <summary>Somebody who has signed in.</summary>
/// <param name="UserId">Who.</param>
/// <param name="SessionId">The session, the ID token's <c>sid</c>.</param>
/// <param name="Request">What the application asked for.</param>
internal sealed record Authorization(string UserId, string SessionId, AuthorizationRequest Request);

/// <summary>What is under way between the sign-in page and the token endpoint.</summary>
/// <param name="clock">The time.</param>
internal sealed class LoginSessions(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RefreshFamily> _refreshTokens = new(StringComparer.Ordinal);

    /// <summary>Sign-in pages that are open.</summary>
    public ExpiringStore<AuthorizationRequest> Pending { get; } = new(TimeSpan.FromHours(1), clock);

    /// <summary>Authorization codes, each good for one use.</summary>
    public ExpiringStore<Authorization> Codes { get; } = new(TimeSpan.FromMinutes(1), clock);

    /// <summary>Browser sessions, by the id in the cookie: the user ids.</summary>
    public ExpiringStore<string> Sessions { get; } = new(TimeSpan.FromDays(3), clock);

    /// <summary>Makes a first refresh token.</summary>
    public string AddRefreshToken(Authorization authorization)
    {
        lock (_lock)
        {
            return Next(new RefreshFamily(authorization));
        }
    }

    /// <summary>
    /// Takes a refresh token in exchange for a new one. A token used a second time may be stolen: it ends all that
    /// came from the same sign-in, as at Auth0.
    /// </summary>
    public bool TryRotate(string? token, [NotNullWhen(true)] out Authorization? authorization, [NotNullWhen(true)] out string? successor)
    {
        lock (_lock)
        {
            authorization = null;
            successor = null;
            if (token is null || !_refreshTokens.TryGetValue(token, out var family))
            {
                return false;
            }

            if (family.Current != token)
            {
                End(family);
                return false;
            }
            authorization = family.Authorization;
            successor = Next(family);
            return true;
        }
    }

    /// <summary>Ends a refresh token and all that came from the same sign-in.</summary>
    public void Revoke(string? token)
    {
        lock (_lock)
        {
            if (token is not null && _refreshTokens.TryGetValue(token, out var family))
            {
                End(family);
            }
        }
    }

    private string Next(RefreshFamily family)
    {
        family.Current = "v1." + Tokens.Random();
        _refreshTokens[family.Current] = family;
        return family.Current;
    }

    private void End(RefreshFamily family)
    {
        foreach (var token in _refreshTokens.Where(entry => entry.Value == family).Select(entry => entry.Key).ToArray())
        {
            _refreshTokens.Remove(token);
        }
    }

    private sealed class RefreshFamily(Authorization authorization)
    {
        public Authorization Authorization => authorization;

        public string Current { get; set; } = "";
    }
}
