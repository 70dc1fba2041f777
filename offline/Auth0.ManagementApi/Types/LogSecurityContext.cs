using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>The fingerprints of a connection.</summary>
public record LogSecurityContext
{
    /// <summary>JA3.</summary>
    [JsonPropertyName("ja3")]
    public string? Ja3 { get; set; }

    /// <summary>JA4.</summary>
    [JsonPropertyName("ja4")]
    public string? Ja4 { get; set; }
}
