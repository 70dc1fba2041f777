namespace AdminFunctions.Management;

/// <summary>Names a request to the tenant in spans and metrics. There are few names, as metrics require.</summary>
internal static class TenantOperation
{
    public static string Of(HttpRequestMessage request) => (request.Method.Method, Segments(request)) switch
    {
        (_, ["oauth", "token"]) => "oauth.token",
        (_, ["dbconnections", "change_password"]) => "password-reset",
        ("GET", ["api", "v2", "users"]) => "users.list",
        ("GET", ["api", "v2", "users", _]) => "users.get",
        ("PATCH", ["api", "v2", "users", _]) => "users.update",
        ("DELETE", ["api", "v2", "users", _]) => "users.delete",
        ("POST", ["api", "v2", "users", _, "revoke-access"]) => "users.revoke-access",
        ("GET", ["api", "v2", "users", _, "logs"]) => "users.logs",
        ("GET", ["api", "v2", "users", _, "refresh-tokens"]) => "refresh-tokens.list",
        ("GET", ["api", "v2", "users", _, "sessions"]) => "sessions.list",
        ("GET", ["api", "v2", "users", _, "authentication-methods"]) => "authentication-methods.list",
        ("DELETE", ["api", "v2", "users", _, "authentication-methods", _]) => "authentication-methods.delete",
        ("POST", ["api", "v2", "users", _, "multifactor", ..]) => "remembered-browsers.invalidate",
        ("GET", ["api", "v2", "user-blocks", _]) => "user-blocks.list",
        ("DELETE", ["api", "v2", "user-blocks", _]) => "user-blocks.delete",
        ("POST", ["api", "v2", "jobs", "verification-email"]) => "verification-email",
        (_, [.., ".well-known", "openid-configuration"]) => "openid-configuration",
        (_, [.., ".well-known", "jwks.json"]) => "jwks",
        _ => "other",
    };

    /// <summary>The segments of a request's path, as they are in the address.</summary>
    public static string[] Segments(HttpRequestMessage request) =>
        request.RequestUri?.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
