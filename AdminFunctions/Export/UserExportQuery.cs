using AdminFunctions.Management;
using AdminFunctions.Users;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Export;

/// <summary>The parameters of an export.</summary>
public sealed record UserExportQuery
{
    private ulong Fingerprint => ExportCursor.Fingerprint(Q, Fields);

    private UserExportQuery()
    {
    }

    /// <summary>A user search in Lucene syntax (search engine v3); <see langword="null"/> means all users.</summary>
    public string? Q { get; private init; }

    /// <summary>The fields that are exported, some of <see cref="UserFields.Names"/>.</summary>
    public IReadOnlyList<string> Fields { get; private init; } = UserFields.Names;

    /// <summary>Whether the export is CSV instead of NDJSON.</summary>
    public bool AsCsv { get; private init; }

    /// <summary>Whether a complete export ends with a line that says so.</summary>
    public bool WithEnd { get; private init; }

    /// <summary>Whether a CSV export begins with a byte order mark.</summary>
    public bool WithByteOrderMark { get; private init; }

    /// <summary>Whether a line with a cursor follows each page.</summary>
    public bool WithCursors { get; private init; }

    /// <summary>The cursor after which the export continues; <see langword="null"/> to start with the first user.</summary>
    internal ExportCursor? After { get; private init; }

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="InvalidRequestException">Parameters are faulty or do not exist.</exception>
    public static UserExportQuery Parse(IQueryCollection parameters)
    {
        var reader = new ParameterReader(parameters);
        ExportCursor? after = null;
        reader.Read(
            "after",
            text => ExportCursor.TryRead(text, out after),
            "after is the value of \"cursor\" in a line of an export with cursors=true, unchanged.");
        var query = new UserExportQuery
        {
            Q = reader.ReadSearch(),
            Fields = reader.ReadFields(),
            AsCsv = reader.Read(
                "format",
                false,
                static text => text switch { "csv" => true, "ndjson" => false, _ => (bool?)null },
                "format is ndjson or csv."),
            WithEnd = reader.ReadFlag("end"),
            WithByteOrderMark = reader.ReadFlag("bom"),
            WithCursors = reader.ReadFlag("cursors"),
            After = after,
        };
        if (query is { AsCsv: true, WithEnd: true })
        {
            reader.Fault("end", "end is for format=ndjson only, because a CSV file has no place for such a line.");
        }

        if (query is { AsCsv: false, WithByteOrderMark: true })
        {
            reader.Fault("bom", "bom is for format=csv only, because NDJSON does not begin with a byte order mark.");
        }

        if (query is { AsCsv: true, WithCursors: true })
        {
            reader.Fault("cursors", "cursors is for format=ndjson only, because a CSV file has no place for such lines.");
        }

        if (query is { AsCsv: true, After: not null })
        {
            reader.Fault("after", "after is for format=ndjson only, because only NDJSON has cursors.");
        }

        reader.ThrowIfFaulty();
        if (after is not null && after.Search != query.Fingerprint)
        {
            throw new InvalidRequestException(
                "after",
                "after is a cursor of another export. Send the same q and fields as in that one, or start a new export without after.");
        }

        return query;
    }

    /// <summary>Writes the cursor of a position, if it is not too long.</summary>
    internal string? CursorOf(WalkPosition position) => new ExportCursor(Fingerprint, position).TryWrite();

    /// <summary>The request for every page. It includes the fields that the walk needs.</summary>
    public ListUsersRequestParameters ToListUsersRequest() =>
        UserFields.Request([.. Fields.Union(["user_id", "created_at"])]) with { Q = Q };

    /// <summary>Removes the fields that only the walk needs.</summary>
    public User Shape(User user) => (Fields.Contains("user_id"), Fields.Contains("created_at")) switch
    {
        (true, true) => user,
        var (withId, withDate) => user with { UserId = withId ? user.UserId : null, CreatedAt = withDate ? user.CreatedAt : null },
    };
}
