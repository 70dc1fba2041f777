using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Tenant;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Access;

/// <summary>The complete responses to rejected callers (RFC 6750, section 3).</summary>
public sealed class ChallengeTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string TraceParent = $"00-{TraceId}-00f067aa0ba902b7-01";

    [Fact]
    public async Task Without_a_token_the_challenge_names_no_error()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        anyone.DefaultRequestHeaders.Add("traceparent", TraceParent);

        var answer = await anyone.GetAsync("/api/users");

        await ShouldBeAsync(answer, HttpStatusCode.Unauthorized, $$"""
            {
              "type": "urn:admin-functions:problem:missing-token",
              "title": "An access token is missing",
              "status": 401,
              "detail": "Send an access token in the header Authorization: Bearer {token}.",
              "traceId": "{{TraceId}}"
            }
            """);
        answer.ShouldChallengeWith("Bearer");
    }

    [Fact]
    public async Task With_an_invalid_token_the_challenge_says_what_is_wrong_with_it()
    {
        await using var app = await AdminApp.StartAsync();
        using var caller = app.CallerWithToken(app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers], TimeSpan.FromHours(-1)));
        caller.DefaultRequestHeaders.Add("traceparent", TraceParent);

        var answer = await caller.GetAsync("/api/users");

        await ShouldBeAsync(answer, HttpStatusCode.Unauthorized, $$"""
            {
              "type": "urn:admin-functions:problem:invalid-token",
              "title": "The access token is not valid",
              "status": 401,
              "detail": "The access token has expired. Get a new one.",
              "traceId": "{{TraceId}}"
            }
            """);
        answer.ShouldChallengeWith("""Bearer error="invalid_token", error_description="The access token has expired. Get a new one." """.TrimEnd());
    }

    [Theory]
    [InlineData("GET", "/api/users", Permissions.DeleteUsers, Permissions.ReadUsers)]
    [InlineData("DELETE", "/api/users/auth0%7Csomebody", Permissions.ReadUsers, Permissions.DeleteUsers)]
    public async Task Without_the_permission_the_challenge_names_it(string method, string address, string granted, string needed)
    {
        await using var app = await AdminApp.StartAsync();
        using var caller = app.CallerWith(granted);
        caller.DefaultRequestHeaders.Add("traceparent", TraceParent);

        var answer = await caller.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));

        await ShouldBeAsync(answer, HttpStatusCode.Forbidden, $$"""
            {
              "type": "urn:admin-functions:problem:insufficient-permission",
              "title": "The access token lacks a permission",
              "status": 403,
              "detail": "The access token does not have the permission {{needed}}. Assign the user a role with it, check that the API in Auth0 adds permissions to access tokens (RBAC), and sign in again.",
              "traceId": "{{TraceId}}"
            }
            """);
        answer.ShouldChallengeWith($"Bearer error=\"insufficient_scope\", scope=\"{needed}\"");
        app.ShouldHaveAskedNothingOfTheManagementApi();
    }

    [Fact]
    public async Task Text_that_a_challenge_cannot_contain_is_only_in_the_body()
    {
        const string audience = """https://admin.example/"quoted"\back/ž""";
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3, Audience = audience });

        var answer = await app.ListWithAsync(app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers], audience: "https://other.example/"));

        (await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token"))
            .ShouldBe($"The access token is for another audience. Request one from Auth0 with the audience {audience}.");
        answer.ShouldChallengeWith(
            "Bearer error=\"invalid_token\", error_description=\"The access token is for another audience. Request one from Auth0 with the audience https://admin.example/quotedback/.\"");
    }

    [Theory]
    [InlineData("GET", "/api/users?page=x&fields=password")]
    [InlineData("DELETE", "/api/users/no-id")]
    [InlineData("DELETE", "/api/users/auth0%7Cowner")]
    public async Task A_rejected_caller_learns_nothing_else(string method, string address)
    {
        await using var app = await AdminApp.StartAsync(settings: ("Users:Protected", "auth0|owner"));
        using var anyone = app.Anyone();
        using var caller = app.CallerWith("read:everything");

        await (await anyone.SendAsync(new HttpRequestMessage(new HttpMethod(method), address))).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        await (await caller.SendAsync(new HttpRequestMessage(new HttpMethod(method), address))).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
    }

    [Fact]
    public async Task An_admitted_caller_is_not_challenged()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        (await reader.GetAsync("/api/users")).Headers.Contains("WWW-Authenticate").ShouldBeFalse();
        (await reader.GetAsync("/api/users?page=x")).Headers.Contains("WWW-Authenticate").ShouldBeFalse();
    }

    [Fact]
    public async Task A_refusal_is_logged_with_the_trace_id_of_the_response_and_raises_no_alarm()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        using var caller = app.CallerWith();

        var missing = await anyone.GetAsync("/api/users");
        var insufficient = await caller.GetAsync("/api/users");

        foreach (var (answer, slug) in new[] { (missing, "missing-token"), (insufficient, "insufficient-permission") })
        {
            var traceId = (await answer.JsonAsync())["traceId"]!.GetValue<string>();
            app.Log.Lines(LogLevel.Information).Where(line => line.StartsWith("AdminFunctions.", StringComparison.Ordinal) && line.Contains(traceId, StringComparison.Ordinal))
                .ShouldHaveSingleItem().ShouldContain(slug);
        }

        app.Log.Lines(LogLevel.Warning).ShouldBeEmpty();
    }

    private static async Task ShouldBeAsync(HttpResponseMessage answer, HttpStatusCode status, string body)
    {
        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType?.ToString().ShouldBe("application/problem+json");
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        answer.Headers.Select(header => header.Key).Except(["Date", "Server", "Transfer-Encoding"])
            .ShouldBe(["Cache-Control", "WWW-Authenticate", "X-Content-Type-Options"], ignoreOrder: true);

        var told = await answer.JsonAsync();
        JsonNode.DeepEquals(told, JsonNode.Parse(body)).ShouldBeTrue(told.ToString());
    }
}
