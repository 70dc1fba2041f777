using System.Net.Http.Headers;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Tenant;

/// <summary>Plain clients straight to a local tenant.</summary>
internal static class TenantClients
{
    /// <summary>A client without a token.</summary>
    public static HttpClient Anyone(this LocalTenant tenant) => new() { BaseAddress = tenant.Address, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>A client with this token.</summary>
    public static HttpClient Bearer(this LocalTenant tenant, string? token)
    {
        var client = tenant.Anyone();
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>The machine-to-machine application.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="scope">What it may do; all that the tenant grants when null.</param>
    public static HttpClient Application(this LocalTenant tenant, string? scope = null) => tenant.Bearer(tenant.MintManagementToken(scope));

    /// <summary>The <c>user_id</c>s of a list, in its order.</summary>
    public static async Task<string[]> UserIdsAsync(this HttpClient client, string query) =>
        [.. (await (await client.GetAsync($"/api/v2/users?{query}")).JsonAsync()).AsArray().Select(user => user!["user_id"]!.GetValue<string>())];

    /// <summary>Posts a body that says it is JSON.</summary>
    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string json) =>
        client.PostAsync(path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"));

    /// <summary>Posts a form.</summary>
    public static Task<HttpResponseMessage> PostFormAsync(this HttpClient client, string path, IEnumerable<KeyValuePair<string, string>> form) =>
        client.PostAsync(path, new FormUrlEncodedContent(form));
}
