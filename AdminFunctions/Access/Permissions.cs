namespace AdminFunctions.Access;

/// <summary>
/// The permissions of this API. They are defined in Auth0, and a token has them in its <c>permissions</c> claim
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
