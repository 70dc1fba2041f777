using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>A provider's id of a user: a string, or an int when it reads as one (<c>"0042"</c> becomes 42, as in the package).</summary>
[JsonConverter(typeof(Converter))]
public class UserId
{
    private UserId(string type, object value) => (Type, Value) = (type, value);

    /// <summary><c>string</c> or <c>int</c>.</summary>
    public string Type { get; }

    /// <summary>The string or the int.</summary>
    public object? Value { get; }

    /// <summary>A string.</summary>
    /// <param name="value">The id.</param>
    public static UserId FromString(string value) => new("string", value);

    /// <summary>An int.</summary>
    /// <param name="value">The id.</param>
    public static UserId FromInt(int value) => new("int", value);

    /// <summary>Whether it is a string.</summary>
    public bool IsString() => Value is string;

    /// <summary>Whether it is an int.</summary>
    public bool IsInt() => Value is int;

    /// <summary>The string.</summary>
    /// <exception cref="ManagementException">It is an int.</exception>
    public string AsString() => Value as string ?? throw new ManagementException("Union type is not 'string'");

    /// <summary>The int.</summary>
    /// <exception cref="ManagementException">It is a string.</exception>
    public int AsInt() => Value as int? ?? throw new ManagementException("Union type is not 'int'");

    /// <summary>The string, if it is one.</summary>
    /// <param name="value">The string.</param>
    public bool TryGetString(out string? value) => (value = Value as string) is not null;

    /// <summary>The int, if it is one.</summary>
    /// <param name="value">The int.</param>
    public bool TryGetInt(out int? value) => (value = Value as int?) is not null;

    /// <summary>One or the other.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="onString">What to do with a string.</param>
    /// <param name="onInt">What to do with an int.</param>
    public T Match<T>(Func<string, T> onString, Func<int, T> onInt) => IsString() ? onString(AsString()) : onInt(AsInt());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UserId other && Equals(Value, other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value);

    /// <summary>The id as JSON: a string in quotes. Ask <see cref="Match"/> for the id itself.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, ManagementJson.Default.UserId);

    /// <summary>A string.</summary>
    /// <param name="value">The id.</param>
    public static implicit operator UserId(string value) => FromString(value);

    /// <summary>An int.</summary>
    /// <param name="value">The id.</param>
    public static implicit operator UserId(int value) => FromInt(value);

    internal sealed class Converter : JsonConverter<UserId>
    {
        public override UserId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            {
                return FromInt(number);
            }

            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException($"Cannot deserialize JSON token {reader.TokenType} into UserId");
            }

            var text = reader.GetString()!;
            return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out number) ? FromInt(number) : FromString(text);
        }

        public override void Write(Utf8JsonWriter writer, UserId value, JsonSerializerOptions options)
        {
            if (value.TryGetInt(out var number))
            {
                writer.WriteNumberValue(number!.Value);
            }
            else
            {
                writer.WriteStringValue(value.AsString());
            }
        }
    }
}
