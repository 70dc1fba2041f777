using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;
using AdminFunctions.Tests.Export;
using AdminFunctions.Tests.Infra;

namespace AdminFunctions.Tests.Users;

/// <summary>A user with values that differ from Auth0's documentation hides nobody, and keeps every field that can be read.</summary>
public sealed class OddUsersTests
{
    private const string List = "GET /api/v2/users";

    private static readonly JsonObject Good = JsonNode.Parse("""
        {
          "user_id": "auth0|odd", "email": "odd@example.com", "email_verified": true, "username": "odd", "phone_number": "+15551234567",
          "phone_verified": false, "name": "Odd", "given_name": "O", "family_name": "D", "nickname": "o", "picture": "https://example.com/o.png",
          "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-02T00:00:00.000Z", "last_login": "2026-01-03T00:00:00.000Z",
          "last_ip": "203.0.113.1", "logins_count": 3, "blocked": true,
          "identities": [{ "connection": "c", "provider": "auth0", "user_id": "odd", "isSocial": false }]
        }
        """)!.AsObject();

    /// <summary>The values of docs/odd-users.md: what Auth0 sends for a field, and what is served; null if the field is left out.</summary>
    public static TheoryData<string, string, string?> Values => new()
    {
        { "email_verified", "\"true\"", "true" },
        { "email_verified", "\"False\"", "false" },
        { "email_verified", "[true]", "true" },
        { "email_verified", "\"ann@example.com\"", null },
        { "email_verified", "\"\"", null },
        { "email_verified", "\"1\"", null },
        { "email_verified", "1", null },
        { "email_verified", "{\"a\":true}", null },
        { "phone_verified", "\"true\"", "true" },
        { "blocked", "\"false\"", "false" },
        { "blocked", "0", null },
        { "name", "12345", "\"12345\"" },
        { "name", "1.50", "\"1.50\"" },
        { "name", "1e400", "\"1e400\"" },
        { "name", "true", null },
        { "name", "{\"firstName\":\"A\"}", null },
        { "name", "\"A\\u0000B\"", "\"A\\u0000B\"" },
        { "name", "\"\\ud800\"", "\"\uFFFD\"" },
        { "given_name", "[\"Ann\"]", "\"Ann\"" },
        { "given_name", "[\"Ann\",\"Maria\"]", null },
        { "given_name", "[]", null },
        { "given_name", "[[\"Ann\"]]", null },
        { "given_name", "[null]", null },
        { "email", "[\"a@example.com\",\"b@example.com\"]", null },
        { "last_ip", "[\"203.0.113.1\"]", "\"203.0.113.1\"" },
        { "picture", "\"\"", "\"\"" },
        { "picture", "null", null },
        { "user_id", "5", "\"5\"" },
        { "user_id", "{}", null },
        { "user_id", "null", null },
        { "logins_count", "\"5\"", "5" },
        { "logins_count", "5.0", "5" },
        { "logins_count", "[\"5\"]", "5" },
        { "logins_count", "1.5", null },
        { "logins_count", "1e400", null },
        { "logins_count", "99999999999", null },
        { "logins_count", "\"many\"", null },
        { "logins_count", "true", null },
        { "last_login", "\"\"", null },
        { "last_login", "\"Invalid date\"", null },
        { "last_login", "1700000000000", null },
        { "last_login", "{\"$date\":\"2014-01-01T00:00:00.000Z\"}", null },
        { "last_login", "\"2014-01-01T00:00:00Z\"", "\"2014-01-01T00:00:00.000Z\"" },
        { "last_login", "\"2014-01-01T00:00:00.123456Z\"", "\"2014-01-01T00:00:00.123Z\"" },
        { "last_login", "\"2014-01-01T02:00:00.000+02:00\"", "\"2014-01-01T00:00:00.000Z\"" },
        { "last_login", "\"2014-01-01T00:00:00.000\"", "\"2014-01-01T00:00:00.000Z\"" },
        { "last_login", "\"2014-01-01\"", "\"2014-01-01T00:00:00.000Z\"" },
        { "last_login", "\"2014-01-01T00:00:00.000\\u005a\"", "\"2014-01-01T00:00:00.000Z\"" },
        { "last_login", "\"Tue, 02 Jan 2024 03:04:05 GMT\"", "\"2024-01-02T03:04:05.000Z\"" },
        { "last_login", "\"0001-01-01T00:00:00.000Z\"", "\"0001-01-01T00:00:00.000Z\"" },
        { "last_login", "\"2024-02-30T00:00:00.000Z\"", null },
        { "last_login", "[\"2014-01-01T00:00:00.000Z\"]", "\"2014-01-01T00:00:00.000Z\"" },
        { "created_at", "\"\"", null },
        { "identities", "\"none\"", null },
        { "identities", "{}", null },
        { "identities", "[]", "[]" },
        { "identities", "[null,1,{\"connection\":\"c\"}]", "[{\"connection\":\"c\"}]" },
        { "identities", "[{\"user_id\":9007199254740993,\"provider\":[\"p\"],\"connection\":{},\"isSocial\":\"true\"}]", "[{\"provider\":\"p\",\"user_id\":9007199254740993,\"isSocial\":true}]" },
        { "identities", "[{\"user_id\":\"007\",\"profileData\":{\"email_verified\":\"yes\"},\"access_token\":{\"a\":1}}]", "[{\"user_id\":\"007\"}]" },
        { "identities", "[{\"user_id\":[\"x\"],\"provider\":\"brand-new-idp\"}]", "[{\"provider\":\"brand-new-idp\"}]" },
        { "multifactor", "[{\"provider\":\"guardian\"}]", null },
        { "multifactor_last_modified", "\"x\"", null },
        { "user_metadata", "\"text\"", null },
        { "app_metadata", "[\"a\"]", null },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_is_converted_where_its_meaning_is_certain_and_left_out_otherwise(string field, string sent, string? served)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Page($$"""{"user_id":"auth0|before"}""", Changed(field, sent), $$"""{"user_id":"auth0|after"}"""));

