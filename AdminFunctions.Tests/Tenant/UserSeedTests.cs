using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Tests.Tenant;

/// <summary>The people that a tenant begins with.</summary>
public sealed class UserSeedTests
{
    private static readonly Uri Tenant = new("http://localhost:7072");

    [Fact]
    public async Task They_are_the_same_every_time_whatever_the_clock_says_and_others_with_another_seed()
    {
        var later = new FakeTime();
        later.Advance(TimeSpan.FromDays(5000));

        var users = await UsersAsync(new TenantOptions { Users = 60 });

        (await UsersAsync(new TenantOptions { Users = 60, TimeProvider = later })).ShouldBe(users);
        (await UsersAsync(new TenantOptions { Users = 60, Seed = 2 })).ShouldNotBe(users);

        // Also in another process, on another machine.
        UserSeed.Make(60, 1, Tenant).Last().UserId.ShouldBe("auth0|d5812a60f3bbb6a58e695160");

        static async Task<string> UsersAsync(TenantOptions options)
        {
            await using var tenant = await LocalTenant.StartAsync(options);
            using var application = tenant.Application("read:users read:user_idp_tokens");
            return (await application.GetStringAsync("/api/v2/users?per_page=100")).Replace(tenant.Domain, "", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1200)]
    public async Task There_are_as_many_as_asked_for_the_admins_first(int count)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = count });

        tenant.Users.Count.ShouldBe(count);
        tenant.Users.All.Take(3).Select(user => (user.UserId, user.GivenName)).ShouldBe(Admin.All.Take(count).Select(admin => (admin.UserId, (string?)admin.GivenName)));
    }

    [Fact]
    public void As_many_as_wanted_are_of_one_moment_and_they_stay_in_order()
    {
        var users = UserSeed.Make(100, seed: 1, Tenant, atOneMoment: 40).ToList();

        users.GroupBy(user => user.CreatedAt).Select(moment => moment.Count()).OrderDescending().Take(2).ShouldBe([40, 1]);
        users.Select(user => user.CreatedAt).ShouldBeInOrder();
    }

    [Fact]
    public void No_two_are_the_same_and_none_is_real()
    {
        var users = UserSeed.Make(5000, 1, Tenant).ToList();

        users.Select(user => user.UserId).ShouldBeUnique();
        users.Select(user => user.CreatedAt).ShouldBeUnique();
        users.Select(user => user.CreatedAt).ShouldBeInOrder();
        users.Select(user => user.Email).Where(email => email is not null).ShouldBeUnique();
        users.ShouldAllBe(user => user.Email == null || user.Email.EndsWith("@example.com") || user.Email.EndsWith("@example.net") || user.Email.EndsWith("@example.org"));
        users.ShouldAllBe(user => user.PhoneNumber == null || (user.PhoneNumber.StartsWith("+1555") && user.PhoneNumber.Length == 12));
        users.ShouldAllBe(user => user.LastIp == null || user.LastIp.StartsWith("192.0.2.") || user.LastIp.StartsWith("198.51.100.") || user.LastIp.StartsWith("203.0.113."));
        users.ShouldAllBe(user => user.LastLogin == null || user.LastLogin >= user.CreatedAt);
        users.ShouldAllBe(user => user.Picture == null || user.Picture.StartsWith("http://localhost:7072/avatars/"));
    }

    [Fact]
    public void They_differ_in_what_a_front_end_has_to_cope_with()
    {
        var users = UserSeed.Make(1200, 1, Tenant).ToList();

        users.ShouldContain(user => user.Blocked);
        users.ShouldContain(user => user.LastLogin == null && user.LoginsCount == null);
        users.ShouldContain(user => user.Email == null && user.PhoneNumber != null);
        users.ShouldContain(user => user.EmailVerified == false);
        users.ShouldContain(user => user.Identities.Count > 1);
        users.ShouldContain(user => user.UserMetadata != null);
        users.ShouldContain(user => user.UserId.Contains('/'));
        users.ShouldContain(user => user.UserId.Contains(' '));
        users.ShouldContain(user => user.UserId.Contains('+'));
        users.SelectMany(user => user.Identities).Select(identity => identity.Connection.Name).Distinct().Count().ShouldBe(7);
    }
}
