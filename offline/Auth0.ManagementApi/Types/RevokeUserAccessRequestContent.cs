using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>What of a user's access is revoked.</summary>
public record RevokeUserAccessRequestContent
{
    /// <summary>The one session, or else all.</summary>
    [JsonPropertyName("session_id")]
    public string? SessionId { get; set; }

    /// <summary>Whether refresh tokens stay valid.</summary>
    [JsonPropertyName("preserve_refresh_tokens")]
    public bool? PreserveRefreshTokens { get; set; }
}