        using var answer = await reader.GetAsync("/api/users");

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var expected = Good.DeepClone().AsObject();
        expected.Remove(field);
        if (served is not null)
        {
            expected[field] = JsonNode.Parse(served);
        }

        var users = JsonNode.Parse(body)!.AsArray();
        users.Count.ShouldBe(3);
        JsonNode.DeepEquals(users[1], expected).ShouldBeTrue(users[1]!.ToJsonString());
    }

    [Fact]
    public async Task Any_JSON_value_in_any_field_leaves_the_others_as_they_are()
    {
        string[] values = ["null", "true", "0", "-1", "1.5", "1e400", "\"\"", "\"x\"", "[]", "[\"x\"]", "[1,2]", "[{}]", "[[[]]]", "{}", "{\"a\":[{\"user_id\":1}]}"];
        string[] fields = [.. UserFields.Names, "multifactor", "app_metadata", "user_metadata", "unknown", ""];
        var changes = fields.SelectMany(field => values.Select(value => (Field: field, Value: value))).ToList();
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Page([.. changes.Select(change => Changed(change.Field, change.Value))]));

        using var answer = await reader.GetAsync("/api/users");

        var users = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
        users.Count.ShouldBe(changes.Count);
        foreach (var (user, (field, value)) in users.Zip(changes))
        {
            var expected = Good.DeepClone().AsObject();
            expected.Remove(field);
            user!.AsObject().Remove(field);
            JsonNode.DeepEquals(user, expected).ShouldBeTrue($"{field}: {value} became {user.ToJsonString()}");
        }
    }

    [Fact]
    public async Task A_field_that_is_left_out_is_logged_once_with_the_user_and_the_name_but_never_the_value()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var user = Changed("email_verified", "\"ann@example.com\"");
        app.Tenant.Faults.Add(Page(user) with { Times = null });

        await reader.GetAsync("/api/users");
        await reader.GetAsync("/api/users");

        app.Log.Lines().Where(line => line.Contains("left out", StringComparison.Ordinal)).ShouldHaveSingleItem().Trim().ShouldBe(
            "AdminFunctions.Management.LeftOutValues: The field email_verified of the user auth0|odd was left out, "
            + "because its value in Auth0 (a String) cannot be read as a Flag.");
        app.Log.Lines().ShouldAllBe(line => !line.Contains("ann@example.com", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Any_number_of_odd_users_writes_a_limited_number_of_lines()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Page([.. Enumerable.Range(0, 3000).Select(i => $$"""{"name":{},"user_id":"auth0|{{i}}"}""")]));

        JsonNode.Parse(await (await reader.GetAsync("/api/users")).Content.ReadAsStringAsync())!.AsArray().Count.ShouldBe(3000);

        app.Log.Lines().Count(line => line.Contains("was left out", StringComparison.Ordinal)).ShouldBe(LeftOutValues.MaxLines);
        app.Log.Lines().Count(line => line.Contains("No more fields", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task An_odd_user_is_deleted_like_any_other()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();
        app.Tenant.Users.Put([Exports.Somebody("auth0|odd", DateTime.UnixEpoch) with
        {
            Changes = new Dictionary<string, string?> { ["email_verified"] = "\"yes\"", ["identities"] = "[null,{\"user_id\":7,\"connection\":{}}]" },
        }]);

        (await administrator.DeleteAsync("/api/users/auth0%7Codd")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        app.Tenant.Users.Find("auth0|odd").ShouldBeNull();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"user_id":{},"provider":"auth0"}]""")]
    [InlineData("""[{"user_id":"1","provider":["a","b"]}]""")]
    public async Task A_user_whose_linked_accounts_cannot_be_read_is_not_deleted(string identities)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();
        app.Tenant.Users.Put([Exports.Somebody("auth0|odd", DateTime.UnixEpoch) with
        {
            Changes = new Dictionary<string, string?> { ["identities"] = identities },
        }]);

        await (await administrator.DeleteAsync("/api/users/auth0%7Codd")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");

        app.Tenant.Users.Find("auth0|odd").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_tenant_where_every_tenth_user_is_odd_is_listed_searched_and_exported_whole()
    {
        var odd = Values.Select(row => (Field: (string)row[0], Value: (string)row[1])).Where(change => change.Field is not "user_id").ToList();
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        app.Tenant.Users.Replace(Enumerable.Range(0, 1000).Select(i => Exports.Somebody($"auth0|{i:0000}", DateTime.UnixEpoch.AddMinutes(i)) with
        {
            Changes = i % 10 is 5 ? new Dictionary<string, string?> { [odd[i / 10 % odd.Count].Field] = odd[i / 10 % odd.Count].Value } : null,
        }));
        string[] everyone = [.. Enumerable.Range(0, 1000).Select(i => $"auth0|{i:0000}")];

        List<string> listed = [];
        for (var page = 0; page < 10; page++)
        {
            listed.AddRange(JsonNode.Parse(await reader.GetStringAsync($"/api/users?per_page=100&page={page}&sort=created_at:1"))!.AsArray()
                .Select(user => user!["user_id"]!.GetValue<string>()));
        }

        listed.ShouldBe(everyone);
        JsonNode.Parse(await reader.GetStringAsync("/api/users?q=user_id:auth0*&per_page=100"))!.AsArray().Count.ShouldBe(100);
        (await reader.ExportAsync("end=true")).Where(user => !user.ContainsKey("end")).Ids().ShouldBe(everyone, ignoreOrder: true);
        var table = await reader.GetStringAsync("/api/users/export?format=csv&fields=user_id");
        table.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).ShouldBe(everyone, ignoreOrder: true);
    }

    [Fact]
    public void The_page_about_odd_users_has_every_value()
    {
        var page = Repository.Read("docs/odd-users.md");

        Values.Select(row => $"| `{row[0]}` | `{row[1]}` | {(row[2] is string served ? $"`{Escaped(served)}`" : "left out")} |")
            .Where(row => !page.Contains(row, StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    private static string Escaped(string json) => json.Replace("\uFFFD", "\\ufffd", StringComparison.Ordinal);

    private static string Changed(string field, string value)
    {
        var user = Good.DeepClone().AsObject();
        user.Remove(field);
        var json = user.ToJsonString();
        return string.Create(CultureInfo.InvariantCulture, $"{json[..^1]},{JsonSerializer.Serialize(field)}:{value}}}");
    }

    private static Fault Page(params string[] users) => Fault.Answer(
        List,
        200,
        $$"""{"start":0,"limit":50,"length":{{users.Length}},"total":{{users.Length}},"users":[{{string.Join(',', users)}}]}""");
}
