namespace AdminFunctions.Access;

/// <summary>Why a caller is rejected. The challenges are those of RFC 6750, section 3.1.</summary>
public enum AccessDenial
{
    /// <summary>The request has no bearer token.</summary>
    MissingToken,

    /// <summary>The token is malformed, expired, for another audience, or not signed by the tenant.</summary>
    InvalidToken,

    /// <summary>The token is valid but does not have the permission.</summary>
    InsufficientPermission,

    /// <summary>The token is valid, but was issued for an Auth0 organization that may not administer the tenant.</summary>
    OrganizationToken,
}

/// <summary>The caller is rejected.</summary>
/// <param name="denial">The reason.</param>
/// <param name="message">What is wrong and what to do. The caller reads it. It never repeats the token.</param>
/// <param name="permission">The missing permission, for <see cref="AccessDenial.InsufficientPermission"/>.</param>
public sealed class AccessDeniedException(AccessDenial denial, string message, string? permission = null) : Exception(message)
{
    /// <summary>The reason.</summary>
    public AccessDenial Denial { get; } = denial;

    /// <summary>The missing permission, if that is the reason.</summary>
    public string? Permission { get; } = permission;

    /// <summary>The caller, if the token is valid.</summary>
    public Caller? Caller { get; init; }
}
