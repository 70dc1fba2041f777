using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A job.</summary>
public record CreateVerificationEmailResponseContent
{
    /// <summary>How far it is.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; set; }

    /// <summary>What it does.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; set; }

    /// <summary>When it was made.</summary>
    [JsonPropertyName("created_at")]
    public string? CreatedAt { get; set; }

    /// <summary>The id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; set; }
}
