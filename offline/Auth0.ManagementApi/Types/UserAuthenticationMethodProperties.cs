using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A part of an authentication method.</summary>
public record UserAuthenticationMethodProperties
{
    /// <summary>The type.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; set; }

    /// <summary>The id.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; set; }
}
