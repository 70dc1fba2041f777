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

    private const int LongestQueryInCharacters = 1000;

    private static readonly string[] FieldsThatAuth0TakesByName = [.. User.ServedFields.Except(["phone_verified"]), "app_metadata", "user_metadata"];

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
            IncludeTotals = reader.Read("include_totals", false, Truth, "include_totals is true or false."),
            Q = reader.Read("q", null, static text => text.Length <= LongestQueryInCharacters ? text : null, $"q has at most {LongestQueryInCharacters} characters."),
            Sort = reader.Read("sort", null, static text => SortOrder().IsMatch(text) ? text : null, "sort is a field, a colon and 1 (ascending) or -1 (descending), such as created_at:-1."),
            Fields = reader.Read("fields", User.ServedFields, KnownFields, $"fields is a comma-separated list out of {string.Join(", ", User.ServedFields)}."),
        };

        if (((long)query.Page + 1) * query.PerPage > PageableResults)
        {
            reader.Fault("page", $"Auth0 lets a search be paged through up to its first {PageableResults} results, and this page ends beyond them. Narrow the search with q, by slices of time for instance: q=created_at:[2024-01-01 TO 2024-06-30].");
        }

        reader.ThrowIfFaulty();
        return query with { Q = string.IsNullOrWhiteSpace(query.Q) ? null : query.Q };
    }

    /// <summary>The same question to Auth0, always with totals, since the SDK cannot read a bare array.</summary>
    public ListUsersRequestParameters ToListUsersRequest()
    {
        // Auth0 checks the names in fields against a list of its own, which lacks one that it serves: to have that one, the
        // others are asked away.
        var byName = !Fields.Except(FieldsThatAuth0TakesByName).Any();
        return new()
        {
            Page = Page,
            PerPage = PerPage,
            IncludeTotals = true,
            Fields = string.Join(',', byName ? Fields : FieldsThatAuth0TakesByName.Except(Fields)),
            IncludeFields = byName,
            Q = Q,
            Sort = Sort,
            SearchEngine = SearchEngineVersionsEnum.V3,
        };
    }

    private static int? WholeNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool? Truth(string text) => text switch { "true" => true, "false" => false, _ => null };

    private static string[]? KnownFields(string text)
    {
        string[] fields = [.. text.Split(',').Distinct(StringComparer.Ordinal)];
        return fields.All(User.ServedFields.Contains) ? fields : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_.]{1,100}:(1|-1)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SortOrder();

    /// <summary>Reads parameter by parameter and gathers the faults.</summary>
    private sealed class ParameterReader(IQueryCollection parameters)
    {
        private readonly Dictionary<string, string[]> _faults = new(StringComparer.Ordinal);

        public T Read<T>(string name, T absent, Func<string, T?> parse, string rule)
            where T : struct =>
            Text(name) is { } text ? parse(text) ?? Faulty(name, rule, absent) : absent;

        public T Read<T>(string name, T absent, Func<string, T?> parse, string rule, T? _ = null)
            where T : class? =>
            Text(name) is { } text ? parse(text) ?? Faulty(name, rule, absent) : absent;

        public void Fault(string name, string sentence) => _faults.TryAdd(name, [sentence]);

        public void ThrowIfFaulty()
        {
            if (_faults.Count > 0)
            {
                throw new InvalidRequestException(_faults);
            }
        }

        private string? Text(string name)
        {
            if (!parameters.TryGetValue(name, out var values))
            {
                return null;
            }

            if (values.Count > 1)
            {
                Fault(name, $"{name} is given {values.Count} times: give it once.");
                return null;
            }

            return values[0];
        }

        private T Faulty<T>(string name, string rule, T absent)
        {
            Fault(name, rule);
            return absent;
        }
    }
}
