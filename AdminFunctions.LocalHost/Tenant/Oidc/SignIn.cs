using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>Signs a user in, or refuses to. The log has it either way.</summary>
internal sealed class SignIn(UserDirectory users, UserActivity activity, LoginSessions sessions)
{
    /// <summary>The IP address that a request comes from.</summary>
    public static string IpOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "127.0.0.1";

    /// <summary>Signs a user in.</summary>
    /// <param name="userId">A user who exists.</param>
    /// <param name="hasPassword">Whether the right password was typed in.</param>
    /// <returns>The new session's ID, or an error (https://auth0.com/docs/api/authentication#standard-error-responses).</returns>
    public (string? SessionId, string? Error, string? Description) Try(string userId, bool hasPassword, HttpContext context)
    {
        var user = users.Find(userId) ?? throw new InvalidOperationException("There is no such user.");
        var ip = IpOf(context);
        if (activity.Blocks.Of(userId).Any(block => block.Ip == ip))
        {
            activity.Log.Add(user, "limit_wc", "Blocked after too many failed logins", context);
            return (null, "too_many_attempts", "Your account has been blocked after multiple consecutive login attempts.");
        }

        if (!hasPassword)
        {
            activity.Log.Add(user, "fp", "Wrong email or password.", context);
            activity.Blocks.CountFailure(userId, new(user.Email ?? user.Name, ip, user.Identities[0].Connection.Name));
            return (null, "invalid_grant", "Wrong email or password.");
        }

        var now = activity.Now;
        users.Update(
            userId, known => known with { LastLogin = now, LastIp = ip, LoginsCount = (known.LoginsCount ?? 0) + 1, UpdatedAt = now });
        if (user.Blocked)
        {
            activity.Log.Add(user, "f", "user is blocked", context);
            return (null, "unauthorized", "user is blocked");
        }

        activity.Log.Add(user, "s", "", context);
        return (sessions.Start(userId, Device.Of(context)), null, null);
    }
}
