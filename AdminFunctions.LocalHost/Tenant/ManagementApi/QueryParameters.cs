using System.Globalization;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>Reads query parameters with the Management API's error messages.</summary>
internal static class QueryParameters
{
    /// <summary>How many results can be paged through.</summary>
    public const int MaxResults = 1000;

    /// <summary>The most items on a page.</summary>
    public const int MaxPerPage = 100;

    /// <exception cref="UserQueryException">The parameter is not valid.</exception>
    public static int Number(IQueryCollection query, string name, int min, int max, int otherwise, string description)
    {
        if (!query.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        var problem = !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? "Expected type integer but found type string"
            : number < min ? $"Value {number} is less than minimum {min}."
            : number > max ? $"Value {number} is greater than maximum {max}."
            : null;
        return problem is null ? (int)number : throw Invalid(problem, name, description);
    }

    /// <exception cref="UserQueryException">The parameter is not valid.</exception>
    public static bool Flag(IQueryCollection query, string name, bool otherwise)
    {
        if (!query.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        return text.ToString() switch
        {
            "true" => true,
            "false" => false,
            _ => throw Invalid("Expected type boolean but found type string", name, "true or false"),
        };
    }

    /// <summary>The page, the items on it, and whether totals are requested.</summary>
    /// <exception cref="UserQueryException">A parameter is not valid.</exception>
    public static (int Page, int PerPage, bool Totals) Paging(IQueryCollection query) => (
        Number(query, "page", 0, int.MaxValue, 0, "Page index of the results to return. First page is 0"),
        Number(query, "per_page", 0, MaxPerPage, 50, "Number of results per page"),
        Flag(query, "include_totals", false));

    /// <summary>The number of the last item of the previous page, and the most items on a page.</summary>
    /// <exception cref="UserQueryException">A parameter is not valid.</exception>
    public static (long From, int Take) Checkpoint(IQueryCollection query)
    {
        // The SDK sends it here too, where it has no effect.
        Flag(query, "include_totals", false);
        var take = Number(query, "take", 1, MaxPerPage, 50, "Number of results per page. Defaults to 50.");
        if (!query.TryGetValue("from", out var text))
        {
            return (0, take);
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            ? (from, take)
            : throw Invalid("Invalid cursor", "from", "An optional cursor from which to start the selection (exclusive).");
    }

    public static UserQueryException Invalid(string problem, string parameter, string description) =>
        new($"Query validation error: '{problem}' on property {parameter} ({description}).");
}
