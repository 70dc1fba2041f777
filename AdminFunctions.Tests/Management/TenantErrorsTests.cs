using System.Net;
using System.Net.Sockets;
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
    [InlineData("""{"error":"access_denied"}""")]
    public async Task A_response_that_is_not_a_list_is_a_502_that_says_what_to_check(string body)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(List, 200, body, body.StartsWith('<') ? "text/html" : "application/json"));

        var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");

        detail.ShouldContain("Auth0__Domain");
        app.Tenant.Requests.Matching(List).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(302, "", "tenant-unavailable")]
    [InlineData(404, """{"statusCode":404,"error":"Not Found","message":"Not Found"}""", "tenant-refused")]
    [InlineData(404, "<html>Not found</html>", "tenant-unavailable")]
    [InlineData(418, "short and stout", "tenant-refused")]
    public async Task A_status_that_the_list_does_not_have_is_a_502(int status, string body, string slug)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(List, status, body, "text/html"));

        await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, slug);
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

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_web_page_instead_of_an_error_is_not_attributed_to_Auth0_and_not_shown_to_the_caller(int status)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(
            Fault.Answer(List, status, "<html>Blocked by Acme</html>", "text/html"),
            Fault.Answer(Grant, status, "<html>Blocked by Acme</html>", "text/html"));

        for (var call = 0; call < 2; call++)
        {
            var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
            detail.ShouldContain($"A web page with status {status}");
            detail.ShouldContain("proxy");
            detail.ShouldNotContain("Acme");
            detail.ShouldNotContain("scope");
        }
    }

    [Theory]
    [InlineData("<html>Sign in to the guest network</html>", "is not JSON")]
    [InlineData("""{"start":0,"users":[{"user_id":"auth0|1","na""", "is not JSON")]
    [InlineData("", "is not JSON")]
    [InlineData("[]", "has an unexpected shape")]
    [InlineData("""{"items":[],"next":null}""", "has an unexpected shape")]
    [InlineData("""{"start":0,"limit":50,"length":1,"total":"many","users":[]}""", "has an unexpected shape")]
    public async Task A_response_that_cannot_be_read_says_why(string body, string expected)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(List, 200, body));

        (await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable"))
            .ShouldContain(expected);
    }

    [Fact]
    public async Task A_response_that_is_too_large_says_so_and_is_not_requested_again()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(List, 200, $"[\"{new string('x', ResilienceHandler.LongestBodyInBytes)}\"]"));

        (await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable"))
            .ShouldContain("larger than 16 MiB");

        app.Tenant.Requests.Matching(List).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("a name", "could not be resolved")]
    [InlineData("a port", "connection to Auth0 was refused")]
    [InlineData("a certificate", "The certificate with the subject \"CN=localhost")]
    public async Task A_server_that_cannot_be_reached_is_reported_with_the_obstacle(string what, string expected)
    {
        using var certificate = LoopbackCertificate.Create();
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 3, Certificate = certificate });
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var closed = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();
        using var client = new HttpClient(TenantHttp.CreateTransport());

        var exception = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(what switch
        {
            "a name" => new Uri("https://nobody.invalid/"),
            "a port" => new Uri($"https://localhost:{closed}/"),
            _ => tenant.Address,
        }));
        var translated = TenantErrors.Translate(exception, "the list of users");

        translated.Failure.ShouldBe(TenantFailure.Unavailable);
        translated.Message.ShouldContain(expected);
        translated.Message.ShouldContain("Auth0__Domain");
        translated.Message.ShouldNotContain("in time");
    }

    [Theory]
    [InlineData("GET /api/v2/users/*")]
    [InlineData("DELETE /api/v2/users/*")]
    public async Task Auth0s_own_400_on_a_deletion_is_not_the_callers_fault(string request)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var administrator = app.Administrator();
        app.Tenant.Faults.Add(Fault.Answer(request, 400, """{"statusCode":400,"error":"Bad Request","message":"Not like this."}"""));

        var answer = await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(app.Tenant.Users.All[2].UserId)}");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused")).ShouldNotContain("Not like this.");
    }

    [Fact]
    public async Task An_application_without_a_grant_for_the_Management_API_is_a_502_with_Auth0s_message_and_advice()
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
    public async Task A_response_that_is_not_a_token_is_a_502_that_says_what_to_check_and_is_not_cached(int status, string body, string expected)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer(Grant, status, body));

        var slug = status is 200 or 302 ? "tenant-unavailable" : "tenant-refused";
        var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, slug);

        detail.ShouldContain(expected);
        app.Tenant.Requests.Matching(List).ShouldBeEmpty();
        app.Time.Advance(ManagementTokenProvider.PauseAfterRefusal);
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
