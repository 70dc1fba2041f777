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
/// <param name="SessionId">The session, which is the claim <c>sid</c> of the ID token; null if it has long ended.</param>
/// <param name="Request">The request of the application.</param>
internal sealed record Authorization(string UserId, string? SessionId, AuthorizationRequest Request);

/// <summary>The state between the sign-in page and the token endpoint, sessions, and refresh tokens.</summary>
/// <param name="clock">The clock.</param>
internal sealed class LoginSessions(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LoginSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RefreshFamily> _refreshTokens = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>Pending sign-ins.</summary>
    public ExpiringStore<AuthorizationRequest> Pending { get; } = new(TimeSpan.FromHours(1), clock);

    /// <summary>Authorization codes, each valid for one use.</summary>
    public ExpiringStore<Authorization> Codes { get; } = new(TimeSpan.FromMinutes(1), clock);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Starts a session.</summary>
    /// <param name="authenticatedAt">When the user logged in; now if null.</param>
    /// <returns>Its ID, which is also the value of the cookie.</returns>
    public string Start(string userId, Device device, DateTime? authenticatedAt = null)
    {
        lock (_lock)
        {
            foreach (var old in _sessions.Values.Where(session => !IsLive(session)).ToList())
            {
                _sessions.Remove(old.Id);
            }

            var id = Tokens.Random();
            _sessions[id] = new LoginSession(++_count, id, userId, authenticatedAt ?? Now, Now, device);
            return id;
        }
    }

    /// <summary>Interacts with a session, which prolongs it.</summary>
    /// <returns>Whether the session exists.</returns>
    public bool TryUse(string? id, [NotNullWhen(true)] out string? userId)
    {
        lock (_lock)
        {
            if (id is null || !_sessions.TryGetValue(id, out var session) || !IsLive(session))
            {
                userId = null;
                return false;
            }

            _sessions[id] = session with { LastInteractedAt = Now };
            userId = session.UserId;
            return true;
        }
    }

    /// <summary>The sessions of a user, oldest first.</summary>
    public IReadOnlyList<LoginSession> SessionsOf(string userId)
    {
        lock (_lock)
        {
            var live = _sessions.Values.Where(session => session.UserId == userId && IsLive(session));
            return [.. live.OrderBy(static session => session.Number)];
        }
    }

    /// <summary>The refresh tokens of a user, oldest first.</summary>
    public IReadOnlyList<RefreshToken> RefreshTokensOf(string userId)
    {
        lock (_lock)
        {
            return [.. FamiliesOf(userId).Select(static family => family.Token).OrderBy(static token => token.Number)];
        }
    }

    /// <summary>Ends a session. Its refresh tokens remain, as in Auth0.</summary>
    public void LogOut(string? id)
    {
        lock (_lock)
        {
            _sessions.Remove(id ?? "");
        }
    }

    /// <summary>Ends the sessions of a user and, unless they are kept, revokes their refresh tokens.</summary>
    /// <param name="sessionId">The session; all sessions of the user if null. A session of another user is left alone.</param>
    public void End(string userId, string? sessionId, bool keepsRefreshTokens)
    {
        Codes.RemoveWhere(authorization => IsEnded(authorization.UserId, authorization.SessionId));
        lock (_lock)
        {
            foreach (var session in _sessions.Values.Where(session => IsEnded(session.UserId, session.Id)).ToList())
            {
                _sessions.Remove(session.Id);
            }

            if (!keepsRefreshTokens)
            {
                foreach (var family in FamiliesOf(userId).Where(family => IsEnded(userId, family.Token.Authorization.SessionId)))
                {
                    End(family);
                }
            }
        }

        bool IsEnded(string user, string? session) => user == userId && (sessionId is null || session == sessionId);
    }

    /// <summary>Issues the first refresh token of a sign-in.</summary>
    /// <param name="createdAt">When it was issued; now if null.</param>
    public string AddRefreshToken(Authorization authorization, Device device, DateTime? createdAt = null)
    {
        lock (_lock)
        {
            return Next(new RefreshFamily(new(++_count, $"rt_{Tokens.Random()}", authorization, createdAt ?? Now, null, device)));
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

            authorization = family.Token.Authorization;
            family.Token = family.Token with { LastExchangedAt = Now };
            successor = Next(family);
            return true;
        }
    }

    /// <summary>
    /// Marks the newest refresh token of a user as exchanged now, without a rotation, so that its application can still use it.
    /// </summary>
    /// <returns>Whether there is one.</returns>
    public bool TryMarkExchanged(string userId)
    {
        lock (_lock)
        {
            if (FamiliesOf(userId).MaxBy(static family => family.Token.Number) is not { } family)
            {
                return false;
            }

            family.Token = family.Token with { LastExchangedAt = Now };
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

    private bool IsLive(LoginSession session) => Now - session.LastInteractedAt < LoginSession.IdleLifetime;

    private List<RefreshFamily> FamiliesOf(string userId) =>
        [.. _refreshTokens.Values.Where(family => family.Token.Authorization.UserId == userId).Distinct()];

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

    private sealed class RefreshFamily(RefreshToken token)
    {
        public RefreshToken Token { get; set; } = token;

        public string Current { get; set; } = "";
    }
}
