namespace AdminFunctions.Management;

/// <summary>Names a request to the tenant in spans and metrics. There are few names, as metrics require.</summary>
internal static class TenantOperation
{
    public static string Of(HttpRequestMessage request) => request.RequestUri?.AbsolutePath switch
    {
        "/oauth/token" => "oauth.token",
        "/api/v2/users" => "users.list",
        { } path when path.StartsWith("/api/v2/users/", StringComparison.Ordinal) && request.Method == HttpMethod.Get => "users.get",
        { } path when path.StartsWith("/api/v2/users/", StringComparison.Ordinal) && request.Method == HttpMethod.Delete => "users.delete",
        { } path when path.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal) => "openid-configuration",
        { } path when path.EndsWith("/.well-known/jwks.json", StringComparison.Ordinal) => "jwks",
        _ => "other",
    };
}
