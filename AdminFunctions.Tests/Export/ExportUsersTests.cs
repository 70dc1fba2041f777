using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;
using AdminFunctions.Tests.Access;
using AdminFunctions.Tests.Management;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Export;

public sealed class ExportUsersTests
{
    private const string List = "GET /api/v2/users";

    private static readonly JsonElement Forbidden = JsonElement.Parse(
        """{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:users","errorCode":"insufficient_scope"}""");

    [Fact]
    public async Task A_line_is_a_user_as_the_list_serves_it()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 100, AlwaysShowProviderTokens = true });
        using var reader = app.Reader();

        using var answer = await reader.GetAsync("/api/users/export");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/x-ndjson; charset=utf-8");
        answer.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=users-2026-03-02.ndjson");
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        var listed = (await (await reader.GetAsync("/api/users?per_page=100&sort=created_at:1")).JsonAsync()).AsArray();
        var body = await answer.Content.ReadAsStringAsync();
        body.ShouldBe(string.Concat(listed.Select(user => user!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n")));
    }

    [Theory]
    [InlineData("user_id")]
    [InlineData("email")]
    [InlineData("created_at,name")]
    [InlineData("phone_verified,logins_count")]
    public async Task A_line_has_only_the_requested_fields(string fields)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();

        var export = await reader.ExportAsync($"fields={fields}");

        export.Count.ShouldBe(150);
        export.SelectMany(user => user.Select(member => member.Key)).Distinct().ShouldBe(fields.Split(','), ignoreOrder: true);
    }

    [Fact]
    public async Task A_complete_export_ends_with_a_line_that_says_so_on_request()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();

        var lines = await reader.ExportAsync("end=true&fields=user_id");

        lines.Count.ShouldBe(151);
        lines[^1].ToJsonString().ShouldBe("""{"end":{"users":150}}""");
        (await reader.ExportAsync("end=true&q=nobody")).Single().ToJsonString().ShouldBe("""{"end":{"users":0}}""");
        (await reader.ExportAsync("q=nobody")).ShouldBeEmpty();
    }

    [Fact]
    public async Task CSV_has_a_header_row_and_its_columns_are_in_the_order_of_the_served_fields()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();

        using var answer = await reader.GetAsync("/api/users/export?format=csv&fields=name,email,user_id");

        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8; header=present");
        answer.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=users-2026-03-02.csv");
        var rows = (await answer.Content.ReadAsStringAsync()).Split("\r\n");
        rows[0].ShouldBe("user_id,email,name");
        rows[1].ShouldBe("auth0|000000000000000000000001,ada.admin@example.com,Ada Admin");
        rows.Length.ShouldBe(152);
        rows[^1].ShouldBeEmpty();

        using var all = await reader.GetAsync("/api/users/export?format=csv");
        (await all.Content.ReadAsStringAsync()).Split("\r\n")[0].ShouldBe(string.Join(',', UserFields.Names));
        using var nobody = await reader.GetAsync("/api/users/export?format=csv&q=nobody&fields=email");
        (await nobody.Content.ReadAsStringAsync()).ShouldBe("email\r\n");
    }

    [Fact]
    public async Task A_cell_is_escaped_and_never_a_formula()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        app.Tenant.Users.Put(CsvCells.All.Select((cell, i) =>
            Exports.Somebody($"auth0|{i}", new DateTime(2024, 5, 6, 8, i, 0, DateTimeKind.Utc)) with { Name = cell.Text }));

        using var answer = await reader.GetAsync("/api/users/export?format=csv&fields=name");

        (await answer.Content.ReadAsStringAsync()).ShouldBe("name\r\n" + string.Concat(CsvCells.All.Select(cell => cell.Cell + "\r\n")));
    }

    [Fact]
    public async Task A_cell_of_any_type_is_written_as_the_list_serves_it()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        var somebody = Exports.Somebody("oauth2|x;-1", new DateTime(2024, 5, 6, 8, 0, 0, DateTimeKind.Utc));
        app.Tenant.Users.Put([somebody with { PhoneNumber = "+15551234567", Blocked = true, LoginsCount = 7 }]);

        using var answer = await reader.GetAsync("/api/users/export?format=csv&fields=phone_number,created_at,last_login,logins_count,blocked,identities");

        // Inside the JSON too: if the separator is a semicolon, the second half is a cell.
        (await answer.Content.ReadAsStringAsync()).ShouldBe(
            "phone_number,created_at,last_login,logins_count,blocked,identities\r\n"
            + """
            +15551234567,2024-05-06T08:00:00.000Z,,7,true,"[{""connection"":""Username-Password-Authentication"",""provider"":""auth0"",""user_id"":""x;'-1"",""isSocial"":false}]"
            """ + "\r\n");
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("&bom=false", false)]
    [InlineData("&bom=true", true)]
    public async Task CSV_begins_with_a_byte_order_mark_on_request(string parameter, bool expected)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();

        var table = await reader.GetByteArrayAsync($"/api/users/export?format=csv&fields=email{parameter}");

        table.AsSpan().IndexOf(Encoding.UTF8.Preamble).ShouldBe(expected ? 0 : -1);
        table.AsSpan(expected ? 3 : 0).StartsWith("email\r\n"u8).ShouldBeTrue();
        table.AsSpan().LastIndexOf(Encoding.UTF8.Preamble).ShouldBe(expected ? 0 : -1);
    }

    [Theory]
    [InlineData("bom=true")]
    [InlineData("bom=true&format=ndjson")]
    [InlineData("bom=1&format=csv")]
    public async Task Only_CSV_can_have_a_byte_order_mark(string query)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        using var answer = await reader.GetAsync($"/api/users/export?{query}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["bom"]);
    }

    [Fact]
    public async Task Every_faulty_parameter_is_named_at_once()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        using var answer = await reader.GetAsync($"/api/users/export?format=xlsx&fields=password&end=maybe&q={new string('q', 1001)}&sort=name:1");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        var problem = await answer.JsonAsync();
        problem["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["q", "fields", "format", "end", "sort"]);
        app.Tenant.Requests.Matching(List).ShouldBeEmpty();
    }

    [Fact]
    public async Task CSV_cannot_have_an_end_line()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        using var answer = await reader.GetAsync("/api/users/export?format=csv&end=true");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request")).ShouldContain("end");
    }

    [Fact]
    public async Task The_permission_to_read_users_is_needed()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        using var deleter = app.CallerWith(Permissions.DeleteUsers);

        await (await anyone.GetAsync("/api/users/export")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        await (await deleter.GetAsync("/api/users/export")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
        app.Tenant.Requests.Matching(List).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failure_before_the_first_user_is_an_ordinary_problem()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault { Match = List, Status = 429, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = "30" } });

        using var answer = await reader.GetAsync("/api/users/export");

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(30));
        (await answer.JsonAsync())["retryAfter"]!.GetValue<int>().ShouldBe(30);
    }

    [Theory]
    [InlineData(414, HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData(400, HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData(403, HttpStatusCode.BadGateway, "tenant-refused")]
    public async Task A_refusal_of_Auth0_is_passed_on(int status, HttpStatusCode expected, string slug)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(List, status, $$"""{"statusCode":{{status}},"error":"No","message":"No."}"""));

        using var answer = await reader.GetAsync("/api/users/export?q=name:ann");

        await answer.ShouldBeProblemAsync(expected, slug);
    }

    [Fact]
    public async Task A_search_that_takes_Auth0_too_long_is_retried_and_then_reported()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault { Match = List, Times = null, Status = 503 });

        var call = reader.GetAsync("/api/users/export?q=name:ann");
        await app.Time.LetBackoffsPassAsync();

        await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
    }

    [Fact]
    public async Task The_first_users_are_sent_before_the_last_are_requested()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2000 });
        using var reader = app.Reader();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = List }, new Fault { Match = List, Times = null, Until = gate.Task });

        using var answer = await reader.GetAsync("/api/users/export?fields=user_id", HttpCompletionOption.ResponseHeadersRead).InTimeAsync();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        for (var i = 0; i < 100; i++)
        {
            (await lines.ReadLineAsync().InTimeAsync()).ShouldNotBeNull();
        }

        var next = lines.ReadLineAsync();
        await app.Tenant.Requests.WaitForAsync(List, 2).InTimeAsync();
        next.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        (await next.InTimeAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_caller_who_hangs_up_stops_the_walk()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5000 });
        using var active = new ActiveRequests(app);
        using var reader = app.Reader();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = List, Times = 2 }, new Fault { Match = List, Times = null, Until = gate.Task });

        var answer = await reader.GetAsync("/api/users/export", HttpCompletionOption.ResponseHeadersRead).InTimeAsync();
        await app.Tenant.Requests.WaitForAsync(List, 6).InTimeAsync();
        answer.Dispose();

        // Nothing else can end it: Auth0 does not respond, and the clock does not advance.
        await active.WaitForAsync(0);
        gate.SetResult();
        app.Tenant.Requests.Matching(List).Count.ShouldBe(6);
        app.Log.Lines(LogLevel.Warning).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failure_midway_is_the_last_line_of_a_response_that_breaks_off()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2000 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault { Match = List }, new Fault { Match = List, Times = null, Status = 403, Body = Forbidden });

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?end=true&fields=user_id");

        broke.ShouldBeTrue();
        lines.Count.ShouldBe(101);
        var problem = JsonNode.Parse(lines[^1])!["error"]!.AsObject();
        problem.Select(member => member.Key).ShouldBe(["type", "title", "status", "detail", "traceId"]);
        problem["type"]!.GetValue<string>().ShouldBe("urn:admin-functions:problem:tenant-refused");
        problem["detail"]!.GetValue<string>().ShouldContain("read:users");
        app.Log.Lines(LogLevel.Error).ShouldContain(line => line.Contains(problem["traceId"]!.GetValue<string>(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task CSV_that_fails_midway_breaks_off()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2000 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault { Match = List }, new Fault { Match = List, Times = null, Status = 403 });

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?format=csv&fields=user_id");

        broke.ShouldBeTrue();
        lines.Count.ShouldBe(101);
        lines.ShouldNotContain(line => line.Contains("error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    public async Task A_tenant_that_dies_midway_is_not_mistaken_for_the_end(string format)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2000 });
        using var reader = app.Reader();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = List }, new Fault { Match = List, Times = null, Until = gate.Task });

        var read = app.ReadUntilItBreaksAsync(reader, $"/api/users/export?format={format}&fields=user_id");
        await app.Tenant.Requests.WaitForAsync(List, 2).InTimeAsync();
        await app.Tenant.DisposeAsync();

        var (lines, broke) = await read;
        broke.ShouldBeTrue();
        lines.Count.ShouldBe(101);
    }

    [Fact]
    public async Task A_long_wait_that_Auth0_asks_for_midway_pauses_the_walk()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault { Match = List }, new Fault { Match = List, Status = 429, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = "45" } });

        var export = reader.ExportAsync("fields=user_id");
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(45));

        (await export.InTimeAsync()).Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId));
    }

    [Fact]
    public async Task A_request_that_fails_midway_is_retried()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(new Fault { Match = List }, new Fault { Match = List, Mode = FaultMode.Truncate });

        var export = reader.ExportAsync("fields=user_id");
        await app.Time.LetBackoffsPassAsync(retries: 1);

        (await export.InTimeAsync()).Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId));
    }

    [Fact]
    public async Task A_list_past_the_first_thousand_names_the_export()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        using var answer = await reader.GetAsync("/api/users?page=10&per_page=100");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request")).ShouldContain("/users/export");
    }
}
