namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>Where a request comes from.</summary>
internal sealed record Device(string Ip, string UserAgent)
{
    /// <summary>The device that sent a request.</summary>
    public static Device Of(HttpContext context) => new(SignIn.IpOf(context), context.Request.Headers.UserAgent.ToString());
}

/// <summary>A session of a user in a browser.</summary>
/// <param name="Number">The position among all sessions and refresh tokens, in the order of their creation.</param>
/// <param name="Id">The claim <c>sid</c> of ID tokens.</param>
internal sealed record LoginSession(
    long Number, string Id, string UserId, DateTime AuthenticatedAt, DateTime LastInteractedAt, Device Device)
{
    /// <summary>How long a session lasts without an interaction, as in Auth0.</summary>
    public static readonly TimeSpan IdleLifetime = TimeSpan.FromDays(3);
}

/// <summary>A refresh token, through all its rotations. It does not expire.</summary>
/// <param name="Number">The position among all sessions and refresh tokens, in the order of their creation.</param>
/// <param name="Id">The ID, which is not the secret.</param>
/// <param name="Authorization">The sign-in that it belongs to.</param>
/// <param name="LastExchangedAt">The last exchange; null before the first.</param>
internal sealed record RefreshToken(
    long Number, string Id, Authorization Authorization, DateTime CreatedAt, DateTime? LastExchangedAt, Device Device);
