using System.Text.Json;
using Auth0.ManagementApi;

namespace AdminFunctions.Users;

/// <summary>A page of users with totals, as the Management API shapes it.</summary>
/// <param name="Start">How many results come before this page.</param>
/// <param name="Limit">Users a page.</param>
/// <param name="Length">Users on this page.</param>
/// <param name="Total">Results in all, as far as Auth0 counts them.</param>
/// <param name="Users">The users.</param>
public sealed record UserPage(int Start, int Limit, int Length, long Total, IReadOnlyList<User> Users)
{
    /// <summary>Shapes Auth0's answer.</summary>
    /// <param name="answer">The answer, with totals.</param>
    /// <param name="query">What was asked for.</param>
    public static UserPage From(ListUsersOffsetPaginatedResponseContent answer, UserListQuery query)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(query);
        List<User> users = [.. (answer.Users ?? []).Select(User.From)];
        return new UserPage(
            (int?)answer.Start ?? query.Page * query.PerPage,
            (int?)answer.Limit ?? query.PerPage,
            users.Count,
            (long?)answer.Total ?? users.Count,
            users);
    }

    /// <summary>
    /// The page as JSON in UTF-8, whole before anything of it is sent: what cannot be written is then a problem and not half an answer.
    /// </summary>
    /// <param name="withTotals">Whether it is the page with its totals, and not the bare array of users.</param>
    public byte[] ToJson(bool withTotals) => withTotals
        ? JsonSerializer.SerializeToUtf8Bytes(this, UsersJson.Unescaped.UserPage)
        : JsonSerializer.SerializeToUtf8Bytes(Users, UsersJson.Unescaped.IReadOnlyListUser);
}
