using System.Net;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;

namespace AdminFunctions.Tests.Management;

public sealed class TenantErrorsTests
{
    private const string Grant = "POST /oauth/token";
    private const string List = "GET /api/v2/users";

    [Theory]
    [InlineData("<html>Sign in to the guest network</html>")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":[{"user_id":"auth0|1","na""")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"users\"")]
    [InlineData("""{"start":0,"limit":50,"length":0,"total":0,"users":null}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":{}}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":[1]}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":[null]}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":"many","users":[]}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":[{"user_id":"auth0|1","identities":[null]}]}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":[{"user_id":"auth0|1","identities":"none"}]}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":[{"user_id":"auth0|1","created_at":{}}]}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":[{"user_id":"auth0|1","last_login":""}]}""")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":1,"users":[{"user_id":"auth0|1","logins_count":"three"}]}""")]
    [InlineData("""{"error":"access_denied"}""")]
    public async Task A_list_that_is_none_is_a_502_that_says_what_to_look_at(string body)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(List, 200, body, body.StartsWith('<') ? "text/html" : "application/json"));

        var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        detail.ShouldContain("Auth0__Domain");
        app.Tenant.Requests.Matching(List).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(302, "")]
    [InlineData(404, """{"statusCode":404,"error":"Not Found","message":"Not Found"}""")]
    [InlineData(404, "<html>Not found</html>")]
    [InlineData(418, "short and stout")]
    public async Task A_status_that_the_list_does_not_have_is_a_502(int status, string body)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(List, status, body, "text/html"));

        await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
    }

    [Theory]
    [InlineData("GET", "delete:users", "read:users")]
    [InlineData("DELETE", "read:users", "delete:users")]
    [InlineData("DELETE", "delete:users", "read:users")]
    public async Task A_scope_that_the_application_lacks_is_a_502_that_names_it(string method, string has, string lacks)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3, ManagementScope = has });
        using var administrator = app.Administrator();

        var path = method == "GET" ? "/api/users" : $"/api/users/{Uri.EscapeDataString(app.Tenant.Users.All[2].UserId)}";
        var answer = await administrator.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        var detail = await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
        detail.ShouldContain($"Insufficient scope, expected any of: {lacks}");
        detail.ShouldContain($"the scope {lacks} of the Auth0 Management API");
        detail.ShouldContain("Auth0__ClientId");
        app.Tenant.Users.All.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_403_that_is_a_page_is_not_repeated_to_the_caller()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(
            Fault.Answer(List, 403, "<html>Blocked by the proxy</html>", "text/html"),
            Fault.Answer(Grant, 403, "<html>Blocked by the proxy</html>", "text/html"));

        for (var call = 0; call < 2; call++)
        {
            var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
            detail.ShouldNotContain("proxy");
            detail.ShouldContain("Auth0__ClientId");
        }
    }

    [Fact]
    public async Task An_application_without_a_grant_for_the_Management_API_is_a_502_in_Auth0s_words_with_what_to_do()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3, ManagementScope = null });
        using var reader = app.Reader();

        var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        detail.ShouldContain("You need to create a \"client-grant\"");
        detail.ShouldContain("Auth0__ClientId");
        detail.ShouldContain("read:users and delete:users");
        app.Vault.SecretReads.ShouldBe(1);

        app.Tenant.ManagementScope = "read:users";
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(401, """{"error":"access_denied","error_description":"Unauthorized"}""", "Auth0__ClientId")]
    [InlineData(401, """{"error":"invalid_client","error_description":"Client authentication failed"}""", "Auth0__ClientId")]
    [InlineData(
        403,
        """{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}""",
        "Grant type 'client_credentials' not allowed")]
    [InlineData(400, """{"error":"invalid_request","error_description":"Bad"}""", "Auth0__ClientId")]
    [InlineData(404, "Not found", "Auth0__Domain")]
    [InlineData(302, "", "Auth0")]
    [InlineData(200, "<html>Sign in to the guest network</html>", "Auth0__Domain")]
    [InlineData(200, "", "Auth0__Domain")]
    [InlineData(200, "null", "Auth0__Domain")]
    [InlineData(200, "{}", "Auth0__Domain")]
    [InlineData(200, """{"access_token":"","expires_in":86400,"token_type":"Bearer"}""", "Auth0__Domain")]
    [InlineData(200, """{"access_token":"a.b.c","token_type":"Bearer"}""", "Auth0__Domain")]
    [InlineData(200, """{"access_token":"a.b.c","expires_in":0,"token_type":"Bearer"}""", "Auth0__Domain")]
    [InlineData(200, """{"access_token":"a.b.c","expires_in":-5,"token_type":"Bearer"}""", "Auth0__Domain")]
    [InlineData(200, """{"access_token":"a.b.c","expires_in":"soon","token_type":"Bearer"}""", "Auth0__Domain")]
    [InlineData(200, """{"access_token":"a.b.c","expires_in":864""", "Auth0__Domain")]
    public async Task A_grant_that_is_none_is_a_502_that_says_what_to_look_at_and_is_not_kept(int status, string body, string expected)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(Grant, status, body));

        var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        detail.ShouldContain(expected);
        app.Tenant.Requests.Matching(List).ShouldBeEmpty();
        app.Time.Advance(ManagementTokenProvider.PauseAfterRefusal);
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
