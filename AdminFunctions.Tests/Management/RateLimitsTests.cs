using System.Net;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.Management;
using AdminFunctions.Tests.Export;
using Microsoft.Extensions.DependencyInjection;
using RateLimit = AdminFunctions.LocalHost.Tenant.ManagementApi.RateLimit;
using RateLimits = AdminFunctions.LocalHost.Tenant.ManagementApi.RateLimits;

namespace AdminFunctions.Tests.Management;

public sealed class RateLimitsTests
{
    [Fact]
    public async Task An_empty_bucket_of_deletions_logs_or_sessions_does_not_slow_an_export()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions
        {
            Users = 500,
            RateLimits = Enum.GetValues<RateBucket>().ToDictionary(
                bucket => bucket, bucket => bucket is RateBucket.ReadUsers ? new RateLimit(1000, 100) : new RateLimit(1, 0.01)),
        });
        app.Tenant.Users.Put(Target.User);
        using var administrator = app.CallerWith(Permissions.All);
        (await administrator.GetAsync(Target.Path("/log"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await administrator.DeleteAsync(Target.Path("/mfa"))).IsSuccessStatusCode.ShouldBeTrue();
        (await administrator.DeleteAsync(Target.Path())).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        // The clock stands still, so an export that waited would never end.
        (await administrator.ExportAsync("fields=user_id").InTimeAsync()).Count.ShouldBe(500);

        var limits = app.Services.GetRequiredService<TenantHttp>().RateLimits.All.ToDictionary(named => named.Name, named => named.Limit.Remaining);
        (limits["users.delete"], limits["logs"], limits["authentication-methods"], limits["other"], limits["users.write"])
            .ShouldBe((0, 0, 0, 0, null));
        limits["users.read"].ShouldNotBeNull().ShouldBeGreaterThan(900);
    }

    [Fact]
    public async Task Each_bucket_refuses_for_itself()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 50, RateLimits = RateLimits.Professional });
        using var administrator = app.CallerWith(Permissions.All);
        for (var user = 0; user < 20; user++)
        {
            var id = app.Tenant.Users.All[^1].UserId;
            (await administrator.DeleteAsync(Target.Path(id: id))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        var call = administrator.DeleteAsync(Target.Path(id: app.Tenant.Users.All[^1].UserId));
        await app.Time.LetPassAsync(wait => wait <= TimeSpan.FromSeconds(1));
        (await call.InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await administrator.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
