using System.Text.Json.Serialization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>A session.</summary>
public record SessionResponseContent
{
    /// <summary>When it was created.</summary>
    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(OptionalDateConverter<SessionDate>))]
    public Optional<SessionDate?> CreatedAt { get; set; }

    /// <summary>When it was last used.</summary>
    [JsonPropertyName("last_interacted_at")]
    [JsonConverter(typeof(OptionalDateConverter<SessionDate>))]
    public Optional<SessionDate?> LastInteractedAt { get; set; }
}
