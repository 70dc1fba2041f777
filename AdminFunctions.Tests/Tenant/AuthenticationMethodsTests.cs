using System.Net;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.ManagementApi;

namespace AdminFunctions.Tests.Tenant;

/// <summary><c>/api/v2/users/{id}/authentication-methods</c>.</summary>
public sealed class AuthenticationMethodsTests
{
    private const string Path = "/api/v2/users/auth0%7C0a/authentication-methods";

    [Fact]
    public async Task They_are_listed_page_by_page_and_one_is_deleted_for_good()
    {
        await using var tenant = await AnnAsync("password", "totp", "recovery-code");
        using var application = tenant.Application();

        (await TypesAsync(application, Path)).ShouldBe(["password", "totp", "recovery-code"]);
        (await TypesAsync(application, Path + "?per_page=2&page=1")).ShouldBe(["recovery-code"]);
        var page = await (await application.GetAsync(Path + "?include_totals=true&per_page=2&page=1")).JsonAsync();
        (page["start"]!.GetValue<int>(), page["limit"]!.GetValue<int>(), page["total"]!.GetValue<int>()).ShouldBe((2, 2, 3));
        var totp = tenant.Activity.Methods.Of(People.Ann)[1].Id;

        var deletion = await application.DeleteAsync($"{Path}/{Uri.EscapeDataString(totp)}");

        deletion.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await deletion.Content.ReadAsStringAsync()).ShouldBeEmpty();
        (await TypesAsync(application, Path)).ShouldBe(["password", "recovery-code"]);
        (await application.DeleteAsync($"{Path}/{Uri.EscapeDataString(totp)}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        tenant.Stats.MethodDeletes.ShouldBe(1);
        tenant.Activity.Log.Of(People.Ann.UserId).Select(item => item.Type).ShouldBe(["gd_unenroll"]);
    }

    [Theory]
    [InlineData("read:users", "GET", Path, 403)]
    [InlineData("delete:authentication_methods", "GET", Path, 403)]
    [InlineData("read:authentication_methods", "DELETE", Path + "/totp", 403)]
    [InlineData("read:authentication_methods", "GET", Path + "?per_page=101", 400)]
    [InlineData("read:authentication_methods", "GET", Path + "?page=-1", 400)]
    [InlineData("read:authentication_methods", "GET", "/api/v2/users/auth0%7Cnobody/authentication-methods", 404)]
    [InlineData("delete:authentication_methods", "DELETE", "/api/v2/users/auth0%7Cnobody/authentication-methods/totp", 404)]
    [InlineData("delete:authentication_methods", "DELETE", Path + "/..%2F..%2Fauth0%7C0a", 404)]
    [InlineData("delete:authentication_methods", "DELETE", Path + "/*", 404)]
    public async Task A_refusal_deletes_nothing(string scope, string method, string path, int status)
    {
        await using var tenant = await AnnAsync("totp");
        using var application = tenant.Application(scope);

        var answer = await application.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.JsonAsync())["statusCode"]!.GetValue<int>().ShouldBe(status);
        tenant.Activity.Methods.Of(People.Ann).Count.ShouldBe(1);
    }

    [Fact]
    public async Task They_have_a_rate_limit_of_their_own()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, RateLimits = RateLimits.Professional });
        using var application = tenant.Application();

        (await application.GetAsync(Path)).Headers.GetValues("X-RateLimit-Limit").ShouldBe(["5"]);
        (await application.DeleteAsync(Path + "/totp")).Headers.GetValues("X-RateLimit-Remaining").ShouldBe(["3"]);
    }

    private static async Task<LocalTenant> AnnAsync(params string[] methods)
    {
        var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, TimeProvider = new FakeTime() });
        tenant.Users.Put(People.Ann);
        tenant.Activity.Methods.Set(People.Ann.UserId, methods);
        return tenant;
    }

    private static async Task<string[]> TypesAsync(HttpClient client, string path) =>
        [.. (await (await client.GetAsync(path)).JsonAsync()).AsArray().Select(method => method!["type"]!.GetValue<string>())];
}
