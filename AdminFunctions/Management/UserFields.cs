using Auth0.ManagementApi;

namespace AdminFunctions.Management;

/// <summary>What Auth0 documents as the type of a field.</summary>
public enum UserFieldKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A Boolean.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A date and time, as a string.</summary>
    Moment,

    /// <summary>An array of accounts at identity providers.</summary>
    Identities,

    /// <summary>An ID at an identity provider: a string or, at some providers, a number.</summary>
    IdentityId,
}

/// <summary>A field of a user or of an identity.</summary>
/// <param name="Name">Auth0's name for it.</param>
/// <param name="Kind">Its documented type.</param>
public sealed record UserField(string Name, UserFieldKind Kind);

/// <summary>
/// The fields that this API reads from Auth0 and serves
/// (https://auth0.com/docs/manage-users/user-accounts/user-profiles/user-profile-structure).
/// </summary>
public static class UserFields
{
    /// <summary>The field with the user's ID.</summary>
    public static UserField UserId { get; } = new("user_id", UserFieldKind.Text);

    /// <summary>The fields of a user, in the order in which they are served.</summary>
    public static IReadOnlyList<UserField> Served { get; } =
    [
        UserId,
        new("email", UserFieldKind.Text),
        new("email_verified", UserFieldKind.Flag),
        new("username", UserFieldKind.Text),
        new("phone_number", UserFieldKind.Text),
        new("phone_verified", UserFieldKind.Flag),
        new("name", UserFieldKind.Text),
        new("given_name", UserFieldKind.Text),
        new("family_name", UserFieldKind.Text),
        new("nickname", UserFieldKind.Text),
        new("picture", UserFieldKind.Text),
        new("created_at", UserFieldKind.Moment),
        new("updated_at", UserFieldKind.Moment),
        new("last_login", UserFieldKind.Moment),
        new("last_ip", UserFieldKind.Text),
        new("logins_count", UserFieldKind.Number),
        new("blocked", UserFieldKind.Flag),
        new("identities", UserFieldKind.Identities),
    ];

    /// <summary>The names of <see cref="Served"/>, in the same order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Served.Select(static field => field.Name)];

    /// <summary>The fields of an identity: none of the provider's tokens, no profile data.</summary>
    public static IReadOnlyList<UserField> OfIdentity { get; } =
    [
        new("connection", UserFieldKind.Text),
        new("provider", UserFieldKind.Text),
        new("user_id", UserFieldKind.IdentityId),
        new("isSocial", UserFieldKind.Flag),
    ];

    /// <summary>The names that Auth0's parameter <c>fields</c> accepts. It refuses phone_verified, although Auth0 serves that field.</summary>
    private static readonly string[] Selectable = [.. Names.Except(["phone_verified"]), "app_metadata", "user_metadata"];

    /// <summary>A request for these fields, always with totals, because the SDK cannot read the bare array.</summary>
    /// <param name="fields">Some of <see cref="Names"/>.</param>
    internal static ListUsersRequestParameters Request(IReadOnlyList<string> fields)
    {
        // A field that cannot be selected can still be had: exclude all the others.
        var include = !fields.Except(Selectable).Any();
        return new()
        {
            IncludeTotals = true,
            Fields = string.Join(',', include ? fields : Selectable.Except(fields)),
            IncludeFields = include,
            SearchEngine = SearchEngineVersionsEnum.V3,
        };
    }
}
