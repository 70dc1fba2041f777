using System.Net;
using System.Xml.Linq;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Infra;

namespace AdminFunctions.Tests.Security;

/// <summary>What people can learn who have the function URL, the logs or the deployed package.</summary>
public sealed class WhatLeaksTests
{
    [Theory]
    [InlineData("x-functions-key", "master")]
    [InlineData("X-MS-CLIENT-PRINCIPAL", "eyJyb2xlcyI6WyJkZWxldGU6dXNlcnMiXX0")]
    [InlineData("X-MS-CLIENT-PRINCIPAL-ID", "5f7c8ec7-c33c-6c00-4bba-fe8200000000")]
    [InlineData("X-MS-TOKEN-AAD-ACCESS-TOKEN", "eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Origin", "http://localhost:7070")]
    public async Task No_key_and_no_header_of_the_platform_replaces_a_token(string header, string value)
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();
        anyone.DefaultRequestHeaders.Add(header, value);

        await (await anyone.GetAsync("/api/users?code=master")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        await (await anyone.GetAsync("/api/users/export?code=master")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        await (await anyone.DeleteAsync("/api/users/auth0%7Csomebody?code=master")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task Nothing_is_created_or_changed_by_this_API(string method)
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();

        foreach (var path in new[] { "/api/users", "/api/users/export", "/api/users/auth0%7Csomebody", "/api/health" })
        {
            (await administrator.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(200, "[]")]
    [InlineData(400, """{"statusCode":400,"error":"Bad Request","message":"Failed to parse query: ann.smith@example.com"}""")]
    [InlineData(403, """{"statusCode":403,"error":"Forbidden","message":"Insufficient scope"}""")]
    [InlineData(414, "")]
    public async Task The_functions_do_not_log_who_is_searched_for_or_deleted(int status, string body)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 30 });
        using var administrator = app.Administrator();
        app.Tenant.Faults.Add(Fault.Answer("* /api/v2/*", status, body) with { Times = null });

        await administrator.GetAsync("/api/users?q=email:%22ann.smith@example.com%22");
        await administrator.GetAsync("/api/users/export?q=email:%22ann.smith@example.com%22");
        await administrator.DeleteAsync("/api/users/email%7Cann.smith%40example.com");
        await administrator.DeleteAsync("/api/users/ann.smith%40example.com");

        var lines = app.Log.Lines().Where(line => line.StartsWith("AdminFunctions.", StringComparison.Ordinal) || line.StartsWith("Function.", StringComparison.Ordinal)).ToList();
        lines.ShouldNotBeEmpty();
        lines.ShouldAllBe(line => !line.Contains("ann.smith", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_developers_settings_are_neither_committed_nor_deployed()
    {
        var settings = XDocument.Parse(Repository.Read("AdminFunctions/AdminFunctions.csproj")).Descendants("None")
            .Single(item => item.Attribute("Include")!.Value.EndsWith("/local.settings.json", StringComparison.Ordinal));

        settings.Attribute("CopyToPublishDirectory")!.Value.ShouldBe("Never");
        Repository.Read(".gitignore").Split('\n').ShouldContain("local.settings.json");
    }
}
