using System.Buffers;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>NDJSON (https://github.com/ndjson/ndjson-spec): each line is a user, or says how the export is going.</summary>
/// <param name="withEnd">Whether a complete export ends with the line <c>{"end":{"users":N}}</c>.</param>
internal sealed class NdjsonFormat(bool withEnd) : IExportFormat
{
    private readonly NdjsonLine _line = new();

    public string ContentType => NdjsonLine.ContentType;

    public string Extension => "ndjson";

    public void Begin(IBufferWriter<byte> output)
    {
    }

    public void Write(IBufferWriter<byte> output, User user) =>
        _line.Write(output, user, UsersJson.Unescaped.User);

    public void WriteCursor(IBufferWriter<byte> output, string cursor) => _line.Write(output, cursor, static (json, cursor) =>
    {
        json.WriteStartObject();
        json.WriteString("cursor", cursor);
        json.WriteEndObject();
    });

    public void End(IBufferWriter<byte> output, long users)
    {
        if (!withEnd)
        {
            return;
        }

        _line.Write(output, users, static (json, users) =>
        {
            json.WriteStartObject();
            json.WriteStartObject("end");
            json.WriteNumber("users", users);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    public void Fail(IBufferWriter<byte> output, ReadOnlySpan<byte> problem) => NdjsonLine.WriteFailure(output, problem);
}
