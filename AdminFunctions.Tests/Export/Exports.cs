using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Tests.Export;

/// <summary>What tests of the export ask and make.</summary>
internal static class Exports
{
    /// <summary>The lines of an export, each a JSON object.</summary>
    public static async Task<List<JsonObject>> ExportAsync(this HttpClient reader, string query = "")
    {
        using var answer = await reader.GetAsync($"/api/users/export?{query}");
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(body);
        return [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    /// <summary>The ids of users.</summary>
    public static IEnumerable<string> Ids(this IEnumerable<JsonObject> users) => users.Select(user => user["user_id"]!.GetValue<string>());

    /// <summary>Somebody, by an id and a moment of creation.</summary>
    public static TenantUser Somebody(string id, DateTime created) => new()
    {
        UserId = id,
        Name = id,
        Identities = [new(new("Username-Password-Authentication", "auth0"), id[(id.IndexOf('|', StringComparison.Ordinal) + 1)..])],
        CreatedAt = created,
        UpdatedAt = created,
    };

    /// <summary>Has the tenant hold these users and nobody else.</summary>
    public static void Replace(this UserDirectory directory, IEnumerable<TenantUser> users)
    {
        foreach (var user in directory.All)
        {
            directory.Delete(user.UserId);
        }

        directory.Put(users);
    }
}
