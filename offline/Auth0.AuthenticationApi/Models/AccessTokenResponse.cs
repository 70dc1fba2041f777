using System.Text.Json.Serialization;

namespace Auth0.AuthenticationApi.Models;

/// <summary>A granted token. What the tenant left out is null or 0.</summary>
public class AccessTokenResponse
{
    /// <summary>The token.</summary>
    [JsonPropertyName("access_token")]
    public string AccessToken { get; set; } = null!;

    /// <summary>Its type, <c>Bearer</c>.</summary>
    [JsonPropertyName("token_type")]
    public string TokenType { get; set; } = null!;

    /// <summary>The seconds that it lives.</summary>
    [JsonPropertyName("expires_in")]
    public int ExpiresIn { get; set; }

    /// <summary>The scopes granted, separated by spaces.</summary>
    [JsonPropertyName("scope")]
    public string Scope { get; set; } = null!;
}
