using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>An account that is linked in a user.</summary>
public record UserIdentitySchema
{
    /// <summary>The connection.</summary>
    [JsonPropertyName("connection")]
    public string? Connection { get; set; }

    /// <summary>The provider's id of the user.</summary>
    [JsonPropertyName("user_id")]
    public UserId? UserId { get; set; }

    /// <summary>The provider.</summary>
    [JsonPropertyName("provider")]
    public UserIdentityProviderEnum? Provider { get; set; }

    /// <summary>Whether it is a social one.</summary>
    [JsonPropertyName("isSocial")]
    public bool? IsSocial { get; set; }

    /// <summary>The provider's access token. A secret.</summary>
    [JsonPropertyName("access_token")]
    public string? AccessToken { get; set; }

    /// <summary>Its secret. A secret.</summary>
    [JsonPropertyName("access_token_secret")]
    public string? AccessTokenSecret { get; set; }

    /// <summary>The provider's refresh token. A secret.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; set; }

    /// <summary>The provider's profile of the user.</summary>
    [JsonPropertyName("profileData")]
    public UserProfileData? ProfileData { get; set; }
}
