using System.Globalization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi.Users;

/// <summary>Which events.</summary>
public record ListUserLogsRequestParameters
{
    /// <summary>The page, from 0.</summary>
    public Optional<int?> Page { get; set; } = 0;

    /// <summary>Items a page.</summary>
    public Optional<int?> PerPage { get; set; } = 50;

    /// <summary>The order, such as <c>date:-1</c>.</summary>
    public Optional<string?> Sort { get; set; }

    /// <summary>Whether the answer has totals. False cannot be read.</summary>
    public Optional<bool?> IncludeTotals { get; set; } = true;

    internal string ToQueryString() => PercentEncoding.QueryString(
    [
        ("page", Page.GetValueOrDefault()?.ToString(CultureInfo.InvariantCulture)),
        ("per_page", PerPage.GetValueOrDefault()?.ToString(CultureInfo.InvariantCulture)),
        ("sort", Sort.GetValueOrDefault()),
        ("include_totals", PercentEncoding.Flag(IncludeTotals)),
    ]);
}
