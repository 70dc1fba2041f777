using AdminFunctions.Users;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Export;

/// <summary>What a caller asks of the export.</summary>
public sealed record UserExportQuery
{
    private UserExportQuery()
    {
    }

    /// <summary>A user search in Lucene syntax (search engine v3), or <see langword="null"/> for all users.</summary>
    public string? Q { get; private init; }

    /// <summary>The fields of <see cref="User.ServedFields"/> that the export has.</summary>
    public IReadOnlyList<string> Fields { get; private init; } = User.ServedFields;

    /// <summary>Whether the export is a table (CSV) and not JSON line by line (NDJSON).</summary>
    public bool AsCsv { get; private init; }

    /// <summary>Whether a whole export ends with a line that says so.</summary>
    public bool WithEnd { get; private init; }

    /// <summary>Reads the parameters. Unknown ones are ignored.</summary>
    /// <param name="parameters">The query string's.</param>
    /// <exception cref="InvalidRequestException">Some are wrong; it names every one.</exception>
    public static UserExportQuery Parse(IQueryCollection parameters)
    {
        var reader = new ParameterReader(parameters);
        var query = new UserExportQuery
        {
            Q = reader.ReadSearch(),
            Fields = reader.ReadFields(),
            AsCsv = reader.Read("format", false, static text => text switch { "csv" => true, "ndjson" => false, _ => (bool?)null }, "format is ndjson or csv."),
            WithEnd = reader.ReadFlag("end"),
        };
        if (query is { AsCsv: true, WithEnd: true })
        {
            reader.Fault("end", "end is for format=ndjson: a CSV file has no place for it.");
        }

        reader.ThrowIfFaulty();
        return query;
    }

    /// <summary>The question that every page is asked with; it has what the walk goes by among its fields.</summary>
    public ListUsersRequestParameters ToListUsersRequest() =>
        UserFields.Ask([.. Fields.Union(["user_id", "created_at"])]) with { Q = Q };

    /// <summary>A user without what was asked for just by the walk.</summary>
    /// <param name="user">The user.</param>
    public User Shape(User user) => user with
    {
        UserId = Fields.Contains("user_id") ? user.UserId : null,
        CreatedAt = Fields.Contains("created_at") ? user.CreatedAt : null,
    };
}
