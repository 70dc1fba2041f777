using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests;

/// <summary>Direct requests to the tenant's Management API.</summary>
internal sealed class ManagementApi(LocalTenant tenant)
{
    /// <summary>The response to <c>GET /api/v2/users</c>, with any status.</summary>
    public async Task<JsonNode> UsersAsync(string query)
    {
        using var client = new HttpClient { BaseAddress = tenant.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tenant.MintManagementToken());
        using var answer = await client.GetAsync($"/api/v2/users?{query}");
        return await answer.JsonAsync();
    }
}
