namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>
/// A user who can sign in to the local tenant. The admins are the oldest users and have different permissions.
/// </summary>
/// <param name="UserId">The user ID.</param>
/// <param name="GivenName">The given name.</param>
/// <param name="FamilyName">The family name, which describes the permissions.</param>
/// <param name="Permissions">The permissions in access tokens.</param>
internal sealed record Admin(string UserId, string GivenName, string FamilyName, string[] Permissions)
{
    /// <summary>All admins.</summary>
    public static readonly IReadOnlyList<Admin> All =
    [
        new("auth0|000000000000000000000001", "Ada", "Admin", ["read:users", "update:users", "delete:users", "reset:mfa", "read:logs"]),
        new("auth0|000000000000000000000002", "Rita", "Reader", ["read:users"]),
        new("auth0|000000000000000000000003", "Nora", "Nothing", []),
        new("auth0|000000000000000000000004", "Dora", "Deleter", ["read:users", "delete:users"]),
    ];

    /// <summary>The permissions of a user; none for a user who is not an admin.</summary>
    public static string[] PermissionsOf(string userId) =>
        All.FirstOrDefault(admin => admin.UserId == userId)?.Permissions ?? [];
}
