using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>What changes of a user.</summary>
public record UpdateUserRequestContent
{
    /// <summary>Whether an administrator blocks the user.</summary>
    [JsonPropertyName("blocked")]
    public bool? Blocked { get; set; }
}
