using System.Diagnostics.CodeAnalysis;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>A request to <c>/authorize</c>.</summary>
/// <param name="RedirectUri">The redirect URI.</param>
/// <param name="Scopes">The requested scopes.</param>
/// <param name="Audience">The API; null for none.</param>
/// <param name="State">Returned unchanged.</param>
/// <param name="Nonce">A claim of the ID token.</param>
/// <param name="CodeChallenge">The PKCE challenge (RFC 7636, S256).</param>
/// <param name="WebMessage">Whether the response is posted to the requesting window instead of redirected.</param>
internal sealed record AuthorizationRequest(
    string RedirectUri,
    string[] Scopes,
    string? Audience,
    string? State,
    string? Nonce,
    string CodeChallenge,
    bool WebMessage);

/// <summary>A completed sign-in.</summary>
/// <param name="UserId">The user ID.</param>
/// <param name="SessionId">The session, which is the claim <c>sid</c> of the ID token.</param>
/// <param name="Request">The request of the application.</param>
internal sealed record Authorization(string UserId, string SessionId, AuthorizationRequest Request);

/// <summary>The state between the sign-in page and the token endpoint.</summary>
/// <param name="clock">The clock.</param>
internal sealed class LoginSessions(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RefreshFamily> _refreshTokens = new(StringComparer.Ordinal);

    /// <summary>Pending sign-ins.</summary>
    public ExpiringStore<AuthorizationRequest> Pending { get; } = new(TimeSpan.FromHours(1), clock);

    /// <summary>Authorization codes, each valid for one use.</summary>
    public ExpiringStore<Authorization> Codes { get; } = new(TimeSpan.FromMinutes(1), clock);

    /// <summary>Browser sessions: the user IDs by the session ID in the cookie.</summary>
    public ExpiringStore<string> Sessions { get; } = new(TimeSpan.FromDays(3), clock);

    /// <summary>Ends the sessions of a user and, unless they are kept, revokes their refresh tokens.</summary>
    /// <param name="sessionId">The session; all sessions of the user if null. A session of another user is left alone.</param>
    public void End(string userId, string? sessionId, bool keepsRefreshTokens)
    {
        bool IsEnded(Authorization of) => of.UserId == userId && (sessionId is null || of.SessionId == sessionId);

        Sessions.RemoveWhere((id, user) => user == userId && (sessionId is null || id == sessionId));
        Codes.RemoveWhere((_, authorization) => IsEnded(authorization));
        if (keepsRefreshTokens)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var family in _refreshTokens.Values.Where(family => IsEnded(family.Authorization)).Distinct().ToList())
            {
                End(family);
            }
        }
    }

    /// <summary>Issues the first refresh token of a sign-in.</summary>
    public string AddRefreshToken(Authorization authorization)
    {
        lock (_lock)
        {
            return Next(new RefreshFamily(authorization));
        }
    }

    /// <summary>
    /// Exchanges a refresh token for a new one. A token that is used twice may be stolen, so all refresh tokens of the same sign-in
    /// are revoked, as in Auth0.
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

    /// <summary>Revokes a refresh token and all others of the same sign-in.</summary>
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
