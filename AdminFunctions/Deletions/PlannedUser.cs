using System.Security.Cryptography;
using System.Text;
using AdminFunctions.Users;

namespace AdminFunctions.Deletions;

/// <summary>
/// A user as they were when they were planned, in as few bytes as it takes to notice that they have changed since. <c>updated_at</c> moves
/// at each login by itself (https://auth0.com/docs/manage-users/user-accounts/user-profiles/user-profile-structure).
/// </summary>
/// <param name="Id">The user's ID.</param>
/// <param name="Created">The creation time, in Unix milliseconds: a user who is deleted and created again can have the same ID.</param>
/// <param name="Updated">The time of the last change, in Unix milliseconds.</param>
/// <param name="Shown">A hash of what was shown of the user and identifies a person: name, address and accounts.</param>
internal sealed record PlannedUser(string Id, long? Created, long? Updated, string Shown)
{
    /// <summary>The fields that are shown of a planned user, and read again before the action.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        "user_id", "email", "username", "phone_number", "name", "created_at", "updated_at", "last_login", "logins_count", "blocked",
        "identities",
    ];

    /// <summary>Notes a user.</summary>
    public static PlannedUser From(User user) =>
        new(user.UserId!, Milliseconds(user.CreatedAt), Milliseconds(user.UpdatedAt), HashOf(user));

    /// <summary>In which respects a user differs from when they were planned, by Auth0's names of fields.</summary>
    /// <param name="now">The same user, read again.</param>
    /// <param name="plannedAt">When the plan was made.</param>
    public IReadOnlyList<string> Differences(User now, DateTimeOffset plannedAt)
    {
        List<string> respects = [];
        if (Milliseconds(now.CreatedAt) != Created)
        {
            respects.Add("created_at");
        }

        if (now.LastLogin > plannedAt.UtcDateTime)
        {
            respects.Add("last_login");
        }

        if (Milliseconds(now.UpdatedAt) != Updated)
        {
            respects.Add("updated_at");
        }

        if (HashOf(now) != Shown)
        {
            respects.Add("profile");
        }

        return respects;
    }

    private static long? Milliseconds(DateTime? moment) =>
        moment is { } at ? new DateTimeOffset(at.ToUniversalTime()).ToUnixTimeMilliseconds() : null;

    private static string HashOf(User user)
    {
        var accounts = (user.Identities ?? [])
            .Select(static identity => $"{identity.Provider}|{identity.UserId?.Text}|{identity.Connection}");
        var shown = string.Join('\n', [user.Name, user.Email, user.Username, user.PhoneNumber, .. accounts]);
        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(shown)).AsSpan(0, 12));
    }
}
