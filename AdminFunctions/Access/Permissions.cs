namespace AdminFunctions.Access;

/// <summary>
/// The permissions that this API defines in Auth0 and finds in a token's <c>permissions</c> claim
/// (https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis).
/// </summary>
public static class Permissions
{
    /// <summary>May list users.</summary>
    public const string ReadUsers = "read:users";

    /// <summary>May delete users.</summary>
    public const string DeleteUsers = "delete:users";

    internal static readonly string[] All = [ReadUsers, DeleteUsers];
}
