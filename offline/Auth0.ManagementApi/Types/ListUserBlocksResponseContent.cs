using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>The blocks of a user.</summary>
public record ListUserBlocksResponseContent
{
    /// <summary>The blocks.</summary>
    [JsonPropertyName("blocked_for")]
    public IEnumerable<UserBlockIdentifier>? BlockedFor { get; set; }
}
