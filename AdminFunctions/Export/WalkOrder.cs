using AdminFunctions.Users;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// What a walk goes by: a field whose values, as texts, are in the order in which Auth0 sorts by it, and which can be searched
/// by ranges (https://auth0.com/docs/manage-users/user-search/user-search-query-syntax, "Ranges").
/// </summary>
/// <param name="name">The field's name.</param>
/// <param name="isUnique">Whether no two users have the same value.</param>
/// <param name="keyOf">The user's value.</param>
/// <param name="bound">How a value is written in a range.</param>
internal sealed class WalkOrder(string name, bool isUnique, Func<UserResponseSchema, string?> keyOf, Func<string, string> bound)
{
    /// <summary>By the moment of creation, which never changes; there may be several users of one moment.</summary>
    public static readonly WalkOrder ByCreation = new(
        "created_at",
        isUnique: false,
        static user => user.CreatedAt is { } moment ? Auth0DateTimeConverter.Format(moment) : null,
        static moment => moment);

    /// <summary>By the id.</summary>
    public static readonly WalkOrder ById = new(
        "user_id",
        isUnique: true,
        static user => user.UserId,
        static id => $"\"{id.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");

    /// <summary>How it is asked for.</summary>
    public string Sort => $"{name}:1";

    /// <summary>How it is asked for backwards.</summary>
    public string SortBackwards => $"{name}:-1";

    /// <summary>Whether no two users have the same value.</summary>
    public bool IsUnique => isUnique;

    /// <summary>The user's value.</summary>
    public string? KeyOf(UserResponseSchema user) => keyOf(user);

    /// <summary>A clause for all with this value.</summary>
    public string At(string key) => $"{name}:[{bound(key)} TO {bound(key)}]";

    /// <summary>A clause for all with this value or a greater one.</summary>
    public string From(string key) => $"{name}:[{bound(key)} TO *]";

    /// <summary>A clause for all with a greater value.</summary>
    public string Beyond(string key) => $"{name}:{{{bound(key)} TO *]";
}
