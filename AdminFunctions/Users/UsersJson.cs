using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdminFunctions.Users;

/// <summary>JSON as the Management API writes it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Auth0DateTimeConverter)])]
[JsonSerializable(typeof(UserPage))]
[JsonSerializable(typeof(IReadOnlyList<User>))]
[JsonSerializable(typeof(IReadOnlyList<Identity>))]
internal sealed partial class UsersJson : JsonSerializerContext
{
    /// <summary>The media type of the answers.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>Names stay readable: the answers are JSON and never sniffed for anything else.</summary>
    public static UsersJson Unescaped => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>Auth0's form of a moment: UTC, with milliseconds always.</summary>
internal sealed class Auth0DateTimeConverter : JsonConverter<DateTime>
{
    // The round-trip form, which .NET writes several times faster than a custom one, has four digits more.
    private static readonly int Length = "2026-01-01T00:00:00.000Z".Length;

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTime();

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        value.ToUniversalTime().TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[Length - 1] = (byte)'Z';
        writer.WriteStringValue(text[..Length]);
    }

    public static string Format(DateTime value) =>
        $"{value.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture).AsSpan(0, Length - 1)}Z";
}

/// <summary>Writes an id as what it is at Auth0.</summary>
internal sealed class IdentityIdConverter : JsonConverter<IdentityId>
{
    public override IdentityId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => new IdentityId(reader.GetString()!, IsNumber: false),
            JsonTokenType.Number => new IdentityId(JsonElement.ParseValue(ref reader).GetRawText(), IsNumber: true),
            var other => throw new JsonException($"An id is a text or a number, not {other}."),
        };

    public override void Write(Utf8JsonWriter writer, IdentityId value, JsonSerializerOptions options)
    {
        if (!value.IsNumber)
        {
            writer.WriteStringValue(value.Text);
            return;
        }

        // One JSON value, which the writer sees to, that begins and ends so is a number and nothing else.
        if (value.Text is not ([>= '0' and <= '9'] or ['-' or (>= '0' and <= '9'), .., >= '0' and <= '9']))
        {
            throw new JsonException("An id that should be a number is none.");
        }

        writer.WriteRawValue(value.Text);
    }
}
