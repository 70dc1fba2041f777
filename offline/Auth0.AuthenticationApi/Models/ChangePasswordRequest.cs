using System.Text.Json.Serialization;

namespace Auth0.AuthenticationApi.Models;

/// <summary>A request for a mail with a link to change a password.</summary>
public class ChangePasswordRequest
{
    /// <summary>The application whose settings the mail has.</summary>
    [JsonPropertyName("client_id")]
    public string ClientId { get; set; } = null!;

    /// <summary>The database connection.</summary>
    [JsonPropertyName("connection")]
    public string Connection { get; set; } = null!;

    /// <summary>The address of the account.</summary>
    [JsonPropertyName("email")]
    public string Email { get; set; } = null!;
}
