using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Tests.Tenant;

/// <summary><c>/api/v2/users</c>, word for word what Auth0 answers.</summary>
public sealed class ManagementApiTests
{
    private const string InvalidToken = """{"statusCode":401,"error":"Unauthorized","message":"Invalid token","attributes":{"error":"Invalid token"}}""";
    private const string InvalidPaging = """{"statusCode":400,"error":"Bad Request","message":"You can only page through the first 1000 records. See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation","errorCode":"invalid_paging"}""";

    [Fact]
    public async Task A_user_has_Auth0s_members_and_none_without_a_value()
    {
        await using var tenant = await PeopleAsync();
        using var application = tenant.Application();

        (await application.GetStringAsync("/api/v2/users/auth0%7C0a")).ShouldBe("""
            {"created_at":"2024-01-10T08:00:00.000Z","email":"ann.smith@example.com","email_verified":true,"username":"Ann_S","identities":[{"user_id":"0a","provider":"auth0","connection":"Username-Password-Authentication","isSocial":false},{"user_id":"1001","provider":"google-oauth2","connection":"google-oauth2","isSocial":true}],"name":"Ann Smith","given_name":"Ann","family_name":"Smith","nickname":"ann","picture":"https://cdn.example.com/ann.png","updated_at":"2024-05-17T09:30:15.250Z","user_id":"auth0|0a","app_metadata":{"plan":"gold","seats":5,"since":{"year":"2024"}},"last_login":"2024-05-17T09:30:15.250Z","last_ip":"192.0.2.1","logins_count":12}
            """);
        (await application.GetStringAsync("/api/v2/users/sms%7C0e")).ShouldBe("""
            {"created_at":"2025-01-01T00:00:00.000Z","phone_number":"+15552010100","phone_verified":true,"identities":[{"user_id":"0e","provider":"sms","connection":"sms","isSocial":false}],"name":"+15552010100","nickname":"dial","updated_at":"2025-01-01T00:00:00.000Z","user_id":"sms|0e"}
            """);
        (await application.GetStringAsync("/api/v2/users/github%7C1004?fields=identities")).ShouldContain("\"user_id\":1004,");
        (await application.GetStringAsync("/api/v2/users/google-oauth2%7C1002?fields=blocked")).ShouldBe("""{"blocked":true}""");
    }

    [Theory]
    [InlineData("none", "GET", "users", 401, """{"statusCode":401,"error":"Unauthorized","message":"Missing authentication","attributes":{"error":"Missing authentication"}}""")]
    [InlineData("nonsense", "GET", "users", 401, InvalidToken)]
    [InlineData("expired", "GET", "users", 401, """{"statusCode":401,"error":"Unauthorized","message":"Expired token received for JSON Web Token validation","attributes":{"error":"Expired token received for JSON Web Token validation"}}""")]
    [InlineData("revoked", "DELETE", "users/auth0%7C1", 401, InvalidToken)]
    [InlineData("of a user", "GET", "users/auth0%7C1", 401, InvalidToken)]
    [InlineData("of another tenant", "GET", "users", 401, InvalidToken)]
    [InlineData("without an id", "GET", "users", 401, InvalidToken)]
    [InlineData("delete:users", "GET", "users", 403, """{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:users","errorCode":"insufficient_scope"}""")]
    [InlineData("delete:users", "GET", "users/auth0%7C1", 403, """{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:users,read:current_user","errorCode":"insufficient_scope"}""")]
    [InlineData("read:users", "DELETE", "users/auth0%7C1", 403, """{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: delete:users,delete:current_user","errorCode":"insufficient_scope"}""")]
    [InlineData("read:users", "GET", "users/auth0%7Cnobody", 404, """{"statusCode":404,"error":"Not Found","message":"The user does not exist.","errorCode":"inexistent_user"}""")]
    [InlineData("read:users", "POST", "clients/x/rotate-secret", 403, """{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: update:client_keys","errorCode":"insufficient_scope"}""")]
    [InlineData("update:client_keys", "POST", "clients/x/rotate-secret", 404, """{"statusCode":404,"error":"Not Found","message":"The client does not exist.","errorCode":"inexistent_client"}""")]
    [InlineData("read:users", "GET", "clients", 404, """{"statusCode":404,"error":"Not Found","message":"Not Found"}""")]
    [InlineData("read:users", "GET", "users?per_page=100&page=10", 400, InvalidPaging)]
    [InlineData("delete:users", "DELETE", "users/nobody", 400, """{"statusCode":400,"error":"Bad Request","message":"Path validation error: 'String does not match pattern ^.+\\|.+$: nobody' on property id (ID of the user to delete).","errorCode":"invalid_uri"}""")]
    public async Task A_refusal_has_Auth0s_words_and_headers(string token, string method, string path, int status, string body)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Bearer(await TokenAsync(tenant, token));

