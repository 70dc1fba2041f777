using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A block.</summary>
public record UserBlockIdentifier
{
    /// <summary>What was typed in.</summary>
    [JsonPropertyName("identifier")]
    public string? Identifier { get; set; }

    /// <summary>The address that is blocked.</summary>
    [JsonPropertyName("ip")]
    public string? Ip { get; set; }

    /// <summary>The connection.</summary>
    [JsonPropertyName("connection")]
    public string? Connection { get; set; }
}
