using Auth0.ManagementApi;

namespace AdminFunctions.Management;

/// <summary>
/// The fields that this API reads from Auth0 and serves
/// (https://auth0.com/docs/manage-users/user-accounts/user-profiles/user-profile-structure).
/// </summary>
public static class UserFields
{
    /// <summary>The field with the user's ID.</summary>
    public static Field UserId { get; } = new("user_id", FieldKind.Text);

    /// <summary>The fields of a user, in the order in which they are served.</summary>
    public static IReadOnlyList<Field> Served { get; } =
    [
        UserId,
        new("email", FieldKind.Text),
        new("email_verified", FieldKind.Flag),
        new("username", FieldKind.Text),
        new("phone_number", FieldKind.Text),
        new("phone_verified", FieldKind.Flag),
        new("name", FieldKind.Text),
        new("given_name", FieldKind.Text),
        new("family_name", FieldKind.Text),
        new("nickname", FieldKind.Text),
        new("picture", FieldKind.Text),
        new("created_at", FieldKind.Moment),
        new("updated_at", FieldKind.Moment),
        new("last_login", FieldKind.Moment),
        new("last_ip", FieldKind.Text),
        new("logins_count", FieldKind.Number),
        new("blocked", FieldKind.Flag),
        new("identities", FieldKind.Structures),
    ];

    /// <summary>The names of <see cref="Served"/>, in the same order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Served.Select(static field => field.Name)];

    /// <summary>The fields of an identity: none of the provider's tokens, no profile data.</summary>
    public static IReadOnlyList<Field> OfIdentity { get; } =
    [
        new("connection", FieldKind.Text),
        new("provider", FieldKind.Text),
        new("user_id", FieldKind.IdentityId),
        new("isSocial", FieldKind.Flag),
    ];

    /// <summary>
    /// The names that Auth0's parameter <c>fields</c> accepts. It refuses phone_verified, although Auth0 serves that field.
    /// </summary>
    private static readonly string[] Selectable = [.. Names.Except(["phone_verified"]), "app_metadata", "user_metadata"];

    /// <summary>A request for these fields of users, always with totals, because the SDK cannot read the bare array.</summary>
    /// <param name="fields">Some of <see cref="Names"/>.</param>
    internal static ListUsersRequestParameters Request(IReadOnlyList<string> fields)
    {
        var (selected, include) = Select(fields);
        return new()
        {
            IncludeTotals = true,
            Fields = selected,
            IncludeFields = include,
            SearchEngine = SearchEngineVersionsEnum.V3,
        };
    }

    /// <summary>A request for these fields of one user.</summary>
    /// <param name="fields">Some of <see cref="Names"/>.</param>
    internal static GetUserRequestParameters RequestOne(IReadOnlyList<string> fields)
    {
        var (selected, include) = Select(fields);
        return new() { Fields = selected, IncludeFields = include };
    }

    /// <summary>A field that cannot be selected can still be had: exclude all the others.</summary>
    private static (string Fields, bool Include) Select(IReadOnlyList<string> fields) =>
        fields.Except(Selectable).Any() ? (string.Join(',', Selectable.Except(fields)), false) : (string.Join(',', fields), true);
}
