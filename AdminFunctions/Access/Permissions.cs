namespace AdminFunctions.Access;

/// <summary>
/// The permissions of this API. They are defined in Auth0, and a token has them in its <c>permissions</c> claim
/// (https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis).
/// </summary>
public static class Permissions
{
    /// <summary>May list, export and look at users.</summary>
    public const string ReadUsers = "read:users";

    /// <summary>May block, unblock and sign out users, and have Auth0 send them emails.</summary>
    public const string UpdateUsers = "update:users";

    /// <summary>May delete users.</summary>
    public const string DeleteUsers = "delete:users";

    /// <summary>May delete the second factors of users. A help desk that only sends emails does not need it.</summary>
    public const string ResetMfa = "reset:mfa";

    /// <summary>May read the logs of users.</summary>
    public const string ReadLogs = "read:logs";

    internal static readonly string[] All = [ReadUsers, UpdateUsers, DeleteUsers, ResetMfa, ReadLogs];
}