        var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/api/v2/{path}"));

        (await answer.Content.ReadAsStringAsync()).ShouldBe(body);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
        answer.Headers.GetValues("X-RateLimit-Limit").ShouldHaveSingleItem();
        answer.Headers.GetValues("X-RateLimit-Remaining").ShouldHaveSingleItem();
        answer.Headers.GetValues("X-RateLimit-Reset").ShouldHaveSingleItem();
        answer.Headers.WwwAuthenticate.Count.ShouldBe(status is 401 ? 1 : 0);
        (tenant.Stats.UserLists + tenant.Stats.UserReads + tenant.Stats.UserDeletes).ShouldBe(0);
    }

    [Fact]
    public async Task The_log_has_the_deletion_of_a_user_who_existed()
    {
        await using var tenant = await PeopleAsync();
        using var application = tenant.Application();

        await application.DeleteAsync("/api/v2/users/auth0%7C0a");
        await application.DeleteAsync("/api/v2/users/auth0%7C0a");
        await application.DeleteAsync("/api/v2/users/auth0%7Cnobody");

        (await (await application.GetAsync("/api/v2/users/auth0%7C0a/logs")).JsonAsync()).AsArray()
            .Select(item => item!["type"]!.GetValue<string>()).ShouldBe(["sdu"]);
        (await application.GetStringAsync("/api/v2/users/auth0%7Cnobody/logs")).ShouldBe("[]");
    }

    [Fact]
    public async Task The_scope_of_a_log_event_is_a_string_or_an_array()
    {
        await using var tenant = await PeopleAsync();
        using var application = tenant.Application();
        tenant.Activity.Log.Add(People.Ann, "s", "");
        tenant.Activity.Log.Add(People.Ann, "s", "");

        var events = (await (await application.GetAsync("/api/v2/users/auth0%7C0a/logs")).JsonAsync()).AsArray();

        events.Select(item => item!["scope"]!.ToJsonString()).ShouldBe(["\"openid profile\"", "[\"openid\",\"profile\"]"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("per_page=101", "'Value 101 is greater than maximum 100.' on property per_page")]
    [InlineData("per_page=-1", "'Value -1 is less than minimum 0.' on property per_page")]
    [InlineData("per_page=ten", "'Expected type integer but found type string' on property per_page")]
    [InlineData("page=-1", "'Value -1 is less than minimum 0.' on property page")]
    [InlineData("page=1.5", "'Expected type integer but found type string' on property page")]
    [InlineData("page=1&page=2", "'Expected type integer but found type string' on property page")]
    [InlineData("page=99999999999999999999", "'Expected type integer but found type string' on property page")]
    [InlineData("include_totals=yes", "'Expected type boolean but found type string' on property include_totals")]
    [InlineData("include_fields=1", "'Expected type boolean but found type string' on property include_fields")]
    [InlineData("primary_order=", "'Expected type boolean but found type string' on property primary_order")]
    [InlineData("fields=email,shoe_size", "'String 'email,shoe_size' does not match pattern. Must be a comma separated list of the following values: phone_number,email,email_verified,")]
    [InlineData("sort=name", "'String 'name' does not match pattern ^([a-zA-Z0-9_\\.]+):(1|-1)$' on property sort")]
    [InlineData("sort=name:2", "'String 'name:2' does not match pattern")]
    [InlineData("sort=name:1%0A", "'String 'name:1\n' does not match pattern")]
    [InlineData("sort=", "'String '' does not match pattern")]
    [InlineData("sort=app_metadata.plan:1", "'Sorting by app_metadata.plan is not supported' on property sort")]
    [InlineData("search_engine=v1", "You are not allowed to use search_engine=v1")]
    public async Task A_bad_parameter_is_a_400_that_names_it(string query, string message)
    {
        await using var tenant = await PeopleAsync();
        using var application = tenant.Application();

        var answer = await application.GetAsync($"/api/v2/users?{query}");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = await answer.JsonAsync();
        error["message"]!.GetValue<string>().ShouldContain(message);
        error["errorCode"]!.GetValue<string>().ShouldBe("invalid_query_string");
    }

    [Theory]
    [InlineData("per_page=100&page=9", 900, 100)]
    [InlineData("per_page=30&page=32", 960, 30)]
    [InlineData("per_page=30&page=33", null, 0)]
    [InlineData("per_page=1&page=999", 999, 1)]
    [InlineData("per_page=1&page=1000", null, 0)]
    [InlineData("page=19", 950, 50)]
    [InlineData("page=20", null, 0)]
    [InlineData("page=2147483647", null, 0)]
    [InlineData("page=3&per_page=0", 0, 0)]
    public async Task Only_the_first_thousand_can_be_paged_through(string query, int? start, int length)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 1200 });
        using var application = tenant.Application();

        var answer = await (await application.GetAsync($"/api/v2/users?include_totals=true&{query}")).JsonAsync();

        if (start is null)
        {
            answer.ToJsonString().ShouldBe(JsonNode.Parse(InvalidPaging)!.ToJsonString());
            return;
        }

        answer.AsObject().Select(member => member.Key).Order().ShouldBe(["length", "limit", "start", "total", "users"]);
        answer["start"]!.GetValue<int>().ShouldBe(start.Value);
        answer["length"]!.GetValue<int>().ShouldBe(length);
        answer["total"]!.GetValue<int>().ShouldBe(1200);
        answer["users"]!.AsArray().Select(user => user!["user_id"]!.GetValue<string>())
            .ShouldBe(tenant.Users.All.Skip(start.Value).Take(length).Select(user => user.UserId));
    }

    [Fact]
    public async Task Pages_are_parts_of_one_order_which_without_a_sort_is_by_age()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 90 });
        using var application = tenant.Application();

        List<string> paged = [];
        for (var page = 0; page < 13; page++)
        {
            paged.AddRange(await application.UserIdsAsync($"per_page=7&page={page}"));
        }

        paged.ShouldBe(await application.UserIdsAsync("per_page=100"));
        paged.ShouldBe(tenant.Users.All.OrderBy(user => user.CreatedAt).Select(user => user.UserId));
        (await application.UserIdsAsync("")).ShouldBe(paged.Take(50));
    }

    [Theory]
    [InlineData("created_at:1", "ann annika bob carla dial")]
    [InlineData("created_at:-1", "dial carla bob annika ann")]
    [InlineData("logins_count:1", "annika ann carla bob dial")]
    [InlineData("logins_count:-1", "carla ann annika bob dial")]
    [InlineData("last_login:1", "annika ann carla bob dial")]
    [InlineData("email:-1", "carla bob annika ann dial")]
    [InlineData("family_name:1", "annika bob ann carla dial")]
    [InlineData("email_verified:1", "bob ann annika carla dial")]
    [InlineData("email_verified:-1", "ann annika carla bob dial")]
    [InlineData("identities.connection:1", "ann bob carla annika dial")]
    public async Task Users_without_a_value_come_last_in_either_direction_and_ties_by_age(string sort, string nicknames)
    {
        await using var tenant = await PeopleAsync();
        using var application = tenant.Application();

        var users = await (await application.GetAsync($"/api/v2/users?sort={sort}")).JsonAsync();

        string.Join(' ', users.AsArray().Select(user => user!["nickname"]!.GetValue<string>())).ShouldBe(nicknames);
    }

    [Theory]
    [InlineData("fields=user_id,email", "email user_id")]
    [InlineData("fields=user_id,email&include_fields=true", "email user_id")]
    [InlineData("fields=blocked", "")]
    [InlineData("fields=created_at,email,email_verified,username,identities,name,given_name,family_name,picture,updated_at,app_metadata,last_login,last_ip&include_fields=false", "nickname user_id logins_count")]
    [InlineData("fields=&include_fields=false", "created_at email email_verified username identities name given_name family_name nickname picture updated_at user_id app_metadata last_login last_ip logins_count")]
    public async Task Fields_are_what_is_shown_or_what_is_not(string query, string members)
    {
        await using var tenant = await PeopleAsync();
        using var application = tenant.Application();

        var listed = (await (await application.GetAsync($"/api/v2/users?q=user_id:auth0*&{query}")).JsonAsync())[0]!.AsObject();
        var read = (await (await application.GetAsync($"/api/v2/users/auth0%7C0a?{query}")).JsonAsync()).AsObject();

        string.Join(' ', listed.Select(member => member.Key)).ShouldBe(members);
        read.ToJsonString().ShouldBe(listed.ToJsonString());
    }

    [Theory]
    [InlineData("read:users", false, false)]
    [InlineData("read:users read:user_idp_tokens", false, true)]
    [InlineData("read:users", true, true)]
    public async Task Tokens_of_identity_providers_are_shown_only_with_their_scope_and_only_of_social_ones(string scope, bool always, bool shown)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, AlwaysShowProviderTokens = always });
        tenant.Users.Put(People.All);
        using var application = tenant.Application(scope);

        var listed = await application.GetStringAsync("/api/v2/users?q=identities.user_id:1001&fields=identities");
        var read = await application.GetStringAsync("/api/v2/users/auth0%7C0a?fields=identities");

        listed.ShouldBe($"[{read}]");
        read.Contains("\"access_token\":\"idp-access-token-google-oauth2-1001\",\"expires_in\":3599", StringComparison.Ordinal).ShouldBe(shown);
        read.Split("access_token\":").Length.ShouldBe(shown ? 2 : 1);
    }

    [Theory]
    [InlineData("samlp|contoso|bob+crm@example.net")]
    [InlineData("samlp|fabrikam|sales/eve")]
    [InlineData("samlp|50% off")]
    [InlineData("samlp|a%2Fb")]
    [InlineData("samlp|zoë müller")]
    [InlineData("custom|?&=#")]
    public async Task An_id_is_decoded_once_whatever_is_in_it(string id)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3 });
        tenant.Users.Put(People.Bob with { UserId = id });
        using var application = tenant.Application();
        var address = $"/api/v2/users/{Uri.EscapeDataString(id)}";

        (await (await application.GetAsync(address)).JsonAsync())["user_id"]!.GetValue<string>().ShouldBe(id);
        (await application.DeleteAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        tenant.Users.Find(id).ShouldBeNull();
        tenant.Users.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_deletion_is_a_204_whether_there_was_such_a_user_or_not()
    {
        await using var tenant = await PeopleAsync();
        using var application = tenant.Application();
        application.DefaultRequestHeaders.Add("X-Correlation-ID", "trace-1");

        for (var time = 1; time <= 2; time++)
        {
            var answer = await application.DeleteAsync("/api/v2/users/sms%7C0e");

            answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            tenant.Stats.UserDeletes.ShouldBe(time);
        }

        tenant.Users.All.ShouldBe(People.All.Take(4));
        tenant.Requests.All[^1].CorrelationId.ShouldBe("trace-1");
    }

    [Fact]
    public async Task A_deleted_user_stays_in_lists_until_the_search_has_caught_up()
    {
        var time = new FakeTime();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3, SearchLag = TimeSpan.FromSeconds(5), TimeProvider = time });
        using var application = tenant.Application();
        var before = await application.UserIdsAsync("");

        await application.DeleteAsync($"/api/v2/users/{Uri.EscapeDataString(before[1])}");

        (await application.GetAsync($"/api/v2/users/{Uri.EscapeDataString(before[1])}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        time.Advance(TimeSpan.FromSeconds(4.9));
        (await application.UserIdsAsync("q=_exists_:user_id")).ShouldBe(before);
        time.Advance(TimeSpan.FromSeconds(0.1));
        (await application.UserIdsAsync("q=_exists_:user_id")).ShouldBe([before[0], before[2]]);
        (await (await application.GetAsync("/api/v2/users?include_totals=true")).JsonAsync())["total"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task The_rate_limit_is_a_bucket_that_fills_as_time_goes_by()
    {
        var time = new FakeTime();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, RateLimit = 2, RatePerSecond = 0.25, TimeProvider = time });
        using var application = tenant.Application();
        var start = time.GetUtcNow().ToUnixTimeSeconds();

        (await AskAsync(0)).ShouldBe($"200 2 1 {start + 4} ");
        (await AskAsync(0)).ShouldBe($"200 2 0 {start + 4} ");
        (await AskAsync(0)).ShouldBe($"429 2 0 {start + 4} 4");
        (await AskAsync(2.5)).ShouldBe($"429 2 0 {start + 4} 2");
        (await AskAsync(1.5)).ShouldBe($"200 2 0 {start + 8} ");
        (await AskAsync(3600)).ShouldBe($"200 2 1 {start + 3608} ");

        // Also who is not let in pays.
        using var anyone = tenant.Anyone();
        await anyone.GetAsync("/api/v2/users");
        var refused = await anyone.GetAsync("/api/v2/users");
        (await refused.Content.ReadAsStringAsync()).ShouldBe("""{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}""");

        async Task<string> AskAsync(double afterSeconds)
        {
            time.Advance(TimeSpan.FromSeconds(afterSeconds));
            var answer = await application.GetAsync("/api/v2/users");
            return $"{(int)answer.StatusCode} {Header("X-RateLimit-Limit")} {Header("X-RateLimit-Remaining")} {Header("X-RateLimit-Reset")} {Header("Retry-After")}";

            string Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : "";
        }
    }

    [Fact]
    public async Task A_token_expires_by_the_tenants_clock()
    {
        var time = new FakeTime();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, ManagementTokenSeconds = 100, TimeProvider = time });
        using var application = tenant.Application();

        time.Advance(TimeSpan.FromSeconds(99));
        (await application.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        time.Advance(TimeSpan.FromSeconds(1));
        (await application.GetAsync("/api/v2/users")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<LocalTenant> PeopleAsync()
    {
        var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        tenant.Users.Put(People.All);
        return tenant;
    }

    private static async Task<string?> TokenAsync(LocalTenant tenant, string kind)
    {
        switch (kind)
        {
            case "none":
                return null;
            case "nonsense":
                return "x.y.z";
            case "expired":
                return tenant.MintManagementToken(lifetime: TimeSpan.FromSeconds(-1));
            case "revoked":
                var token = tenant.MintManagementToken();
                tenant.RevokeManagementTokens();
                return token;
            case "of a user":
                return tenant.MintAccessToken(Admin.All[0].UserId, ["read:users", "delete:users"], scope: "read:users delete:users");
            case "of another tenant":
                await using (var other = await LocalTenant.StartAsync(new TenantOptions { Users = 0 }))
                {
                    return other.MintManagementToken();
                }

            case "without an id":
                return tenant.Sign(new JsonObject
                {
                    ["iss"] = tenant.Issuer,
                    ["aud"] = $"{tenant.Issuer}api/v2/",
                    ["scope"] = "read:users",
                    ["exp"] = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
                });
            default:
                return tenant.MintManagementToken(kind);
        }
    }
}
