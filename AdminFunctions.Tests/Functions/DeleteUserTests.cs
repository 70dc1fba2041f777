using System.Buffers.Text;
using System.Net;
using System.Text;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.Tests.Functions;

public sealed class DeleteUserTests
{
    [Fact]
    public async Task A_deleted_user_is_gone_and_nobody_else_is()
    {
        await using var app = await AdminApp.StartAsync();
        var before = app.Tenant.Users.All.Select(user => user.UserId).ToList();
        using var administrator = app.Administrator();

        var answer = await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(before[7])}");

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        before.Remove(before[7]);
        app.Tenant.Users.All.Select(user => user.UserId).ShouldBe(before);
    }

    [Fact]
    public async Task Deleting_a_user_again_succeeds_too()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        (await administrator.DeleteAsync("/api/users/auth0%7Cnobody")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await administrator.DeleteAsync("/api/users/auth0%7Cnobody")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Auth0s_own_404_is_a_success_and_another_servers_404_is_not()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();
        app.AddUser("auth0|nobody");
        app.Tenant.Faults.Add(
            Fault.Answer("DELETE *", 404, """{"statusCode":404,"error":"Not Found","message":"The user does not exist.","errorCode":"inexistent_user"}"""),
            Fault.Answer("DELETE *", 404, "<html>Not found</html>", "text/html"));

        (await administrator.DeleteAsync("/api/users/auth0%7Cnobody")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await administrator.DeleteAsync("/api/users/auth0%7Cnobody")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");

        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users/*", 404, "<html>Not found</html>", "text/html"));
        await (await administrator.DeleteAsync("/api/users/auth0%7Cnobody")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
    }

    [Theory]
    [InlineData("auth0%7C5f7c8ec7c33c6c004bbafe99", "auth0|5f7c8ec7c33c6c004bbafe99")]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe99", "auth0|5f7c8ec7c33c6c004bbafe99")]
    [InlineData("samlp%7Ccontoso%7Cann.smith%40example.com", "samlp|contoso|ann.smith@example.com")]
    [InlineData("samlp%7Ccontoso%7Cteam%2Fann", "samlp|contoso|team/ann")]
    [InlineData("samlp%7Ccontoso%7Cteam%2fann", "samlp|contoso|team/ann")]
    [InlineData("samlp%7Ccontoso%7C..%2F..%2Fclients", "samlp|contoso|../../clients")]
    [InlineData("email%7Cann%20smith", "email|ann smith")]
    [InlineData("email%7Cann+smith%2Btag", "email|ann+smith+tag")]
    [InlineData("waad%7C%C5%BDofie%20%F0%9F%A6%89", "waad|Žofie 🦉")]
    [InlineData("oauth2%7C%3Fq%3D1%23top", "oauth2|?q=1#top")]
    [InlineData("oauth2%7C..", "oauth2|..")]
    [InlineData("oauth2%7C%EE%80%8261%EE%80%83", "oauth2|\uE00261\uE003")]
    public async Task An_id_reaches_Auth0_as_it_is(string inTheAddress, string id)
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Users.Put(app.Tenant.Users.All[0] with { UserId = id });
        var others = app.Tenant.Users.All.Select(user => user.UserId).Except([id]).ToList();
        using var administrator = app.Administrator();

        var answer = await administrator.DeleteAsync($"/api/users/{inTheAddress}");

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        app.Tenant.Users.All.Select(user => user.UserId).ShouldBe(others);
        var path = app.Tenant.Requests.Matching("DELETE *").ShouldHaveSingleItem().RawTarget;
        path.ShouldStartWith("/api/v2/users/");
        Uri.UnescapeDataString(path["/api/v2/users/".Length..]).ShouldBe(id);
    }

    [Theory]
    [InlineData("5f7c8ec7c33c6c004bbafe99")]
    [InlineData("%7C")]
    [InlineData("auth0%7C")]
    [InlineData("%7C5f7c8ec7c33c6c004bbafe99")]
    [InlineData("samlp%7C%7Cann")]
    [InlineData("auth0%7C%20")]
    [InlineData("auth0%7Ca%0D%0Ab")]
    [InlineData("auth0%7Ca%C2%85b")]
    [InlineData("auth0%7Ca%EF%BF%BDb")]
    [InlineData("auth0%7Ca%FFb")]
    [InlineData("auth0%7Ca%C0%AFb")]
    [InlineData("auth0%7Ca%ed%a0%80b")]
    [InlineData("auth0%7Ca%25FFb")]
    [InlineData("...")]
    [InlineData("..%2F..%2Fclients")]
    [InlineData("%20auth0%7Ca")]
    [InlineData("auth0%7Ca%20")]
    [InlineData("auth0%7Ca%C2%A0")]
    [InlineData("%E3%80%80auth0%7Ca")]
    [InlineData("auth0%7Ca%E2%80%A8")]
    [InlineData("auth0%7Ca%E2%80%8Bb")]
    [InlineData("%EF%BB%BFauth0%7Ca")]
    [InlineData("auth0%7C%E2%80%AEa")]
    [InlineData("auth0%E2%81%A9%7Ca")]
    [InlineData("auth0%7Ca%C2%ADb")]
    [InlineData("auth0%7Ca%F3%A0%81%A1")]
    public async Task Text_that_cannot_be_an_id_is_a_400_without_a_request_to_Auth0(string inTheAddress)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        var answer = await administrator.DeleteAsync($"/api/users/{inTheAddress}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["id"]);
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe99")]
    [InlineData("oidc|acme|https://idp.example/users/ann")]
    [InlineData("samlp|contoso|CONTOSO\\ann")]
    [InlineData("samlp|contoso|CONTOSO/ann")]
    [InlineData("samlp|contoso|100%2Fann")]
    [InlineData("samlp|contoso|100%5Cann")]
    [InlineData("oauth2|%FF")]
    [InlineData("oauth2|.")]
    [InlineData("oauth2|?q=1#top&a=b+c d;e=~f")]
    [InlineData("~|~~")]
    [InlineData("waad|Žofie 🦉")]
    [InlineData("oauth2|\uE00261\uE003")]
    public async Task An_id_in_base64url_names_that_user_and_no_other(string id)
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Users.Put(app.Tenant.Users.All[0] with { UserId = id });
        foreach (var other in new[] { id.Replace('\\', '/'), id.Replace('/', '\\'), Uri.UnescapeDataString(id), Uri.EscapeDataString(id) }.Where(other => other != id))
        {
            app.AddUser(other);
        }

        var others = app.Tenant.Users.All.Select(user => user.UserId).Except([id]).ToList();
        using var administrator = app.Administrator();

        var answer = await administrator.DeleteAsync($"/api/users/~{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id))}");

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        app.Tenant.Users.All.Select(user => user.UserId).ShouldBe(others);
        var path = app.Tenant.Requests.Matching("DELETE *").ShouldHaveSingleItem().RawTarget;
        Uri.UnescapeDataString(path["/api/v2/users/".Length..]).ShouldBe(id);
    }

    [Theory]
    [InlineData("~auth0%7Ca", "~auth0|a")]
    [InlineData("~%7CYXV0aDB8YQ", "~|YXV0aDB8YQ")]
    [InlineData("%7EYXV0aDB8YQ%7Ca", "~YXV0aDB8YQ|a")]
    public async Task An_id_with_a_bar_is_never_read_as_base64url(string inTheAddress, string id)
    {
        await using var app = await AdminApp.StartAsync();
        app.AddUser("auth0|a");
        app.AddUser(id);
        using var administrator = app.Administrator();

        (await administrator.DeleteAsync($"/api/users/{inTheAddress}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        app.Tenant.Users.Find(id).ShouldBeNull();
        app.Tenant.Users.Find("auth0|a").ShouldNotBeNull();
    }

    /// <summary><c>YXV0aDB8YQ</c> is auth0|a, <c>YXV0aDB8YWI</c> auth0|ab, <c>YXV0aDB8YWJj</c> auth0|abc.</summary>
    [Theory]
    [InlineData("~", "bar")]
    [InlineData("~~YXV0aDB8YQ", "base64url")]
    [InlineData("~YXV0aDB8YQ==", "base64url")]
    [InlineData("~YXV0aDB8YQ%3D%3D", "base64url")]
    [InlineData("~YXV0aDB8YQ=", "base64url")]
    [InlineData("~YXV0aDB8YR", "base64url")]
    [InlineData("~YXV0aDB8Yf", "base64url")]
    [InlineData("~YXV0aDB8YWJ", "base64url")]
    [InlineData("~YXV0aDB8YWJjA", "base64url")]
    [InlineData("~YXV0aDB8YQ%20", "base64url")]
    [InlineData("~YXV0%0AaDB8YQ", "base64url")]
    [InlineData("~%09YXV0aDB8YQ", "base64url")]
    [InlineData("~YXV0aDB8fj8%2B", "base64url")]
    [InlineData("~YXV0aDB8YQ%25", "base64url")]
    [InlineData("~auth0%257Ca", "base64url")]
    [InlineData("~%C3%A9", "base64url")]
    [InlineData("~YXV0aDB8_w", "base64url")]
    [InlineData("~YXV0aDB8wK8", "base64url")]
    [InlineData("~YXV0aDB87aCA", "base64url")]
    [InlineData("~YXV0aDB8ww", "base64url")]
    [InlineData("~YXV0aDA", "bar")]
    [InlineData("~YXV0aDB8", "before and after")]
    [InlineData("~YXV0aDB8fGE", "before and after")]
    [InlineData("~YXV0aDB8YQA", "control")]
    [InlineData("~YXV0aDB8YQ0KYg", "control")]
    [InlineData("~YXV0aDB877-9", "valid UTF-8")]
    [InlineData("~YXV0aDB8YSA", "white space")]
    [InlineData("~YXV0aDB8YeKAiw", "invisible")]
    [InlineData("~77u_YXV0aDB8YQ", "invisible")]
    [InlineData("~fllYVjBhREI4WVE", "bar")]
    public async Task Text_that_is_not_an_id_in_base64url_is_a_400_that_says_why(string inTheAddress, string why)
    {
        await using var app = await AdminApp.StartAsync();
        foreach (var id in (string[])["auth0|a", "auth0|ab", "auth0|abc"])
        {
            app.AddUser(id);
        }

        using var administrator = app.Administrator();

        var answer = await administrator.DeleteAsync($"/api/users/{inTheAddress}");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request")).ShouldContain(why);
        (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["id"]);
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(255, HttpStatusCode.NoContent)]
    [InlineData(256, HttpStatusCode.BadRequest)]
    public async Task An_id_in_base64url_has_at_most_255_characters_too(int length, HttpStatusCode expected)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        var id = Base64Url.EncodeToString(Encoding.UTF8.GetBytes("auth0|".PadRight(length, '野')));
        (await administrator.DeleteAsync($"/api/users/~{id}")).StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData(AdminApp.CallerId, "self-deletion")]
    [InlineData("auth0|owner", "protected-user")]
    public async Task An_id_in_base64url_does_not_bypass_the_rules(string id, string slug)
    {
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", "auth0|owner"));
        using var administrator = app.Administrator();

        var answer = await administrator.DeleteAsync($"/api/users/~{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id))}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, slug);
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(255, HttpStatusCode.NoContent)]
    [InlineData(256, HttpStatusCode.BadRequest)]
    public async Task An_id_has_at_most_255_characters(int length, HttpStatusCode expected)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        var id = "auth0|".PadRight(length, 'a');
        (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(id)}")).StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("/api/users/..")]
    [InlineData("/api/users/%2E%2E")]
    [InlineData("/api/users/")]
    [InlineData("/api/users/a/b%7Cc")]
    public async Task An_address_without_an_id_is_no_function(string address)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        (await administrator.DeleteAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(AdminApp.CallerId)]
    [InlineData("AUTH0|5F7C8EC7C33C6C004BBAFE82")]
    public async Task Nobody_deletes_their_own_account(string id)
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Users.Put(app.Tenant.Users.All[0] with { UserId = AdminApp.CallerId });
        using var administrator = app.Administrator();

        var answer = await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(id)}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "self-deletion");
        app.Tenant.Users.Find(AdminApp.CallerId).ShouldNotBeNull();
        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("auth0%7Cowner")]
    [InlineData("auth0%7COWNER")]
    [InlineData("samlp%7Ccontoso%7Croot%2Fops")]
    public async Task A_protected_user_is_not_deleted(string inTheAddress)
    {
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", "auth0|owner, samlp|contoso|root/ops"));
        using var administrator = app.Administrator();

        await (await administrator.DeleteAsync($"/api/users/{inTheAddress}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "protected-user");

        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty();
        (await administrator.DeleteAsync("/api/users/auth0%7Cother")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("google-oauth2|103547991597142817347", false, "google-oauth2", "google-oauth2", "103547991597142817347")]
    [InlineData("github|12345", true, "github", "github", "12345")]
    [InlineData("github|9007199254740993", true, "github", "github", "9007199254740993")]
    [InlineData("github|12345", false, "github", "github", "12345")]
    [InlineData("custom|007", false, "custom", "custom", "007")]
    [InlineData("oidc|contoso|a1-B2", false, "oidc", "contoso", "contoso|a1-B2")]
    [InlineData("samlp|contoso|Ann@example.com", false, "samlp", "contoso", "contoso|ann@example.com")]
    [InlineData("samlp|fabrikam|zoë müller", false, "samlp", "fabrikam", "fabrikam|zoë müller")]
    [InlineData("oauth2|line|\uE0001", false, "oauth2", "line", "line|\uE0001")]
    public async Task A_person_is_the_caller_or_protected_by_any_id_they_have(string linkedId, bool isNumber, string provider, string connection, string idThere)
    {
        const string primary = "auth0|primary";
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", $"""["{linkedId.Replace("müller", "MÜLLER", StringComparison.Ordinal)}"]"""));
        app.Tenant.Users.Put(app.Tenant.Users.All[0] with
        {
            UserId = primary,
            Identities = [new(new("Username-Password-Authentication", "auth0"), "primary"), new(new(connection, provider, NumericIds: isNumber), idThere)],
        });
        using var herself = app.CallerWithToken(app.Tenant.MintAccessToken(linkedId, [Permissions.DeleteUsers]));
        using var administrator = app.CallerWith(Permissions.DeleteUsers);

        await (await herself.DeleteAsync($"/api/users/{Uri.EscapeDataString(primary)}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "self-deletion");
        await (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(primary)}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "protected-user");

        app.Tenant.Users.Find(primary).ShouldNotBeNull();
        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("the id that Auth0 says", """{"user_id":"auth0|5f7c8ec7c33c6c004bbafe82","identities":[]}""", "self-deletion")]
    [InlineData("without identities", """{"user_id":"AUTH0|OWNER"}""", "protected-user")]
    public async Task The_rules_apply_to_the_user_that_Auth0_returns_not_to_the_requested_id(string what, string found, string slug)
    {
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", "auth0|owner"));
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users/*", 200, found));
        using var administrator = app.Administrator();

        await (await administrator.DeleteAsync("/api/users/auth0%7Cother")).ShouldBeProblemAsync(HttpStatusCode.Conflict, slug);

        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty(what);
    }

    [Fact]
    public async Task Ids_with_commas_are_protected_by_a_JSON_array()
    {
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", """["samlp|contoso|Smith, Ann", "auth0|owner"]"""));
        using var administrator = app.Administrator();

        await (await administrator.DeleteAsync("/api/users/samlp%7Ccontoso%7CSmith%2C%20Ann")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "protected-user");
        await (await administrator.DeleteAsync("/api/users/auth0%7Cowner")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "protected-user");
        (await administrator.DeleteAsync("/api/users/samlp%7Ccontoso%7CSmith")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_deletion_costs_one_read_and_a_list_none()
    {
        await using var app = await AdminApp.StartAsync();
        var user = app.Tenant.Users.All[7].UserId;
        using var administrator = app.Administrator();

        (await administrator.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (app.Tenant.Stats.UserLists, app.Tenant.Stats.UserReads, app.Tenant.Stats.UserDeletes).ShouldBe((1, 0, 0));
        (await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(user)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (app.Tenant.Stats.UserLists, app.Tenant.Stats.UserReads, app.Tenant.Stats.UserDeletes).ShouldBe((1, 1, 1));
        app.Tenant.Requests.Matching("* /api/v2/*").Select(request => $"{request.Method} {request.RawTarget}").Skip(1).ShouldBe([
            $"GET /api/v2/users/{Uri.EscapeDataString(user)}?fields=user_id,identities&include_fields=true",
            $"DELETE /api/v2/users/{Uri.EscapeDataString(user)}",
        ]);
    }

    [Fact]
    public async Task No_deletion_is_sent_for_a_user_who_does_not_exist()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        (await administrator.DeleteAsync("/api/users/auth0%7Cnobody")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("<html>Sign in to the guest network</html>")]
    [InlineData("""{"user_id":""}""")]
    [InlineData("""{"user_id":null,"identities":[]}""")]
    [InlineData("""{"user_id":"auth0|other","identities":"none"}""")]
    public async Task If_the_user_cannot_be_read_nobody_is_deleted(string body)
    {
        await using var app = await AdminApp.StartAsync();
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users/*", 200, body, body.StartsWith('<') ? "text/html" : "application/json"));
        using var administrator = app.Administrator();

        await (await administrator.DeleteAsync("/api/users/auth0%7Cother")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");

        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_tenants_log_identifies_the_deletion_by_our_own_id_not_by_the_callers_trace_id()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();
        administrator.DefaultRequestHeaders.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        app.AddUser("auth0|somebody");
        await administrator.DeleteAsync("/api/users/auth0%7Csomebody");
        app.AddUser("auth0|somebody");
        await administrator.DeleteAsync("/api/users/auth0%7Csomebody");

        var ids = app.Tenant.Requests.Matching("DELETE *").Select(request => request.CorrelationId.ShouldNotBeNull()).ToList();
        ids.Count.ShouldBe(2);
        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => id.Length == 32 && id != "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    [Fact]
    public async Task Neither_GET_nor_a_caller_without_the_permission_deletes()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        (await reader.GetAsync("/api/users/auth0%7Csomebody")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await reader.GetAsync("/api/users/auth0%7Csomebody/delete")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await reader.DeleteAsync("/api/users/auth0%7Csomebody")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
        app.Tenant.Requests.Matching("DELETE *").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(200, "{}")]
    [InlineData(200, "<html>Sign in to the guest network</html>")]
    [InlineData(302, "")]
    public async Task A_response_other_than_Auth0s_204_is_not_a_deletion(int status, string body)
    {
        await using var app = await AdminApp.StartAsync();
        app.AddUser("auth0|somebody");
        app.Tenant.Faults.Add(Fault.Answer("DELETE *", status, body, "text/html") with { Times = null });
        using var administrator = app.CallerWith(Permissions.DeleteUsers);

        await (await administrator.DeleteAsync("/api/users/auth0%7Csomebody")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
    }
}
