using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// The applications of the tenant, of which only the secret of one can be rotated.
/// https://auth0.com/docs/api/management/v2/clients/post-rotate-secret.
/// </summary>
/// <param name="tenant">The tenant.</param>
internal sealed class ClientsApi(LocalTenant tenant)
{
    /// <summary>Rotates the secret. The vault still has the old one.</summary>
    public Task RotateSecretAsync(HttpContext context, string id)
    {
        if (id != tenant.ClientId)
        {
            return context.ErrorAsync(404, "Not Found", "The client does not exist.", "inexistent_client");
        }

        tenant.RotateClientSecret(alsoWhereKept: false);
        return context.AnswerAsync(200, new JsonObject
        {
            ["client_id"] = id,
            ["client_secret"] = tenant.ClientSecret,
            ["app_type"] = "non_interactive",
        });
    }
}
