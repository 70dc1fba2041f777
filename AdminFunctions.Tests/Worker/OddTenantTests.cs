using System.Globalization;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.Management;
using AdminFunctions.Tests.Export;
using AdminFunctions.Tests.Users;

namespace AdminFunctions.Tests.Worker;

/// <summary>A tenant of 1,000 users in which every tenth has a field that is not as Auth0 documents it.</summary>
[Collection(UnderAFunctionsHost.Name)]
public sealed class OddTenantTests : IDisposable
{
    private const int Users = 1000;

    private static readonly DateTime FirstCreated = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly DeployedApp _app;
    private readonly IReadOnlyList<TenantUser> _usersOfOtherTests;

    /// <summary>The JSON of the users as they should be served, oldest first.</summary>
    private readonly List<JsonObject> _served = [];

    public OddTenantTests(DeployedApp app)
    {
        _app = app;
        _usersOfOtherTests = app.Tenant.Users.All;
        List<TenantUser> users = [];
        for (var i = 0; i < Users; i++)
        {
            var user = GoodUser(i);
            var sent = user.Where(field => field.Key is not "created_at")
                .ToDictionary(field => field.Key, field => (string?)field.Value!.ToJsonString(), StringComparer.Ordinal);
            if (i % 10 is 5)
            {
                var (name, value, served) = OddField(i / 10);
                sent[name] = value;
                if (served is null)
                {
                    user.Remove(name);
                }
                else
                {
                    user[name] = JsonNode.Parse(served);
                }
            }

            users.Add(Exports.Somebody(Id(i), Created(i)) with { Changes = sent });
            _served.Add(user);
        }

        app.Tenant.Users.Replace(users);
    }

    public void Dispose() => _app.Tenant.Users.Replace(_usersOfOtherTests);

    [Theory]
    [InlineData("")]
    [InlineData("&q=user_id:auth0*")]
    public async Task The_pages_of_a_list_have_every_user_with_all_good_fields(string query)
    {
        using var reader = _app.CallerWith(Permissions.ReadUsers);

        List<string> listed = [];
        for (var page = 0; page < Users / 100; page++)
        {
            var users = await reader.GetStringAsync($"/api/users?per_page=100&page={page}&sort=created_at:1{query}");
            listed.AddRange(JsonNode.Parse(users)!.AsArray().Select(user => user!.ToJsonString()));
        }

        listed.ShouldBe(_served.Select(user => user.ToJsonString()));
    }

    [Fact]
    public async Task An_NDJSON_export_has_every_user_with_all_good_fields()
    {
        using var reader = _app.CallerWith(Permissions.ReadUsers);

        var exported = await reader.ExportAsync();

        exported.Select(user => user.ToJsonString()).ShouldBe(_served.Select(user => user.ToJsonString()), ignoreOrder: true);
    }

    [Fact]
    public async Task A_CSV_export_has_every_user_with_all_good_fields()
    {
        using var reader = _app.CallerWith(Permissions.ReadUsers);

        var table = await reader.GetStringAsync("/api/users/export?format=csv");

        var rows = table.Split("\r\n");
        rows[0].ShouldBe(string.Join(',', UserFields.Names));
        rows[^1].ShouldBeEmpty();
        rows[1..^1].ShouldBe(_served.Select(user => string.Join(',', UserFields.Names.Select(name => Cell(user[name])))), ignoreOrder: true);
    }

    private static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"auth0|{number:0000}");

    private static DateTime Created(int number) => FirstCreated.AddMinutes(number);

    private static JsonObject GoodUser(int number) => new()
    {
        ["user_id"] = Id(number),
        ["email"] = $"user{number}@example.com",
        ["email_verified"] = true,
        ["username"] = $"user{number}",
        ["phone_number"] = "+15551234567",
        ["phone_verified"] = false,
        ["name"] = $"User {number}",
        ["given_name"] = "User",
        ["family_name"] = $"{number}",
        ["nickname"] = $"u{number}",
        ["picture"] = $"https://example.com/{number}.png",
        ["created_at"] = Created(number).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        ["updated_at"] = "2026-06-01T00:00:00.000Z",
        ["last_login"] = "2026-06-02T00:00:00.000Z",
        ["last_ip"] = "203.0.113.1",
        ["logins_count"] = number,
        ["blocked"] = true,
        ["identities"] = new JsonArray(
            new JsonObject { ["connection"] = "c", ["provider"] = "auth0", ["user_id"] = $"{number:0000}", ["isSocial"] = false }),
    };

    /// <summary>A value of docs/odd-users.md: the field, the value in Auth0, and the served value.</summary>
    private static (string Name, string Sent, string? Served) OddField(int number)
    {
        var values = OddUsersTests.Values.Where(row => row[0] is not "user_id").ToList();
        var value = values[number % values.Count];
        return ((string)value[0], (string)value[1], (string?)value[2]);
    }

    private static string Cell(JsonNode? value)
    {
        var text = value is JsonArray ? value.ToJsonString() : value?.ToString() ?? "";
        return text.Contains('"', StringComparison.Ordinal) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
