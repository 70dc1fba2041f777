using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A page of sessions.</summary>
public record ListUserSessionsPaginatedResponseContent
{
    /// <summary>The sessions.</summary>
    [JsonPropertyName("sessions")]
    public IEnumerable<SessionResponseContent>? Sessions { get; set; }

    /// <summary>The cursor of the next page.</summary>
    [JsonPropertyName("next")]
    public string? Next { get; set; }
}
