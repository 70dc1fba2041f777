using System.Globalization;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Tests.Tenant;

/// <summary>The people that a tenant begins with.</summary>
public sealed class UserSeedTests
{
    private static readonly Uri Tenant = new("http://localhost:7072");

    private static readonly DateTime Now = new(2026, 3, 2, 9, 30, 0, DateTimeKind.Utc);

    [Fact]
    public async Task They_are_the_same_during_the_whole_day_and_others_with_another_seed()
    {
        var later = new FakeTime();
        later.Advance(TimeSpan.FromHours(14));

        var users = await UsersAsync(new TenantOptions { Users = 60, TimeProvider = new FakeTime() });

        (await UsersAsync(new TenantOptions { Users = 60, TimeProvider = later })).ShouldBe(users);
        (await UsersAsync(new TenantOptions { Users = 60, TimeProvider = new FakeTime(), Seed = 2 })).ShouldNotBe(users);

        // Also in another process, on another machine.
        UserSeed.Make(60, 1, Tenant, Now).Last().UserId.ShouldBe("samlp|contoso|frida.ibrahim@example.org");

        static async Task<string> UsersAsync(TenantOptions options)
        {
            await using var tenant = await LocalTenant.StartAsync(options);
            using var application = tenant.Application("read:users read:user_idp_tokens");
            return (await application.GetStringAsync("/api/v2/users?per_page=100")).Replace(tenant.Domain, "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void On_another_day_they_are_the_same_people_and_their_dates_have_moved_with_it()
    {
        var days = TimeSpan.FromDays(5000);

        UserSeed.Make(300, 1, Tenant, Now + days).Select(user => (user.UserId, user.CreatedAt, user.LastLogin, user.UpdatedAt))
            .ShouldBe(UserSeed.Make(300, 1, Tenant, Now)
                .Select(user => (user.UserId, user.CreatedAt + days, user.LastLogin + days, user.UpdatedAt + days)));
    }

    [Theory]
    [InlineData("2026-03-02T09:30:00Z")]
    [InlineData("2026-03-02T00:00:00Z")]
    [InlineData("2026-03-01T23:59:59.999Z")]
    [InlineData("2028-02-29T00:04:00Z")]
    public void Nobody_logs_in_before_the_creation_or_after_now(string time)
    {
        var now = DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

        var users = UserSeed.Make(3000, 1, Tenant, now).ToList();

        users.ShouldAllBe(user => user.CreatedAt <= (user.LastLogin ?? now));
        users.ShouldAllBe(user => (user.LastLogin ?? user.CreatedAt) <= user.UpdatedAt);
        users.ShouldAllBe(user => user.UpdatedAt <= now);
    }

    [Fact]
    public void Some_have_just_logged_in_and_others_long_ago_or_never()
    {
        var users = UserSeed.Make(1200, 1, Tenant, Now).ToList();
        var ago = users.Where(user => user.LastLogin is not null).Select(user => (Now.Date - user.LastLogin!.Value.Date).Days).ToList();

        users.Count(user => user.LastLogin is null).ShouldBeInRange(100, 200);
        ago.Count(days => days is 0).ShouldBeInRange(10, 100);
        ago.Count(days => days is 1).ShouldBeInRange(50, 200);
        ago.Count(days => days is > 1 and <= 7).ShouldBeInRange(50, 300);
        ago.Count(days => days is > 7 and <= 365).ShouldBeGreaterThan(200);
        ago.Count(days => days is > 2 * 365).ShouldBeGreaterThan(50);
        users.Count(user => user.CreatedAt > Now.AddDays(-30)).ShouldBeGreaterThan(5);
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
        tenant.Users.All.Take(Admin.All.Count).Select(user => (user.UserId, user.GivenName)).ShouldBe(Admin.All.Take(count).Select(admin => (admin.UserId, (string?)admin.GivenName)));
    }

    [Fact]
    public void As_many_as_wanted_are_of_one_moment_and_they_stay_in_order()
    {
        var users = UserSeed.Make(100, seed: 1, Tenant, Now, atOneMoment: 40).ToList();

        users.GroupBy(user => user.CreatedAt).Select(moment => moment.Count()).OrderDescending().Take(2).ShouldBe([40, 1]);
        users.Select(user => user.CreatedAt).ShouldBeInOrder();
    }

    [Fact]
    public void No_two_are_the_same_and_none_is_real()
    {
        var users = UserSeed.Make(5000, 1, Tenant, Now).ToList();

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
        var users = UserSeed.Make(1200, 1, Tenant, Now).ToList();

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
