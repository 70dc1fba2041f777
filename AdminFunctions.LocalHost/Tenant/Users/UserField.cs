using System.Collections.Frozen;

namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>How a field's values are compared.</summary>
internal enum UserFieldKind
{
    /// <summary>Text, not case-sensitive: Auth0's normalized fields.</summary>
    Text,

    /// <summary>Text, case-sensitive.</summary>
    Keyword,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>An instant.</summary>
    Date,

    /// <summary>True or false.</summary>
    Flag,
}

/// <summary>
/// A searchable field of the user profile. For the fields and their case sensitivity, see
/// https://auth0.com/docs/manage-users/user-search/user-search-query-syntax.
/// </summary>
/// <param name="Name">The name in a query.</param>
/// <param name="Kind">How values are compared.</param>
/// <param name="Value">The value of a user: a string, long, DateTime or bool; null if there is none.</param>
/// <param name="OfIdentity">The value in an identity, for fields that can have several values.</param>
internal sealed record UserField(
    string Name,
    UserFieldKind Kind,
    Func<TenantUser, IComparable?> Value,
    Func<TenantIdentity, IComparable?>? OfIdentity = null)
{
    /// <summary>The fields by name.</summary>
    public static readonly FrozenDictionary<string, UserField> All = new UserField[]
    {
        new("user_id", UserFieldKind.Keyword, user => user.UserId),
        new("email", UserFieldKind.Text, user => user.Email),
        new("email.domain", UserFieldKind.Text, user => user.Email?[(user.Email.IndexOf('@', StringComparison.Ordinal) + 1)..]),
        new("email_verified", UserFieldKind.Flag, user => user.EmailVerified),
        new("username", UserFieldKind.Keyword, user => user.Username),
        new("phone_number", UserFieldKind.Keyword, user => user.PhoneNumber),
        new("phone_verified", UserFieldKind.Flag, user => user.PhoneVerified),
        new("name", UserFieldKind.Text, user => user.Name),
        new("given_name", UserFieldKind.Text, user => user.GivenName),
        new("family_name", UserFieldKind.Text, user => user.FamilyName),
        new("nickname", UserFieldKind.Text, user => user.Nickname),
        new("picture", UserFieldKind.Keyword, user => user.Picture),
        new("created_at", UserFieldKind.Date, user => user.Lacks("created_at") ? null : user.CreatedAt),
        new("updated_at", UserFieldKind.Date, user => user.UpdatedAt),
        new("last_login", UserFieldKind.Date, user => user.LastLogin),
        new("last_ip", UserFieldKind.Keyword, user => user.LastIp),
        new("logins_count", UserFieldKind.Number, user => (long?)user.LoginsCount),
        new("blocked", UserFieldKind.Flag, user => user.Blocked),
        Identity("identities.connection", UserFieldKind.Keyword, identity => identity.Connection.Name),
        Identity("identities.provider", UserFieldKind.Keyword, identity => identity.Connection.Provider),
        Identity("identities.user_id", UserFieldKind.Keyword, identity => identity.UserId),
        Identity("identities.isSocial", UserFieldKind.Flag, identity => identity.Connection.IsSocial),
        // Auth0 documents this field, but no local user is in an organization.
        new("organization_id", UserFieldKind.Keyword, _ => null),
    }.ToFrozenDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>The fields that a term without a field name searches.</summary>
    public static readonly UserField[] Unnamed =
    [
        .. new[] { "email", "name", "given_name", "family_name", "nickname", "username", "phone_number", "user_id" }
            .Select(name => All[name]),
    ];

    /// <summary>Whether any value of the user matches.</summary>
    public bool Any(TenantUser user, Func<IComparable, bool> passes)
    {
        if (OfIdentity is null)
        {
            return Value(user) is { } value && passes(value);
        }

        foreach (var identity in user.Identities)
        {
            if (OfIdentity(identity) is { } one && passes(one))
            {
                return true;
            }
        }
        return false;
    }

    private static UserField Identity(string name, UserFieldKind kind, Func<TenantIdentity, IComparable?> value) =>
        new(name, kind, user => value(user.Identities[0]), value);
}
