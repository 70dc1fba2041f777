using System.Globalization;
using System.Text.RegularExpressions;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>
/// What a caller asks of the list: the parameters of the Management API's own
/// (https://auth0.com/docs/api/management/v2/users/get-users), as far as this API has them.
/// </summary>
public sealed partial record UserListQuery
{
    /// <summary>How many results Auth0 lets anyone page through, whatever their number.</summary>
    public const int PageableResults = 1000;

    private UserListQuery()
    {
    }

    /// <summary>The zero-based page.</summary>
    public int Page { get; private init; }

    /// <summary>Users a page, 1 to 100.</summary>
    public int PerPage { get; private init; }

    /// <summary>Whether the answer is a page with totals, and not a bare array.</summary>
    public bool IncludeTotals { get; private init; }

    /// <summary>A user search in Lucene syntax (search engine v3), or <see langword="null"/> for all users.</summary>
    public string? Q { get; private init; }

    /// <summary><c>field:1</c> or <c>field:-1</c>, or <see langword="null"/> for Auth0's own order.</summary>
    public string? Sort { get; private init; }

    /// <summary>The fields of <see cref="User.ServedFields"/> that the answer has.</summary>
    public IReadOnlyList<string> Fields { get; private init; } = User.ServedFields;

    /// <summary>Reads the parameters. Unknown ones are ignored.</summary>
    /// <param name="parameters">The query string's.</param>
    /// <exception cref="InvalidRequestException">Some are wrong; it names every one.</exception>
    public static UserListQuery Parse(IQueryCollection parameters)
    {
        var reader = new ParameterReader(parameters);
        var query = new UserListQuery
        {
            Page = reader.Read("page", 0, WholeNumber, "page is a whole number, 0 or greater."),
            PerPage = reader.Read("per_page", 50, static text => WholeNumber(text) is { } number and >= 1 and <= 100 ? number : null, "per_page is a whole number from 1 to 100."),
            IncludeTotals = reader.ReadFlag("include_totals"),
            Q = reader.ReadSearch(),
            Sort = reader.Read("sort", null, static text => SortOrder().IsMatch(text) ? text : null, "sort is a field, a colon and 1 (ascending) or -1 (descending), such as created_at:-1."),
            Fields = reader.ReadFields(),
        };

        if (((long)query.Page + 1) * query.PerPage > PageableResults)
        {
            reader.Fault("page", $"Auth0 lets a search be paged through up to its first {PageableResults} results, and this page ends beyond them. Narrow the search with q, or have all of them from /users/export.");
        }

        reader.ThrowIfFaulty();
        return query;
    }

    /// <summary>The same question to Auth0, always with totals, since the SDK cannot read a bare array.</summary>
    public ListUsersRequestParameters ToListUsersRequest() => UserFields.Ask(Fields) with
    {
        Page = Page,
        PerPage = PerPage,
        Q = Q,
        Sort = Sort,
    };

    private static int? WholeNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\A[A-Za-z0-9_.]{1,100}:(1|-1)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SortOrder();
}
