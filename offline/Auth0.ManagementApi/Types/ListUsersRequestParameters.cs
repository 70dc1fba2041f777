using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>Which page of which users.</summary>
public record ListUsersRequestParameters
{
    /// <summary>The page, from 0.</summary>
    public Optional<int?> Page { get; set; } = 0;

    /// <summary>Users a page.</summary>
    public Optional<int?> PerPage { get; set; } = 50;

    /// <summary>Must be true: a bare array cannot be read.</summary>
    public Optional<bool?> IncludeTotals { get; set; } = true;

    /// <summary><c>field:1</c> or <c>field:-1</c>.</summary>
    public Optional<string?> Sort { get; set; }

    /// <summary>Only the users of a connection; search engine v1 only.</summary>
    public Optional<string?> Connection { get; set; }

    /// <summary>Fields, separated by commas.</summary>
    public Optional<string?> Fields { get; set; }

    /// <summary>Whether <see cref="Fields"/> are wanted (true) or unwanted (false).</summary>
    public Optional<bool?> IncludeFields { get; set; }

    /// <summary>A search in Lucene syntax.</summary>
    public Optional<string?> Q { get; set; }

    /// <summary>The search engine that reads <see cref="Q"/>.</summary>
    public Optional<SearchEngineVersionsEnum?> SearchEngine { get; set; }

    /// <summary>False for a faster list without order.</summary>
    public Optional<bool?> PrimaryOrder { get; set; }

    internal string ToQueryString()
    {
        (string Name, string? Value)[] parameters =
        [
            ("page", Page.GetValueOrDefault()?.ToString()),
            ("per_page", PerPage.GetValueOrDefault()?.ToString()),
            ("include_totals", PercentEncoding.Flag(IncludeTotals)),
            ("sort", Sort.GetValueOrDefault()),
            ("connection", Connection.GetValueOrDefault()),
            ("fields", Fields.GetValueOrDefault()),
            ("include_fields", PercentEncoding.Flag(IncludeFields)),
            ("q", Q.GetValueOrDefault()),
            ("search_engine", SearchEngine.GetValueOrDefault()?.Value),
            ("primary_order", PercentEncoding.Flag(PrimaryOrder)),
        ];
        return PercentEncoding.QueryString(parameters);
    }
}
