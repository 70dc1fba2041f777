using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AdminFunctions.Export;

/// <summary>Writes lines of NDJSON (https://github.com/ndjson/ndjson-spec), each whole or not at all.</summary>
internal sealed class NdjsonLine
{
    /// <summary>The media type.</summary>
    public const string ContentType = "application/x-ndjson; charset=utf-8";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _line = new(1024);

    /// <summary>Writes a value as a line.</summary>
    public void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> type) =>
        Write(output, (value, type), static (json, line) => JsonSerializer.Serialize(json, line.value, line.type));

    /// <summary>Writes a line.</summary>
    /// <param name="write">Writes one JSON value.</param>
    public void Write<T>(IBufferWriter<byte> output, T value, Action<Utf8JsonWriter, T> write)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Options))
        {
            write(json, value);
        }

        _line.Write("\n"u8);
        output.Write(_line.WrittenSpan);
    }

    /// <summary>Writes the line of a failure.</summary>
    /// <param name="problem">The problem details, as JSON.</param>
    public static void WriteFailure(IBufferWriter<byte> output, ReadOnlySpan<byte> problem)
    {
        output.Write("{\"error\":"u8);
        output.Write(problem);
        output.Write("}\n"u8);
    }
}
