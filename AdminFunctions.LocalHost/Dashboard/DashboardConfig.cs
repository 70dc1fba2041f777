using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Settings;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>The tenant of the dashboard. Together with the URL of the functions, it is the content of <c>config.json</c>.</summary>
/// <param name="Domain">The domain for auth0-spa-js: a host name, or a URL for a tenant without HTTPS.</param>
/// <param name="Issuer">The issuer for auth0-spa-js; <see langword="null"/> to derive it from the domain.</param>
/// <param name="ClientId">The client ID of the single-page application; empty if it is not set.</param>
/// <param name="Audience">The identifier of the API.</param>
internal sealed record DashboardConfig(string Domain, string? Issuer, string ClientId, string Audience)
{
    /// <summary>For the local tenant. Its domain has a scheme, so the issuer must be set too.</summary>
    public static DashboardConfig For(LocalTenant tenant) =>
        new(tenant.Address.GetLeftPart(UriPartial.Authority), tenant.Domain, tenant.SpaClientId, tenant.Audience);

    /// <summary>For another tenant. If it has a custom domain, users sign in there, because it issues their tokens.</summary>
    /// <param name="tenant">The valid settings of the tenant.</param>
    /// <param name="clientId">The setting <c>Dashboard__ClientId</c>.</param>
    public static DashboardConfig For(Auth0Options tenant, string? clientId) =>
        new(new Uri(tenant.TokenIssuers[0]).Authority, Issuer: null, clientId ?? "", tenant.Audience);

    /// <summary>
    /// The policy of the dashboard. It allows its own files, the functions, the tenant (also in a frame, for silent sign-in) and
    /// images from any HTTPS origin, because avatars can be anywhere, and from a local tenant, which has no HTTPS.
    /// </summary>
    /// <param name="api">The URL of the functions.</param>
    public string ContentSecurityPolicy(Uri api)
    {
        var tenant = Domain.Contains("://", StringComparison.Ordinal) ? Domain : $"https://{Domain}";
        var pictures = tenant.StartsWith("https:", StringComparison.Ordinal) ? "" : $" {tenant}";
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:{pictures}; "
            + $"connect-src 'self' {api.GetLeftPart(UriPartial.Authority)} {tenant}; frame-src {tenant}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /// <summary>The content of <c>config.json</c>.</summary>
    /// <param name="api">The URL of the functions, including the route prefix.</param>
    public JsonObject ToJson(Uri api)
    {
        var json = new JsonObject { ["domain"] = Domain };
        if (Issuer is not null)
        {
            json["issuer"] = Issuer;
        }

        json["clientId"] = ClientId;
        json["audience"] = Audience;
        json["api"] = api.AbsoluteUri.TrimEnd('/');
        return json;
    }
}
