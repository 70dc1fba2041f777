using System.Text.Json;
using System.Text.Json.Serialization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>A way of delivery.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct PreferredAuthenticationMethodEnum : IStringEnum
{
    /// <summary>A value.</summary>
    /// <param name="value">Its name.</param>
    public PreferredAuthenticationMethodEnum(string value) => Value = value;

    /// <summary>Its name, such as <c>sms</c>.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public bool Equals(string? other) => Value.Equals(other, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;

    internal sealed class Converter : JsonConverter<PreferredAuthenticationMethodEnum>
    {
        public override PreferredAuthenticationMethodEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, PreferredAuthenticationMethodEnum value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
