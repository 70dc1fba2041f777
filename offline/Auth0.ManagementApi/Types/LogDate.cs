using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>When an event was: a string, or an object.</summary>
[JsonConverter(typeof(Converter))]
public sealed class LogDate
{
    private readonly object _value;

    private LogDate(object value) => _value = value;

    /// <summary>Whether it is a string.</summary>
    /// <param name="value">The string.</param>
    public bool TryGetString(out string? value)
    {
        value = _value as string;
        return value is not null;
    }

    internal sealed class Converter : JsonConverter<LogDate>
    {
        public override LogDate? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.String => new(reader.GetString()!),
            JsonTokenType.StartObject => new(JsonElement.ParseValue(ref reader)),
            _ => throw new JsonException($"Cannot deserialize JSON token {reader.TokenType} into LogDate"),
        };

        public override void Write(Utf8JsonWriter writer, LogDate value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
