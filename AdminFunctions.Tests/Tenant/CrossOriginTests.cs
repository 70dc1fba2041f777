using System.Net;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Tenant;

/// <summary>CORS: pages served from this machine may read what the tenant answers, and no others.</summary>
public sealed class CrossOriginTests
{
    [Theory]
    [InlineData("http://localhost:5173", true)]
    [InlineData("https://127.0.0.1", true)]
    [InlineData("http://[::1]:3000", true)]
    [InlineData("https://evil.example", false)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("null", false)]
    public async Task Only_pages_of_this_machine_may_read_answers(string origin, bool allowed)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var page = tenant.Anyone();
        page.DefaultRequestHeaders.Add("Origin", origin);

        foreach (var (method, path) in new[]
        {
            ("GET", "/.well-known/openid-configuration"), ("GET", "/.well-known/jwks.json"), ("POST", "/oauth/token"),
            ("POST", "/oauth/revoke"), ("GET", "/userinfo"), ("GET", "/api/v2/users"), ("GET", "/_local/stats"),
        })
        {
            var answer = await page.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            AllowedOrigin(answer).ShouldBe(allowed ? origin : null, path);

            using var preflight = new HttpRequestMessage(HttpMethod.Options, path);
            preflight.Headers.Add("Access-Control-Request-Method", method);
            preflight.Headers.Add("Access-Control-Request-Headers", "authorization,auth0-client");
            var permission = await page.SendAsync(preflight);
            AllowedOrigin(permission).ShouldBe(allowed ? origin : null, path);
            if (allowed)
            {
                permission.StatusCode.ShouldBe(HttpStatusCode.NoContent);
                permission.Headers.GetValues("Access-Control-Allow-Headers").ShouldBe(["authorization,auth0-client"]);
            }
        }

        static string? AllowedOrigin(HttpResponseMessage answer) =>
            answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
    }
}
