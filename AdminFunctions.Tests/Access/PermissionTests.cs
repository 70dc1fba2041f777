using System.Net;
using AdminFunctions.Access;

namespace AdminFunctions.Tests.Access;

/// <summary>What a caller can do depends only on the claim <c>permissions</c>.</summary>
public sealed class PermissionTests
{
    [Theory]
    [InlineData("""{"permissions":["read:users"]}""")]
    [InlineData("""{"permissions":["delete:users","read:users","read:users"]}""")]
    [InlineData("""{"permissions":[null,7,{},["x"],"read:users"]}""")]
    [InlineData("""{"permissions":["read:users"],"scope":""}""")]
    [InlineData("""{"permissions":["read:users"],"scope":"delete:users"}""")]
    public async Task An_entry_of_permissions_grants_access(string claims)
    {
        await using var app = await AdminApp.StartAsync();

        await app.ShouldAdmitAsync(HandmadeToken.For(app).WithClaims(claims).Signed());
    }

    [Theory]
    [InlineData("""{"permissions":[]}""")]
    [InlineData("""{"permissions":null}""")]
    [InlineData("""{"permissions":true}""")]
    [InlineData("""{"permissions":7}""")]
    [InlineData("""{"permissions":""}""")]
    [InlineData("""{"permissions":"read:users"}""")]
    [InlineData("""{"permissions":"read:users delete:users"}""")]
    [InlineData("""{"permissions":"[\"read:users\"]"}""")]
    [InlineData("""{"permissions":{"read:users":true}}""")]
    [InlineData("""{"permissions":{"0":"read:users"}}""")]
    [InlineData("""{"permissions":[["read:users"]]}""")]
    [InlineData("""{"permissions":[{"permission_name":"read:users"}]}""")]
    [InlineData("""{"permissions":["Read:Users"]}""")]
    [InlineData("""{"permissions":["READ:USERS"]}""")]
    [InlineData("""{"permissions":[" read:users"]}""")]
    [InlineData("""{"permissions":["read:users "]}""")]
    [InlineData("""{"permissions":["read:users,delete:users"]}""")]
    [InlineData("""{"permissions":["read:users delete:users"]}""")]
    [InlineData("""{"permissions":["read:user"]}""")]
    [InlineData("""{"permissions":["read:*","*"]}""")]
    [InlineData("""{"permissions":["delete:users"]}""")]
    [InlineData("""{"permissions":[],"scope":"read:users"}""")]
    [InlineData("""{"permissions":[],"scope":["read:users"],"scp":["read:users"]}""")]
    [InlineData("""{"permissions":[],"Permissions":["read:users"]}""")]
    [InlineData("""{"permissions":[],"roles":["read:users"],"role":"read:users"}""")]
    [InlineData("""{"permissions":[],"https://admin-functions.local/permissions":["read:users"]}""")]
    public async Task Nothing_else_grants_access(string claims)
    {
        await using var app = await AdminApp.StartAsync();
        var token = HandmadeToken.For(app).WithClaims(claims).Signed();

        await ShouldBeInsufficientAsync(app, token);
    }

    [Fact]
    public async Task Scope_without_permissions_grants_nothing()
    {
        await using var app = await AdminApp.StartAsync();

        await ShouldBeInsufficientAsync(app, HandmadeToken.For(app).WithoutClaim("permissions").WithClaims("""{"scope":"openid read:users delete:users"}""").Signed());
        await ShouldBeInsufficientAsync(app, HandmadeToken.For(app).WithoutClaim("permissions").Signed());
    }

    [Fact]
    public async Task One_permission_is_not_the_other()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.CallerWith(Permissions.ReadUsers);
        using var deleter = app.CallerWith(Permissions.DeleteUsers);

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await deleter.DeleteAsync("/api/users/auth0%7Csomebody")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await reader.DeleteAsync("/api/users/auth0%7Csomebody")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await deleter.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task ShouldBeInsufficientAsync(AdminApp app, string token)
    {
        using var answer = await app.ListWithAsync(token);

        await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
        answer.ShouldChallengeWith("""Bearer error="insufficient_scope", scope="read:users" """.TrimEnd());
        await app.ShouldKeepToItselfAsync(token, answer);
        app.ShouldHaveAskedNothingOfTheManagementApi();
    }
}
