using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A page of refresh tokens.</summary>
public record ListRefreshTokensPaginatedResponseContent
{
    /// <summary>The refresh tokens.</summary>
    [JsonPropertyName("tokens")]
    public IEnumerable<RefreshTokenResponseContent>? Tokens { get; set; }

    /// <summary>The cursor of the next page.</summary>
    [JsonPropertyName("next")]
    public string? Next { get; set; }
}
