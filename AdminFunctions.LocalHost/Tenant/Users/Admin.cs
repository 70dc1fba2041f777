namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>
/// Someone who may sign in to the local tenant: the oldest users of the directory, who differ in what RBAC lets
/// them do with the API.
/// </summary>
/// <param name="UserId">The user id.</param>
/// <param name="GivenName">The given name.</param>
/// <param name="FamilyName">The family name, which says what the person may do.</param>
/// <param name="Permissions">The permissions that go into the person's access tokens.</param>
internal sealed record Admin(string UserId, string GivenName, string FamilyName, string[] Permissions)
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Admin> All =
    [
        new("auth0|000000000000000000000001", "Ada", "Admin", ["read:users", "delete:users"]),
        new("auth0|000000000000000000000002", "Rita", "Reader", ["read:users"]),
        new("auth0|000000000000000000000003", "Nora", "Nothing", []),
    ];

    /// <summary>The permissions of a user; none for somebody else.</summary>
    public static string[] PermissionsOf(string userId) =>
        All.FirstOrDefault(admin => admin.UserId == userId)?.Permissions ?? [];
}
