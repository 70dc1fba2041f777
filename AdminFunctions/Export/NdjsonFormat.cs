using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>One user a line, as JSON (https://github.com/ndjson/ndjson-spec).</summary>
/// <param name="withEnd">Whether a whole export ends with the line <c>{"end":{"users":N}}</c>.</param>
internal sealed class NdjsonFormat(bool withEnd) : IExportFormat
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string ContentType => "application/x-ndjson; charset=utf-8";

    public string Extension => "ndjson";

    public void Begin(IBufferWriter<byte> output)
    {
    }

    public void Write(IBufferWriter<byte> output, User user) =>
        Line(output, user, static (json, user) => JsonSerializer.Serialize(json, user, UsersJson.Unescaped.User));

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

    private static void Line<T>(IBufferWriter<byte> output, T value, Action<Utf8JsonWriter, T> write)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            write(json, value);
        }

        output.Write("\n"u8);
    }
}
