using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Auth0.ManagementApi.Jobs;

namespace Auth0.ManagementApi.Core;

/// <summary>How JSON is read: as strictly, and as loosely, as the package reads it.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(DateTimeConverter), typeof(BooleanConverter), typeof(OptionalStringConverter)])]
[JsonSerializable(typeof(ListUsersOffsetPaginatedResponseContent))]
[JsonSerializable(typeof(GetUserResponseContent))]
[JsonSerializable(typeof(UpdateUserRequestContent))]
[JsonSerializable(typeof(UpdateUserResponseContent))]
[JsonSerializable(typeof(RevokeUserAccessRequestContent))]
[JsonSerializable(typeof(ListUserBlocksResponseContent))]
[JsonSerializable(typeof(CreateVerificationEmailRequestContent))]
[JsonSerializable(typeof(CreateVerificationEmailResponseContent))]
[JsonSerializable(typeof(UserListLogOffsetPaginatedResponseContent))]
[JsonSerializable(typeof(ListUserAuthenticationMethodsOffsetPaginatedResponseContent))]
[JsonSerializable(typeof(ListRefreshTokensPaginatedResponseContent))]
[JsonSerializable(typeof(ListUserSessionsPaginatedResponseContent))]
[JsonSerializable(typeof(UserId))]
[JsonSerializable(typeof(object))]
internal sealed partial class ManagementJson : JsonSerializerContext;

/// <summary>Any date that .NET can read; a string that is none is a FormatException, not a JsonException.</summary>
internal sealed class DateTimeConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTime.Parse(reader.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffK", CultureInfo.InvariantCulture));
}

/// <summary>A boolean, or a string that says one, as some SAML connections send.</summary>
internal sealed class BooleanConverter : JsonConverter<bool>
{
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.String when bool.TryParse(reader.GetString(), out var flag) => flag,
        _ => throw new JsonException($"Cannot convert token type '{reader.TokenType}' to boolean."),
    };

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}

/// <summary>A string that may be null, which is not the same as absent.</summary>
internal sealed class OptionalStringConverter : JsonConverter<Optional<string?>>
{
    public override bool HandleNull => true;

    public override Optional<string?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.Null ? Optional<string?>.Of(null) : reader.GetString();

    public override void Write(Utf8JsonWriter writer, Optional<string?> value, JsonSerializerOptions options) =>
        throw new NotSupportedException();
}
