using System.Globalization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi.Users;

/// <summary>Which sessions.</summary>
public record ListUserSessionsRequestParameters
{
    /// <summary>Whether the answer is an object.</summary>
    public Optional<bool?> IncludeTotals { get; set; } = true;

    /// <summary>The cursor of the page.</summary>
    public Optional<string?> From { get; set; }

    /// <summary>Items a page.</summary>
    public Optional<int?> Take { get; set; } = 50;

    internal string ToQueryString(string? cursor) => PercentEncoding.QueryString(
    [
        ("include_totals", PercentEncoding.Flag(IncludeTotals)),
        ("from", cursor ?? From.GetValueOrDefault()),
        ("take", Take.GetValueOrDefault()?.ToString(CultureInfo.InvariantCulture)),
    ]);
}
