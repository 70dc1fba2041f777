using System.Text.Json;

namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>A connection.</summary>
/// <param name="Name">The name.</param>
/// <param name="Provider">The provider, which is the first part of every user ID: <c>auth0</c>, <c>google-oauth2</c>, …</param>
/// <param name="IsSocial">Whether it is a social identity provider. Only these give tokens to the tenant.</param>
/// <param name="NumericIds">Whether its user IDs are JSON numbers, as for GitHub in Auth0.</param>
internal sealed record TenantConnection(string Name, string Provider, bool IsSocial = false, bool NumericIds = false);

/// <summary>A user's account in a connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="UserId">The ID in the connection: the user ID without the provider.</param>
internal sealed record TenantIdentity(TenantConnection Connection, string UserId)
{
    /// <summary>The email address in the connection's own profile (<c>profileData</c>), which a linked account has.</summary>
    public string? Email { get; init; }
}

/// <summary>A user of the tenant. The members have the same names and meanings as in Auth0's user profile.</summary>
internal sealed record TenantUser
{
    /// <summary>Provider and ID, separated by <c>|</c>.</summary>
    public required string UserId { get; init; }

    /// <summary>The identities; the first is the primary one.</summary>
    public required IReadOnlyList<TenantIdentity> Identities { get; init; }

    /// <summary>When the profile was created.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When the profile last changed.</summary>
    public required DateTime UpdatedAt { get; init; }

    /// <summary>The full name, or the phone number of a user who signs in by SMS.</summary>
    public required string Name { get; init; }

    /// <summary>The nickname.</summary>
    public string? Nickname { get; init; }

    /// <summary>The given name.</summary>
    public string? GivenName { get; init; }

    /// <summary>The family name.</summary>
    public string? FamilyName { get; init; }

    /// <summary>The email address, in lowercase.</summary>
    public string? Email { get; init; }

    /// <summary>Whether the email address is verified; null without one.</summary>
    public bool? EmailVerified { get; init; }

    /// <summary>The username, in connections that have usernames.</summary>
    public string? Username { get; init; }

    /// <summary>The phone number.</summary>
    public string? PhoneNumber { get; init; }

    /// <summary>Whether the phone number is verified; null without one.</summary>
    public bool? PhoneVerified { get; init; }

    /// <summary>The URL of the picture.</summary>
    public string? Picture { get; init; }

    /// <summary>The last login; null for a user who never logged in.</summary>
    public DateTime? LastLogin { get; init; }

    /// <summary>The IP address of the last login.</summary>
    public string? LastIp { get; init; }

    /// <summary>The number of logins; null for none.</summary>
    public int? LoginsCount { get; init; }

    /// <summary>Whether an administrator blocked the user.</summary>
    public bool Blocked { get; init; }

    /// <summary>Metadata that the user can read.</summary>
    public JsonElement? UserMetadata { get; init; }

    /// <summary>Metadata of the application.</summary>
    public JsonElement? AppMetadata { get; init; }

    /// <summary>
    /// The JSON of fields that do not have the documented form; null for a field that is absent. It replaces the fields above in
    /// responses. Searches still find a user by the fields above, except by an absent created_at.
    /// </summary>
    public IReadOnlyDictionary<string, string?>? Changes { get; init; }

    /// <summary>Whether <see cref="Changes"/> removes a field.</summary>
    public bool Lacks(string field) => Changes is { } changes && changes.TryGetValue(field, out var json) && json is null;
}
