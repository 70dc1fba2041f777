using System.Text.Json;
using System.Text.Json.Serialization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>An identity provider.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct UserIdentityProviderEnum : IStringEnum
{
    /// <summary>A provider.</summary>
    /// <param name="value">Its name.</param>
    public UserIdentityProviderEnum(string value) => Value = value;

    /// <summary>Its name, such as <c>google-oauth2</c>.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public bool Equals(string? other) => Value.Equals(other, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;

    internal sealed class Converter : JsonConverter<UserIdentityProviderEnum>
    {
        public override UserIdentityProviderEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, UserIdentityProviderEnum value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
