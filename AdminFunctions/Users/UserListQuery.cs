using System.Text.RegularExpressions;
using AdminFunctions.Management;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>
/// The parameters of a list. They have the names of the Management API (https://auth0.com/docs/api/management/v2/users/get-users).
/// </summary>
public sealed partial record UserListQuery
{
    private UserListQuery()
    {
    }

    /// <summary>The zero-based page.</summary>
    public int Page { get; private init; }

    /// <summary>Users per page, 1 to 100.</summary>
    public int PerPage { get; private init; }

    /// <summary>Whether the response is a page with totals instead of an array.</summary>
    public bool IncludeTotals { get; private init; }

    /// <summary>A user search in Lucene syntax (search engine v3); <see langword="null"/> means all users.</summary>
    public string? Q { get; private init; }

    /// <summary><c>field:1</c> or <c>field:-1</c>; <see langword="null"/> means Auth0's default order.</summary>
    public string? Sort { get; private init; }

    /// <summary>The fields that are served, some of <see cref="UserFields.Names"/>.</summary>
    public IReadOnlyList<string> Fields { get; private init; } = UserFields.Names;

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="InvalidRequestException">Parameters are faulty or do not exist.</exception>
    public static UserListQuery Parse(IQueryCollection parameters)
    {
        var reader = new ParameterReader(parameters);
        var (page, perPage, includeTotals) = reader.ReadPage("Narrow the search with q, or export all users from /users/export.");
        var query = new UserListQuery
        {
            Page = page,
            PerPage = perPage,
            IncludeTotals = includeTotals,
            Q = reader.ReadSearch(),
            Sort = reader.Read(
                "sort",
                SortOrder().IsMatch,
                "sort is a field, a colon, and 1 (ascending) or -1 (descending), such as created_at:-1."),
            Fields = reader.ReadFields(),
        };

        reader.ThrowIfFaulty();
        return query;
    }

    /// <summary>The request to Auth0.</summary>
    public ListUsersRequestParameters ToListUsersRequest() => UserFields.Request(Fields) with
    {
        Page = Page,
        PerPage = PerPage,
        Q = Q,
        Sort = Sort,
    };

    [GeneratedRegex(
        @"\A[A-Za-z0-9_.]{1,100}:(1|-1)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex SortOrder();
}
