using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;

namespace AdminFunctions.Tests.Functions;

public sealed class GetUsersTests
{
    [Fact]
    public async Task The_first_fifty_users_come_as_a_bare_array()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 60 });
        using var reader = app.Reader();

        var answer = await reader.GetAsync("/api/users");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType?.ToString().ShouldBe("application/json; charset=utf-8");
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        (await answer.JsonAsync()).AsArray().Count.ShouldBe(50);
    }

    [Fact]
    public async Task A_user_is_served_as_by_Auth0_but_without_the_confidential_fields()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 100, AlwaysShowProviderTokens = true });
        using var reader = app.Reader();

        var served = (await (await reader.GetAsync("/api/users?per_page=100")).JsonAsync()).AsArray();

        // The tenant's own words, asked directly, with a token that may see all.
        var atAuth0 = await app.ManagementApi().UsersAsync("per_page=100");
        atAuth0.ToJsonString().ShouldContain("\"access_token\"");
        atAuth0.ToJsonString().ShouldContain("\"user_metadata\"");
        foreach (var user in atAuth0.AsArray())
        {
            user!.AsObject().KeepOnly(UserFields.Names);
            foreach (var identity in user["identities"]!.AsArray())
            {
                identity!.AsObject().KeepOnly(["connection", "provider", "user_id", "isSocial"]);
            }
        }

        served.Count.ShouldBe(100);
        for (var i = 0; i < served.Count; i++)
        {
            JsonNode.DeepEquals(served[i], atAuth0[i]).ShouldBeTrue($"{served[i]}\n{atAuth0[i]}");
        }
    }

    [Theory]
    [InlineData("12")]
    [InlineData("103547991597142817347")]
    [InlineData("-1")]
    [InlineData("\"12\"")]
    [InlineData("\"0012\"")]
    [InlineData("\"+12\"")]
    [InlineData("\"103547991597142817347\"")]
    [InlineData("\"5f7c8ec7c33c6c004bbafe82\"")]
    public async Task An_identitys_id_is_a_number_or_a_string_as_in_Auth0(string id)
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users", 200, $$"""
            {"start":0,"limit":50,"length":1,"total":1,"users":[{"user_id":"custom|1","identities":[{"provider":"custom","user_id" : {{id}} }]}]}
            """));
        using var reader = app.Reader();

        var users = await (await reader.GetAsync("/api/users")).JsonAsync();

        users[0]!["identities"]![0]!["user_id"]!.ToJsonString().ShouldBe(JsonNode.Parse(id)!.ToJsonString());
    }

    [Fact]
    public async Task A_page_with_totals_has_the_Management_APIs_shape()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 60 });
        using var reader = app.Reader();

        var page = (await (await reader.GetAsync("/api/users?page=2&per_page=25&include_totals=true")).JsonAsync()).AsObject();

        page.Select(member => member.Key).ShouldBe(["start", "limit", "length", "total", "users"]);
        page["start"]!.GetValue<int>().ShouldBe(50);
        page["limit"]!.GetValue<int>().ShouldBe(25);
        page["length"]!.GetValue<int>().ShouldBe(10);
        page["total"]!.GetValue<int>().ShouldBe(60);
        page["users"]!.AsArray().Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_page_past_the_last_user_is_empty()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        (await (await reader.GetAsync("/api/users?page=5")).JsonAsync()).AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_thousandth_user_can_be_reached_and_a_later_page_is_a_400_that_says_what_to_do()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 1200 });
        using var reader = app.Reader();

        var last = await (await reader.GetAsync("/api/users?per_page=100&page=9&include_totals=true")).JsonAsync();
        last["start"]!.GetValue<int>().ShouldBe(900);
        last["length"]!.GetValue<int>().ShouldBe(100);
        last["total"]!.GetValue<int>().ShouldBe((await app.ManagementApi().UsersAsync("per_page=1&include_totals=true"))["total"]!.GetValue<int>());

        app.Tenant.Requests.Clear();
        var detail = await (await reader.GetAsync("/api/users?per_page=100&page=10")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        detail.ShouldContain("first 1000");
        detail.ShouldContain("/users/export");
        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("page=-1", "page")]
    [InlineData("page=1.5", "page")]
    [InlineData("page=", "page")]
    [InlineData("page=one", "page")]
    [InlineData("page=%2B1", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("page=2147483647&per_page=100", "page")]
    [InlineData("page=20", "page")]
    [InlineData("page=10&per_page=97", "page")]
    [InlineData("per_page=0", "per_page")]
    [InlineData("per_page=101", "per_page")]
    [InlineData("per_page=many", "per_page")]
    [InlineData("include_totals=1", "include_totals")]
    [InlineData("include_totals=TRUE", "include_totals")]
    [InlineData("sort=name", "sort")]
    [InlineData("sort=name:2", "sort")]
    [InlineData("sort=name:1,email:1", "sort")]
    [InlineData("sort=:1", "sort")]
    [InlineData("sort=name:1%0A", "sort")]
    [InlineData("fields=app_metadata", "fields")]
    [InlineData("fields=user_id,identities.access_token", "fields")]
    [InlineData("fields=user_id,", "fields")]
    [InlineData("fields=", "fields")]
    [InlineData("page=1&page=1", "page")]
    [InlineData("q=a&q=b", "q")]
    [InlineData("fields=user_id&FIELDS=email", "fields")]
    [InlineData("include_fields=no", "include_fields")]
    [InlineData("include_fields=", "include_fields")]
    [InlineData("fields=user_id&include_fields=FALSE", "include_fields")]
    [InlineData("connection=google-oauth2", "connection")]
    [InlineData("limit=10", "limit")]
    [InlineData("query=ann", "query")]
    [InlineData("search_engine=v3", "search_engine")]
    [InlineData("qq", "qq")]
    [InlineData("=1", "")]
    [InlineData("page%5B%5D=1", "page[]")]
    [InlineData("q%00=ann", "q\uFFFD")]
    [InlineData("q%E2%80%8B=ann", "q\uFFFD")]
    public async Task A_parameter_that_is_wrong_is_a_400_that_names_it(string query, string parameter)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync($"/api/users?{query}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        var errors = (await answer.JsonAsync())["errors"]!.AsObject();
        errors.Select(error => error.Key).ShouldBe([parameter]);
        errors[parameter]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        app.Tenant.Stats.TokenGrants.ShouldBe(0);
    }

    [Fact]
    public async Task Every_fault_is_named_at_once()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync($"/api/users?page=x&per_page=0&include_totals=x&sort=x&fields=x&q={new string('q', 1001)}&include_fields=x&limit=5");

        (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key)
            .ShouldBe(["page", "per_page", "include_totals", "sort", "fields", "q", "include_fields", "limit"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_query_may_have_a_thousand_characters()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        (await reader.GetAsync($"/api/users?q={new string('q', 1000)}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_unknown_parameter_is_named_with_the_known_ones()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync("/api/users?connection=google-oauth2");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request")).ShouldBe(
            "There is no parameter \"connection\". The parameters are page, per_page, include_totals, q, sort, fields, include_fields.");
    }

    [Fact]
    public async Task Only_a_few_unknown_parameters_are_named_and_long_names_are_shortened()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync($"/api/users?{new string('a', 2000)}&{string.Join('&', Enumerable.Range(0, 500).Select(i => $"b{i}=1"))}&page=x");

        (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key)
            .ShouldBe(["page", new string('a', 50) + "…", "b0", "b1", "b2", "b3"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("code=key&clientId=default")]
    [InlineData("CODE=key&clientid=default&code=other")]
    [InlineData("subscription-key=key&api-version=2024-01-01")]
    [InlineData("PAGE=0&Per_Page=50")]
    public async Task Parameters_of_the_host_and_of_API_Management_are_allowed_in_any_case(string query)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        (await reader.GetAsync($"/api/users?{query}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reader.GetAsync($"/api/users/export?{query.Replace("PAGE=0&Per_Page=50", "FORMAT=csv", StringComparison.Ordinal)}"))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("passwort", "fields contains \"passwort\". ")]
    [InlineData("email,passwort,user_id,APP_METADATA", "fields contains \"passwort\", \"APP_METADATA\". ")]
    [InlineData("user_id,", "fields contains \"\". ")]
    [InlineData("a%0D%0Ab", "fields contains \"a\uFFFD\uFFFDb\". ")]
    [InlineData("a,b,c,d,e,f,g", "fields contains \"a\", \"b\", \"c\", \"d\", \"e\". ")]
    public async Task A_field_that_is_not_served_is_named(string fields, string beginning)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync($"/api/users?fields={fields}");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request")).ShouldStartWith(beginning + "It is a");
    }

    [Theory]
    [InlineData("fields=identities,last_ip&include_fields=false", "identities,last_ip")]
    [InlineData("fields=phone_verified&include_fields=false", "phone_verified")]
    [InlineData("include_fields=false", "")]
    [InlineData("include_fields=true", "")]
    public async Task Fields_can_be_left_out_instead(string query, string leftOut)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 100 });
        using var reader = app.Reader();

        var listed = (await (await reader.GetAsync($"/api/users?per_page=100&{query}")).JsonAsync()).AsArray();
        using var table = await reader.GetAsync($"/api/users/export?format=csv&{query}");

        string[] served = [.. UserFields.Names.Except(leftOut.Split(','))];
        listed.SelectMany(user => user!.AsObject().Select(field => field.Key)).Distinct().ShouldBe(served, ignoreOrder: true);
        (await table.Content.ReadAsStringAsync()).Split("\r\n")[0].ShouldBe(string.Join(',', served));
    }

    [Fact]
    public async Task Not_every_field_can_be_left_out()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync($"/api/users?include_fields=false&fields={string.Join(',', UserFields.Names)}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["fields"]);
    }

    [Fact]
    public async Task A_search_reaches_Auth0_as_it_was_written()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 200 });
        var someone = app.Tenant.Users.All.First(user => user.Email is not null);
        using var reader = app.Reader();

        var found = await (await reader.GetAsync($"/api/users?q={Uri.EscapeDataString($"email:\"{someone.Email}\"")}")).JsonAsync();

        found.AsArray().ShouldHaveSingleItem()!["user_id"]!.GetValue<string>().ShouldBe(someone.UserId);
    }

    [Fact]
    public async Task An_empty_search_lists_everyone()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        (await (await reader.GetAsync("/api/users?q=%20&include_totals=true")).JsonAsync())["total"]!.GetValue<int>().ShouldBe(20);
    }

    [Fact]
    public async Task Users_are_sorted_by_the_requested_field_in_the_requested_direction()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 50 });
        using var reader = app.Reader();

        async Task<DateTime[]> CreatedAsync(string sort) =>
            [.. (await (await reader.GetAsync($"/api/users?sort={sort}")).JsonAsync()).AsArray()
                .Select(user => DateTime.Parse(user!["created_at"]!.GetValue<string>(), CultureInfo.InvariantCulture))];

        var ascending = await CreatedAsync("created_at:1");
        ascending.ShouldBeInOrder();
        (await CreatedAsync("created_at:-1")).ShouldBe(ascending.Reverse());
    }

    [Fact]
    public async Task Only_the_requested_fields_are_served_and_requested_from_Auth0()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var users = (await (await reader.GetAsync("/api/users?fields=user_id,created_at,user_id")).JsonAsync()).AsArray();

        users.ShouldAllBe(user => user!.AsObject().Select(field => field.Key).SequenceEqual(new[] { "user_id", "created_at" }));
        app.Tenant.Requests.Matching("GET /api/v2/users").ShouldHaveSingleItem()
            .RawTarget.Replace("%2C", ",", StringComparison.Ordinal).ShouldContain("fields=user_id,created_at&");
    }

    [Theory]
    [InlineData("phone_verified")]
    [InlineData("phone_number,phone_verified")]
    public async Task The_one_field_that_Auth0_does_not_accept_by_name_is_still_served(string fields)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 100 });
        using var reader = app.Reader();

        var users = (await (await reader.GetAsync($"/api/users?per_page=100&fields={fields}")).JsonAsync()).AsArray();

        users.Count(user => user!["phone_verified"] is not null).ShouldBe(app.Tenant.Users.All.Count(user => user.PhoneVerified is not null));
        users.ShouldAllBe(user => !user!.AsObject().Select(field => field.Key).Except(fields.Split(',')).Any());
        app.Tenant.Requests.Matching("GET /api/v2/users").ShouldHaveSingleItem().RawTarget.ShouldContain("app_metadata");
    }

    [Theory]
    [InlineData("吉野")]
    [InlineData("𠮷野")]
    [InlineData("Ann 🦉")]
    public async Task A_name_in_any_script_is_found(string name)
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Users.Put(app.Tenant.Users.All[0] with { UserId = "auth0|wanted", Name = name });
        using var reader = app.Reader();

        var found = await (await reader.GetAsync($"/api/users?q={Uri.EscapeDataString($"name:\"{name}\"")}")).JsonAsync();

        found.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe(name);
    }

    [Theory]
    [InlineData("é")]
    [InlineData("語")]
    [InlineData("𠮷")]
    [InlineData("^")]
    [InlineData("語 ^+")]
    public async Task A_long_search_reaches_Auth0_in_any_script(string text)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var name = string.Concat(Enumerable.Repeat(text, 850 / text.Length));
        app.Tenant.Users.Put(app.Tenant.Users.All[0] with { UserId = "auth0|wanted", Name = name });

        var found = await (await reader.GetAsync($"/api/users?q={Uri.EscapeDataString($"name:\"{name}\"")}")).JsonAsync();

        found.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe(name);
    }

    [Fact]
    public async Task A_search_that_Auth0_cannot_parse_is_a_400_with_Auth0s_message()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var detail = await (await reader.GetAsync("/api/users?q=name:(ann")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");

        var atAuth0 = await app.ManagementApi().UsersAsync("q=name:(ann");
        detail.ShouldBe(atAuth0["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/api/users?q=name:(ann", "q")]
    [InlineData("/api/users?q=name:(ann&sort=created_at:-1", "q")]
    [InlineData("/api/users/export?q=name:(ann", "q")]
    [InlineData("/api/users?sort=nobody:1", "sort")]
    [InlineData("/api/users?q=name:(ann&sort=nobody:1", "sort")]
    [InlineData("/api/users?q=name:(ann&sort=name:1", null)]
    public async Task A_refusal_of_Auth0_names_the_parameter_if_that_is_certain(string address, string? parameter)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var answer = await reader.GetAsync(address);

        var detail = await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        var errors = (await answer.JsonAsync())["errors"]?.AsObject().ToDictionary(error => error.Key, error => error.Value!.ToJsonString());
        errors?.Keys.ShouldBe([parameter!]);
        (errors is null).ShouldBe(parameter is null);
        errors?[parameter!].ShouldBe(new JsonArray(detail).ToJsonString());
    }

    [Theory]
    [InlineData(400, "invalid_paging", "You can only page through the first 1000 records.", null)]
    [InlineData(400, "invalid_query_string", "Query validation error: 'Too many' on property page (Page index).", null)]
    [InlineData(400, "invalid_query_string", "Query validation error: 'Bad' on property q (Query in Lucene query string syntax).", "q")]
    [InlineData(400, null, "No.", "q")]
    [InlineData(414, null, "Request-URI Too Large", "q")]
    public async Task Only_Auth0s_errors_about_the_search_blame_the_search(int status, string? code, string message, string? parameter)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users", status, new JsonObject { ["statusCode"] = status, ["message"] = message, ["errorCode"] = code }.ToJsonString()));

        var answer = await reader.GetAsync("/api/users?q=name:ann");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]?.AsObject().Select(error => error.Key).ShouldBe([parameter!]);
        ((await answer.JsonAsync())["errors"] is null).ShouldBe(parameter is null);
    }

    [Fact]
    public async Task One_list_is_one_request_to_Auth0()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        await reader.GetAsync("/api/users?include_totals=true");

        app.Tenant.Requests.Matching("* /api/v2/*").Count.ShouldBe(1);
    }
}
