using System.Text.Json;

namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>A connection: where users come from.</summary>
/// <param name="Name">Its name in the tenant.</param>
/// <param name="Provider">The kind, which begins every user id: <c>auth0</c>, <c>google-oauth2</c>, …</param>
/// <param name="IsSocial">Whether it is a social identity provider; only those hand tokens to the tenant.</param>
/// <param name="NumericIds">Whether its user ids are served as JSON numbers, as Auth0 does for GitHub's.</param>
internal sealed record TenantConnection(string Name, string Provider, bool IsSocial = false, bool NumericIds = false);

/// <summary>An account of a user with a connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="UserId">The user's id there: the user id without the provider.</param>
internal sealed record TenantIdentity(TenantConnection Connection, string UserId);

/// <summary>A user of the tenant. Members are named and mean as in Auth0's user profile.</summary>
internal sealed record TenantUser
{
    /// <summary>Provider and id, parted by <c>|</c>.</summary>
    public required string UserId { get; init; }

    /// <summary>The identities; the first is the primary one.</summary>
    public required IReadOnlyList<TenantIdentity> Identities { get; init; }

    /// <summary>When the profile was created.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When the profile last changed.</summary>
    public required DateTime UpdatedAt { get; init; }

    /// <summary>The full name; for someone who signs in by text message, the phone number.</summary>
    public required string Name { get; init; }

    /// <summary>The nickname.</summary>
    public string? Nickname { get; init; }

    /// <summary>The given name.</summary>
    public string? GivenName { get; init; }

    /// <summary>The family name.</summary>
    public string? FamilyName { get; init; }

    /// <summary>The address, in lower case.</summary>
    public string? Email { get; init; }

    /// <summary>Whether the address was verified; null without one.</summary>
    public bool? EmailVerified { get; init; }

    /// <summary>The user name, in connections that have them.</summary>
    public string? Username { get; init; }

    /// <summary>The phone number.</summary>
    public string? PhoneNumber { get; init; }

    /// <summary>Whether the number was verified; null without one.</summary>
    public bool? PhoneVerified { get; init; }

    /// <summary>The picture's address.</summary>
    public string? Picture { get; init; }

    /// <summary>The last sign-in; null for someone who never did.</summary>
    public DateTime? LastLogin { get; init; }

    /// <summary>The IP address of the last sign-in.</summary>
    public string? LastIp { get; init; }

    /// <summary>The number of sign-ins; null for none.</summary>
    public int? LoginsCount { get; init; }

    /// <summary>Whether an administrator blocked the user.</summary>
    public bool Blocked { get; init; }

    /// <summary>Metadata the user may read.</summary>
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
