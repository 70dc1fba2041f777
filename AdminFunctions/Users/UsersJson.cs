using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AdminFunctions.Management;

namespace AdminFunctions.Users;

/// <summary>Writes JSON in the form of the Management API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Auth0DateTimeConverter)])]
[JsonSerializable(typeof(UserPage))]
[JsonSerializable(typeof(IReadOnlyList<User>))]
[JsonSerializable(typeof(IReadOnlyList<Identity>))]
[JsonSerializable(typeof(UserDetails))]
[JsonSerializable(typeof(BlockOutcome))]
[JsonSerializable(typeof(UnblockOutcome))]
[JsonSerializable(typeof(SignOutOutcome))]
[JsonSerializable(typeof(EmailOutcome))]
[JsonSerializable(typeof(MfaOutcome))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(IReadOnlyList<LogEvent>))]
internal sealed partial class UsersJson : JsonSerializerContext
{
    /// <summary>The media type of the responses.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>
    /// Does not escape characters such as ö, so that names stay readable. This is safe, because the responses are never interpreted as
    /// HTML.
    /// </summary>
    public static UsersJson Unescaped => field ??=
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes a value in UTF-8.</summary>
    /// <param name="type">One of <see cref="Unescaped"/>.</param>
    public static RentedBody Write<T>(T value, JsonTypeInfo<T> type)
    {
        var body = new RentedBody(RentedBody.UsualPageInBytes);
        using var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = type.Options.Encoder });
        JsonSerializer.Serialize(json, value, type);
        return body;
    }
}

/// <summary>Writes times in Auth0's form: UTC, always with milliseconds.</summary>
internal sealed class Auth0DateTimeConverter : JsonConverter<DateTime>
{
    // The format "O" has four more digits. .NET writes it several times faster than a custom format.
    private static readonly int Length = "2026-01-01T00:00:00.000Z".Length;

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTime();

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        value.ToUniversalTime().TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[Length - 1] = (byte)'Z';
        writer.WriteStringValue(text[..Length]);
    }

    public static string Format(DateTime value)
    {
        Span<char> text = stackalloc char[32];
        value.ToUniversalTime().TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[Length - 1] = 'Z';
        return new(text[..Length]);
    }
}

/// <summary>Writes an ID as Auth0 does, as a string or a number.</summary>
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

        // The writer checks that the text is one JSON value. If that begins and ends in this way, it is a number.
        if (value.Text is not ([>= '0' and <= '9'] or ['-' or (>= '0' and <= '9'), .., >= '0' and <= '9']))
        {
            throw new JsonException("An id that should be a number is none.");
        }

        writer.WriteRawValue(value.Text);
    }
}
