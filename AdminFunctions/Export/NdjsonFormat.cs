using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>NDJSON (https://github.com/ndjson/ndjson-spec): each line is a user, or says how the export is going.</summary>
/// <param name="withEnd">Whether a complete export ends with the line <c>{"end":{"users":N}}</c>.</param>
internal sealed class NdjsonFormat(bool withEnd) : IExportFormat
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The current line. It is copied to the output when it is complete, so that a failure never leaves a part of a line.
    /// </summary>
    private readonly ArrayBufferWriter<byte> _line = new(1024);

    public string ContentType => "application/x-ndjson; charset=utf-8";

    public string Extension => "ndjson";

    public void Begin(IBufferWriter<byte> output)
    {
    }

    public void Write(IBufferWriter<byte> output, User user) =>
        Line(output, user, static (json, user) => JsonSerializer.Serialize(json, user, UsersJson.Unescaped.User));

    public void WriteCursor(IBufferWriter<byte> output, string cursor) => Line(output, cursor, static (json, cursor) =>
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

        Line(output, users, static (json, users) =>
        {
            json.WriteStartObject();
            json.WriteStartObject("end");
            json.WriteNumber("users", users);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    public void Fail(IBufferWriter<byte> output, ReadOnlySpan<byte> problem)
    {
        output.Write("{\"error\":"u8);
        output.Write(problem);
        output.Write("}\n"u8);
    }

    private void Line<T>(IBufferWriter<byte> output, T value, Action<Utf8JsonWriter, T> write)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Options))
        {
            write(json, value);
        }

        _line.Write("\n"u8);
        output.Write(_line.WrittenSpan);
    }
}
