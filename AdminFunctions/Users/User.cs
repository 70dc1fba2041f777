using System.Text.Json.Serialization;
using AdminFunctions.Management;
using Auth0.ManagementApi;

namespace AdminFunctions.Users;

/// <summary>
/// A user as this API serves it: the fields in <see cref="UserFields.Served"/>, by Auth0's names and in that order. Nothing else that
/// Auth0 knows (metadata, the identity providers' tokens) can be served by mistake. A field that Auth0 leaves out is left out.
/// </summary>
public record User
{
    /// <summary>The ID, such as <c>auth0|5f7c8ec7c33c6c004bbafe82</c>.</summary>
    public string? UserId { get; init; }

    /// <summary>The email address.</summary>
    public string? Email { get; init; }

    /// <summary>Whether the email address is verified.</summary>
    public bool? EmailVerified { get; init; }

    /// <summary>The username, in connections that use one.</summary>
    public string? Username { get; init; }

    /// <summary>The phone number, in E.164 form.</summary>
    public string? PhoneNumber { get; init; }

    /// <summary>Whether the phone number is verified.</summary>
    public bool? PhoneVerified { get; init; }

    /// <summary>The full name.</summary>
    public string? Name { get; init; }

    /// <summary>The given name.</summary>
    public string? GivenName { get; init; }

    /// <summary>The family name.</summary>
    public string? FamilyName { get; init; }

    /// <summary>The nickname.</summary>
    public string? Nickname { get; init; }

    /// <summary>The URL of a picture.</summary>
    public string? Picture { get; init; }

    /// <summary>When the user was created.</summary>
    public DateTime? CreatedAt { get; init; }

    /// <summary>When the user was last changed.</summary>
    public DateTime? UpdatedAt { get; init; }

    /// <summary>When the user last logged in; absent if never.</summary>
    public DateTime? LastLogin { get; init; }

    /// <summary>The IP address of the last login.</summary>
    public string? LastIp { get; init; }

    /// <summary>The number of logins.</summary>
    public int? LoginsCount { get; init; }

    /// <summary>Whether an administrator has blocked the user.</summary>
    public bool? Blocked { get; init; }

    /// <summary>The accounts that are linked to this user.</summary>
    public IReadOnlyList<Identity>? Identities { get; init; }

    /// <summary>Takes the served fields from the SDK's user who was read by ID. The SDK has a type of its own for that response.</summary>
    public static User From(GetUserResponseContent user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new User
        {
            UserId = user.UserId,
            Email = user.Email,
            EmailVerified = user.EmailVerified,
            Username = user.Username,
            PhoneNumber = user.PhoneNumber,
            PhoneVerified = user.PhoneVerified,
            Name = user.Name,
            GivenName = user.GivenName,
            FamilyName = user.FamilyName,
            Nickname = user.Nickname,
            Picture = user.Picture,
            CreatedAt = user.CreatedAt,
            UpdatedAt = user.UpdatedAt,
            LastLogin = user.LastLogin,
            LastIp = user.LastIp,
            LoginsCount = user.LoginsCount,
            Blocked = user.Blocked,
            Identities = user.Identities?.Select(Identity.From).ToArray(),
        };
    }

    /// <summary>Takes the served fields from the SDK's user in a list.</summary>
    public static User From(UserResponseSchema user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new User
        {
            UserId = user.UserId,
            Email = user.Email,
            EmailVerified = user.EmailVerified,
            Username = user.Username,
            PhoneNumber = user.PhoneNumber,
            PhoneVerified = user.PhoneVerified,
            Name = user.Name,
            GivenName = user.GivenName,
            FamilyName = user.FamilyName,
            Nickname = user.Nickname,
            Picture = user.Picture,
            CreatedAt = user.CreatedAt,
            UpdatedAt = user.UpdatedAt,
            LastLogin = user.LastLogin,
            LastIp = user.LastIp,
            LoginsCount = user.LoginsCount,
            Blocked = user.Blocked,
            Identities = user.Identities?.Select(Identity.From).ToArray(),
        };
    }
}

/// <summary>
/// An account of a user at an identity provider: the fields in <see cref="UserFields.OfIdentity"/>, none of the provider's tokens.
/// </summary>
public sealed record Identity
{
    /// <summary>The connection's name.</summary>
    public string? Connection { get; init; }

    /// <summary>The provider, such as <c>auth0</c> or <c>google-oauth2</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>The ID at the provider, which is the user's ID without the provider in front.</summary>
    public IdentityId? UserId { get; init; }

    /// <summary>Whether the provider is a social one.</summary>
    [JsonPropertyName("isSocial")]
    public bool? IsSocial { get; init; }

    internal static Identity From(UserIdentitySchema identity) => new()
    {
        Connection = identity.Connection,
        Provider = identity.Provider?.Value,
        UserId = identity.UserId is { } id ? new IdentityId(IdentityIds.Read(id)) : null,
        IsSocial = identity.IsSocial,
    };
}

/// <summary>A user's ID at an identity provider: a string or, at some providers, a number.</summary>
/// <param name="Text">The string, or the digits of the number as Auth0 wrote them.</param>
/// <param name="IsNumber">Whether it is a JSON number.</param>
[JsonConverter(typeof(IdentityIdConverter))]
public sealed record IdentityId(string Text, bool IsNumber)
{
    internal IdentityId((string Text, bool IsNumber) id)
        : this(id.Text, id.IsNumber)
    {
    }
}
