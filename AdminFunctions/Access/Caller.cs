namespace AdminFunctions.Access;

/// <summary>Who calls, according to the access token.</summary>
/// <param name="Subject">The token's <c>sub</c>: the caller's user ID, or <c>{client id}@clients</c> for a machine.</param>
/// <param name="AuthorizedParty">The token's <c>azp</c>: the application that the token was issued to, if the token names it.</param>
public sealed record Caller(string Subject, string? AuthorizedParty = null)
{
    /// <summary>The permissions in the token that are among <see cref="Access.Permissions"/>.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>Checks a permission that not every call of a function needs.</summary>
    /// <param name="permission">One of <see cref="Access.Permissions"/>.</param>
    /// <exception cref="AccessDeniedException">The token does not have it.</exception>
    public void Require(string permission)
    {
        if (!Permissions.Contains(permission, StringComparer.Ordinal))
        {
            throw new AccessDeniedException(
                AccessDenial.InsufficientPermission,
                $"The access token does not have the permission {permission}. Assign the user a role with it, check that the API in "
                    + "Auth0 adds permissions to access tokens (RBAC), and sign in again.",
                permission)
            {
                Caller = this,
            };
        }
    }

    /// <summary>A caller who did not need a token. The subject is empty, which no accepted token's is.</summary>
    public static Caller Anonymous { get; } = new("");
}
