using System.Text.Json.Serialization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>A refresh token.</summary>
public record RefreshTokenResponseContent
{
    /// <summary>When it was created.</summary>
    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(OptionalDateConverter<RefreshTokenDate>))]
    public Optional<RefreshTokenDate?> CreatedAt { get; set; }

    /// <summary>When it was last used.</summary>
    [JsonPropertyName("last_exchanged_at")]
    [JsonConverter(typeof(OptionalDateConverter<RefreshTokenDate>))]
    public Optional<RefreshTokenDate?> LastExchangedAt { get; set; }
}
