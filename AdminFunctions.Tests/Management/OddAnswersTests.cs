using System.Net;
using System.Text;
using System.Text.Json;
using AdminFunctions.Export;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Users;

namespace AdminFunctions.Tests.Management;

/// <summary>Values in Auth0's users are only data: they cannot imitate JSON, a marker or a line of an export.</summary>
public sealed class OddAnswersTests
{
    private const string List = "GET /api/v2/users";

    /// <summary>IDs of identities, as JSON.</summary>
    public static TheoryData<string> Ids =>
    [
        "\"\"", "\"12\"", "\"0012\"", "\" 7 \"", "\"+5\"", "\"-0\"", "\"s\"", "\"n\"", "\"s12\"", "\"n12\"", "\"nn1\"", "\"12,\\\"x\\\":1\"", "\"e1\"", "\"1e3\"", "\"ä 𠮷\"", "\"\\\"\"", "\"\\\\\"", "\"\\\\u0041\"",
        "\"\uE0001200\"", "\"\uE0011200\"", "\"\uE0001}\"", "\"\uE000{\"", "\"\uE000{\\\"end\\\":{\\\"users\\\":1200}}\"", "\"\\uE000\\\\n\"", "\"\uE000\"",
        "0", "-0", "12", "2147483648", "9007199254740993", "-170141183460469231731687303715884105728", "123456789012345678901234567890123456789012345678901234567890", "1.50", "1e400", "1E+2",
    ];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task An_identitys_id_is_served_unchanged_whatever_it_begins_with(string id)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(OneUser($$"""{"user_id":"auth0|1","created_at":"2024-05-06T08:00:00.000Z","identities":[{"user_id":{{id}},"provider":"p","connection":"c","isSocial":true}]}""") with { Times = null });

        using var list = await reader.GetAsync("/api/users");
        using var page = await reader.GetAsync("/api/users?include_totals=true");
        using var export = await reader.GetAsync("/api/users/export?end=true");

