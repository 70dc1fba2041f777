using Auth0.ManagementApi;

namespace AdminFunctions.Users;

/// <summary>How fields are asked for.</summary>
internal static class UserFields
{
    private static readonly string[] TakenByName = [.. User.ServedFields.Except(["phone_verified"]), "app_metadata", "user_metadata"];

    /// <summary>A question to Auth0 for these fields, always with totals, since the SDK cannot read a bare array.</summary>
    /// <param name="fields">Some of <see cref="User.ServedFields"/>.</param>
    public static ListUsersRequestParameters Ask(IReadOnlyList<string> fields)
    {
        // Auth0 checks the names in fields against a list of its own, which lacks one that it serves: to have that one, the
        // others are asked away.
        var byName = !fields.Except(TakenByName).Any();
        return new()
        {
            IncludeTotals = true,
            Fields = string.Join(',', byName ? fields : TakenByName.Except(fields)),
            IncludeFields = byName,
            SearchEngine = SearchEngineVersionsEnum.V3,
        };
    }
}
