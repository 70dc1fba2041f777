using AdminFunctions.Management;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>The parameters of a user's log, by the names of the Management API.</summary>
internal sealed record LogQuery(int Page, int PerPage, bool IncludeTotals)
{
    /// <summary>Reads the parameters.</summary>
    /// <exception cref="InvalidRequestException">Parameters are faulty or do not exist.</exception>
    public static LogQuery Parse(IQueryCollection parameters)
    {
        var reader = new ParameterReader(parameters);
        var (page, perPage, includeTotals) = reader.ReadPage("The log at Auth0 has older events.");
        reader.ThrowIfFaulty();
        return new(page, perPage, includeTotals);
    }
}

/// <summary>A page of a user's log with totals, in the Management API's form.</summary>
/// <param name="Total">The number of events, as far as Auth0 counts them.</param>
internal sealed record LogPage(int Start, int Limit, int Length, long Total, IReadOnlyList<LogEvent> Logs)
{
    /// <summary>Makes a page of Auth0's response.</summary>
    public static LogPage From(UserListLogOffsetPaginatedResponseContent page, LogQuery query)
    {
        List<LogEvent> logs = [.. (page.Logs ?? []).Select(LogEvent.From)];
        return new(
            (int?)page.Start ?? query.Page * query.PerPage,
            (int?)page.Limit ?? query.PerPage,
            logs.Count,
            (long?)page.Total ?? logs.Count,
            logs);
    }

    /// <summary>The page as JSON in UTF-8.</summary>
    /// <param name="withTotals">Whether it is the page with its totals, and not the bare array of events.</param>
    public RentedBody ToJson(bool withTotals) => withTotals
        ? UsersJson.Write(this, UsersJson.Unescaped.LogPage)
        : UsersJson.Write(Logs, UsersJson.Unescaped.IReadOnlyListLogEvent);
}
