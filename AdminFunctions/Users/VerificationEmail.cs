using AdminFunctions.Management;

namespace AdminFunctions.Users;

/// <summary>
/// Whom Auth0 sends a verification email: users of a database connection. In any other connection, the identity provider vouches for the
/// address.
/// </summary>
internal static class VerificationEmail
{
    /// <summary>Checks whether the email makes sense for a user.</summary>
    /// <exception cref="EmailRefusedException">It does not.</exception>
    public static void Check(IdentifiedUser user)
    {
        if (user.DatabaseAccounts.FirstOrDefault(account => account.Id == user.UserId) is not { } account)
        {
            throw new EmailRefusedException(
                EmailRefusal.NoVerification,
                "The user's primary account is not in a database connection. Its identity provider is responsible for the address.");
        }

        if (user.AddressOf(account) is null)
        {
            throw new EmailRefusedException(EmailRefusal.NoEmail, "The user has no email address that could be verified.");
        }
    }
}
