using AdminFunctions.Management;
using Auth0.ManagementApi;

namespace AdminFunctions.Users;

/// <summary>A page of users with totals, in the form of the Management API.</summary>
/// <param name="Start">The number of results before this page.</param>
/// <param name="Limit">The requested number of users per page.</param>
/// <param name="Length">The number of users on this page.</param>
/// <param name="Total">The number of results. Auth0 may stop counting at 1000.</param>
public sealed record UserPage(int Start, int Limit, int Length, long Total, IReadOnlyList<User> Users)
{
    /// <summary>Creates the page from Auth0's response.</summary>
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
    /// Returns the page as JSON in UTF-8. All of it is written before the response begins, so that a failure becomes a problem and not an
    /// incomplete response.
    /// </summary>
    /// <param name="withTotals">Whether to include the totals. Otherwise the JSON is an array of users.</param>
    internal RentedBody ToJson(bool withTotals) => withTotals
        ? UsersJson.Write(this, UsersJson.Unescaped.UserPage)
        : UsersJson.Write(Users, UsersJson.Unescaped.IReadOnlyListUser);
}