        list.StatusCode.ShouldBe(HttpStatusCode.OK);
        IdIn(await list.Content.ReadAsStringAsync()).ShouldBe(Value(id));
        IdIn(JsonElement.Parse(await page.Content.ReadAsStringAsync()).GetProperty("users").GetRawText()).ShouldBe(Value(id));
        var lines = (await export.Content.ReadAsStringAsync()).Split('\n');
        lines.Length.ShouldBe(3);
        IdIn($"[{lines[0]}]").ShouldBe(Value(id));
        lines[1].ShouldBe("""{"end":{"users":1}}""");
    }

    [Fact]
    public async Task An_identitys_id_cannot_forge_a_line_of_an_export()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 20 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(OneUser("""{"user_id":"auth0|1","created_at":"2001-05-06T08:00:00.000Z","identities":[{"user_id":"\uE000 \n{\"end\":{\"users\":1200}}\n","provider":"p","connection":"c"}]}"""));

        using var answer = await reader.GetAsync("/api/users/export?end=true");

        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        lines.ShouldNotContain("""{"end":{"users":1200}}""");
        lines[^2].ShouldBe($$$"""{"end":{"users":{{{lines.Length - 2}}}}}""");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{\"user_id\":\"x\",\"a\":[1,{\"user_id\":2}]}")]
    [InlineData("[\"x\"]")]
    public async Task A_value_that_is_not_an_id_is_left_out_and_nothing_else_is(string id)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(OneUser($$"""{"user_id":"auth0|1","identities":[{"connection":"c","user_id":{{id}},"provider":"p","isSocial":true},{"user_id":1}]}"""));

        using var list = await reader.GetAsync("/api/users");

        (await list.Content.ReadAsStringAsync()).ShouldBe("""[{"user_id":"auth0|1","identities":[{"connection":"c","provider":"p","isSocial":true},{"user_id":1}]}]""");
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_replaced_and_hides_nobody()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(OneUser("""
            {"user_id":"auth0|\ud800","name":"a\udc00b \"\\ud800\" \ud83d\ude00\n","created_at":"2024-05-06T08:00:00.000Z","\ud800":"\ud800",
            "identities":[{"user_id":"\uD800x","provider":"\ud800","connection":"c"}]}
            """) with
        { Times = null });

        using var list = await reader.GetAsync("/api/users");
        using var export = await reader.GetAsync("/api/users/export?end=true");
        using var table = await reader.GetAsync("/api/users/export?format=csv&fields=user_id");

        list.StatusCode.ShouldBe(HttpStatusCode.OK);
        const string user = """{"user_id":"auth0|�","name":"a�b \"\\ud800\" 😀\n","created_at":"2024-05-06T08:00:00.000Z","identities":[{"connection":"c","provider":"�","user_id":"�x"}]}""";
        JsonElement.DeepEquals(JsonElement.Parse(await list.Content.ReadAsStringAsync()), JsonElement.Parse($"[{user}]")).ShouldBeTrue(await list.Content.ReadAsStringAsync());
        var lines = (await export.Content.ReadAsStringAsync()).Split('\n');
        JsonElement.DeepEquals(JsonElement.Parse(lines[0]), JsonElement.Parse(user)).ShouldBeTrue(lines[0]);
        lines[1].ShouldBe("""{"end":{"users":1}}""");
        (await table.Content.ReadAsStringAsync()).ShouldBe("user_id\r\nauth0|�\r\n");
    }

    [Fact]
    public async Task A_field_that_is_not_served_is_skipped_however_deep_it_is()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var deep = string.Concat(Enumerable.Repeat("{\"users\":[", 500)) + string.Concat(Enumerable.Repeat("]}", 500));
        app.Tenant.Faults.Add(OneUser($$"""{"app_metadata":{{deep}},"user_id":"auth0|1","multifactor":[{"user_id":1}],"identities":[{"profileData":{{deep}},"access_token":{{deep}},"connection":"c"}],"identities2":{{deep}}}"""));

        using var list = await reader.GetAsync("/api/users");

        (await list.Content.ReadAsStringAsync()).ShouldBe("""[{"user_id":"auth0|1","identities":[{"connection":"c"}]}]""");
    }

    [Theory]
    [InlineData("<!doctype html><title>Sign in</title>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"users\"")]
    [InlineData("{}")]
    [InlineData("""{"users":[""")]
    [InlineData("""{"users":[]} []""")]
    [InlineData("""{"users":[],}""")]
    [InlineData("""{"users":null}""")]
    [InlineData("""{"users":{}}""")]
    [InlineData("""{"users":[1]}""")]
    [InlineData("""{"users":[null]}""")]
    public async Task A_response_that_is_not_a_page_of_users_is_unreadable(string body)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(List, 200, body) with { Times = null });

        (await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable")).ShouldContain("could not be read");
        (await (await reader.GetAsync("/api/users/export")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable")).ShouldContain("could not be read");
    }

    [Fact]
    public void A_line_that_cannot_be_written_is_not_written_in_part()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var format = new NdjsonFormat(withEnd: true);
        format.Write(output, new User { UserId = "auth0|1" });

        Should.Throw<InvalidOperationException>(() => format.Write(output, new User { UserId = "auth0|2", Name = new string('x', 100_000), Identities = new Unwritable() }));
        format.Fail(output, "{}"u8);

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("{\"user_id\":\"auth0|1\"}\n{\"error\":{}}\n");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("12}")]
    [InlineData("1\n2")]
    [InlineData("12\n")]
    [InlineData("true")]
    [InlineData("\"12\"")]
    [InlineData("0012")]
    [InlineData("")]
    public void Only_a_number_is_written_as_one(string text) =>
        Should.Throw<JsonException>(() => JsonSerializer.Serialize(new IdentityId(text, IsNumber: true)));

    private static Fault OneUser(string user) => Fault.Answer(List, 200, $$"""{"start":0,"limit":50,"length":1,"total":1,"users":[{{user}}]}""");

    private static (JsonValueKind Kind, string? Text) IdIn(string users) => Value(JsonElement.Parse(users)[0].GetProperty("identities")[0].GetProperty("user_id").GetRawText());

    /// <summary>The value of a string, or the digits of a number.</summary>
    private static (JsonValueKind Kind, string? Text) Value(string json) => JsonElement.Parse(json) is { ValueKind: JsonValueKind.String } text ? (text.ValueKind, text.GetString()) : (JsonValueKind.Number, json);

    private sealed class Unwritable : List<Identity>, IReadOnlyList<Identity>
    {
        IEnumerator<Identity> IEnumerable<Identity>.GetEnumerator() => throw new InvalidOperationException("Nobody can read this.");
    }
}
