using AdminFunctions.Users;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// The order of a walk: a field that can be searched by ranges
/// (https://auth0.com/docs/manage-users/user-search/user-search-query-syntax, "Ranges"). Auth0 sorts its values in the same order as their
/// text.
/// </summary>
/// <param name="bound">Formats a value for a range.</param>
internal sealed class WalkOrder(string name, bool isUnique, Func<UserResponseSchema, string?> keyOf, Func<string, string> bound)
{
    /// <summary>By the creation date, which never changes. Several users may have the same one.</summary>
    public static readonly WalkOrder ByCreation = new(
        "created_at",
        isUnique: false,
        static user => user.CreatedAt is { } moment ? Auth0DateTimeConverter.Format(moment) : null,
        static moment => moment);

    /// <summary>By the ID.</summary>
    public static readonly WalkOrder ById = new(
        "user_id",
        isUnique: true,
        static user => user.UserId,
        static id => $"\"{id.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");

    /// <summary>The field's name.</summary>
    public string Name => name;

    /// <summary>The value of Auth0's parameter <c>sort</c> for this order.</summary>
    public string Sort => $"{name}:1";

    /// <summary>The value of Auth0's parameter <c>sort</c> for the reverse order.</summary>
    public string SortBackwards => $"{name}:-1";

    /// <summary>Whether each value belongs to one user only.</summary>
    public bool IsUnique => isUnique;

    /// <summary>Returns the user's value, or <see langword="null"/> if it is missing or cannot be read.</summary>
    public string? KeyOf(UserResponseSchema user) => keyOf(user);

    /// <summary>A clause for all users with this value.</summary>
    public string At(string key) => $"{name}:[{bound(key)} TO {bound(key)}]";

    /// <summary>A clause for all users with this value or a greater one.</summary>
    public string From(string key) => $"{name}:[{bound(key)} TO *]";

    /// <summary>A clause for all users without a value.</summary>
    public string Missing => $"NOT _exists_:{name}";

    /// <summary>A clause for all users with a greater value.</summary>
    public string Beyond(string key) => $"{name}:{{{bound(key)} TO *]";
}
