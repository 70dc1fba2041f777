using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auth0.ManagementApi.Core;

/// <summary>A type that reads itself.</summary>
internal interface IReadFromJson<TSelf>
    where TSelf : IReadFromJson<TSelf>
{
    static abstract TSelf Read(ref Utf8JsonReader reader);
}

/// <summary>A date that may be null, which is not the same as absent.</summary>
internal sealed class OptionalDateConverter<TDate> : JsonConverter<Optional<TDate?>>
    where TDate : class, IReadFromJson<TDate>
{
    public override bool HandleNull => true;

    public override Optional<TDate?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Optional<TDate?>.Of(reader.TokenType is JsonTokenType.Null ? null : TDate.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, Optional<TDate?> value, JsonSerializerOptions options) =>
        throw new NotSupportedException();
}

/// <summary>A date in the package's unions: any text that .NET takes for one; of objects, nothing is read here.</summary>
internal static class UnionOfDates
{
    public static DateTime? Read(ref Utf8JsonReader reader, string type)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when DateTime.TryParse(reader.GetString(), out var date):
                return date;
            case JsonTokenType.StartObject:
                reader.Skip();
                return null;
            default:
                throw new JsonException($"Cannot deserialize JSON token {reader.TokenType} into {type}");
        }
    }
}
