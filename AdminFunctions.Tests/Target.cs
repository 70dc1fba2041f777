using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.Tests.Export;

namespace AdminFunctions.Tests;

/// <summary>The user of the tenant whom a test looks at or changes.</summary>
internal static class Target
{
    public const string Id = "auth0|5f7c8ec7c33c6c004bbafe99";

    public const string Email = "ann@example.com";

    public const string Database = "Username-Password-Authentication";

    /// <summary>The address of a function for this user, or for another.</summary>
    /// <param name="function">The part of the route behind the ID, such as <c>/block</c>.</param>
    public static string Path(string function = "", string id = Id) => $"/api/users/{Uri.EscapeDataString(id)}{function}";

    /// <summary>The pattern for the requests to the tenant about this user.</summary>
    public static string Request(string method, string rest = "") => $"{method} /api/v2/users/{Uri.EscapeDataString(Id)}{rest}";

    /// <summary>Someone with a password and an address.</summary>
    public static TenantUser User => Exports.Somebody(Id, DateTime.UnixEpoch) with { Name = "Ann", Email = Email, EmailVerified = false };

    /// <summary>Starts an app whose tenant has this user too.</summary>
    public static async Task<AdminApp> StartAsync(TenantOptions? options = null, params (string Name, string Value)[] settings)
    {
        var app = await AdminApp.StartAsync(options, settings);
        app.Tenant.Users.Put(User);
        return app;
    }

    /// <summary>The user as the tenant has them now.</summary>
    public static TenantUser Now(AdminApp app) => app.Tenant.Users.Find(Id).ShouldNotBeNull();
}
