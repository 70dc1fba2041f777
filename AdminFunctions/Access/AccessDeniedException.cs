namespace AdminFunctions.Access;

/// <summary>The ways in which RFC 6750, section 3.1, lets a protected resource turn a caller away.</summary>
public enum AccessDenial
{
    /// <summary>No bearer token came with the request.</summary>
    MissingToken,

    /// <summary>The token is malformed, expired, not meant for us, or not signed by the tenant.</summary>
    InvalidToken,

    /// <summary>The token is good but lacks the permission.</summary>
    InsufficientPermission,

    /// <summary>The token is good but was issued for an Auth0 organization that may not administer the tenant.</summary>
    OrganizationToken,
}

/// <summary>The caller is not admitted.</summary>
/// <param name="denial">Which way.</param>
/// <param name="message">What is wrong and what to do, for the caller to read. It never repeats the token.</param>
/// <param name="permission">The permission that is missing, for <see cref="AccessDenial.InsufficientPermission"/>.</param>
public sealed class AccessDeniedException(AccessDenial denial, string message, string? permission = null) : Exception(message)
{
    /// <summary>Which way the caller was turned away.</summary>
    public AccessDenial Denial { get; } = denial;

    /// <summary>The permission that is missing, if that is why.</summary>
    public string? Permission { get; } = permission;

    /// <summary>Who the caller is, if the token is good.</summary>
    public Caller? Caller { get; init; }
}
