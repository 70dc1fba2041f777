using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Settings;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>What the dashboard must know of its tenant, and with the functions' address is its <c>config.json</c>.</summary>
/// <param name="Domain">The tenant, as auth0-spa-js takes it: a host name, or an address for a tenant that has no https.</param>
/// <param name="Issuer">The tokens' issuer, as auth0-spa-js takes it; <see langword="null"/> when it follows from the domain.</param>
/// <param name="ClientId">The single-page application's client id; empty when nobody has set it.</param>
/// <param name="Audience">The identifier of the API.</param>
internal sealed record DashboardConfig(string Domain, string? Issuer, string ClientId, string Audience)
{
    /// <summary>Of a dashboard for the local tenant. Its domain names a scheme, so the issuer has to be said too.</summary>
    public static DashboardConfig For(LocalTenant tenant) =>
        new(tenant.Address.GetLeftPart(UriPartial.Authority), tenant.Domain, tenant.SpaClientId, tenant.Audience);

    /// <summary>Of a dashboard for another tenant: people sign in at the custom domain, if there is one, since that is who issues their tokens.</summary>
    /// <param name="tenant">The tenant's settings, which are valid.</param>
    /// <param name="clientId">The setting <c>Dashboard__ClientId</c>.</param>
    public static DashboardConfig For(Auth0Options tenant, string? clientId) =>
        new(new Uri(tenant.TokenIssuers[0]).Authority, Issuer: null, clientId ?? "", tenant.Audience);

    /// <summary>
    /// What the dashboard's pages may load and call, and nothing else: themselves, the functions, the tenant (in a frame too, for
    /// silent sign-ins), and pictures from anywhere on the web, since avatars are.
    /// </summary>
    /// <param name="api">Where the functions are.</param>
    public string ContentSecurityPolicy(Uri api)
    {
        var tenant = Domain.Contains("://", StringComparison.Ordinal) ? Domain : $"https://{Domain}";
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
            + $"connect-src 'self' {api.GetLeftPart(UriPartial.Authority)} {tenant}; frame-src {tenant}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /// <summary>The content of <c>config.json</c>.</summary>
    /// <param name="api">Where the functions are, route prefix included.</param>
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
