namespace AdminFunctions.Users;

/// <summary>Why Auth0 cannot send a user the email.</summary>
public enum EmailRefusal
{
    /// <summary>The user has no account with a password at Auth0.</summary>
    NoPassword,

    /// <summary>The account has no email address.</summary>
    NoEmail,

    /// <summary>The user has several accounts with a password at Auth0.</summary>
    ConnectionRequired,

    /// <summary>The user's address is verified elsewhere.</summary>
    NoVerification,
}

/// <summary>The email makes no sense for this user. None was sent.</summary>
/// <param name="message">Why, and what to do, for the caller to read. It contains no address.</param>
public sealed class EmailRefusedException(EmailRefusal refusal, string message) : Exception(message)
{
    /// <summary>The reason.</summary>
    public EmailRefusal Refusal { get; } = refusal;
}
