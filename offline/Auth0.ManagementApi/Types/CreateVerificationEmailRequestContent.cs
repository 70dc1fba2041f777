using System.Text.Json.Serialization;

namespace Auth0.ManagementApi.Jobs;

/// <summary>Whom to send a verification mail.</summary>
public record CreateVerificationEmailRequestContent
{
    /// <summary>The user.</summary>
    [JsonPropertyName("user_id")]
    public required string UserId { get; set; }

    /// <summary>The application whose settings the mail has.</summary>
    [JsonPropertyName("client_id")]
    public string? ClientId { get; set; }
}
