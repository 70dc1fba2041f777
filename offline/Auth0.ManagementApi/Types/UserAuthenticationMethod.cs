using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>An authentication method of a user.</summary>
public record UserAuthenticationMethod
{
    /// <summary>The id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; set; }

    /// <summary>The type.</summary>
    [JsonPropertyName("type")]
    public required AuthenticationMethodTypeEnum Type { get; set; }

    /// <summary>Whether it is ready for use.</summary>
    [JsonPropertyName("confirmed")]
    public bool? Confirmed { get; set; }

    /// <summary>A name for it.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>What it consists of.</summary>
    [JsonPropertyName("authentication_methods")]
    public IEnumerable<UserAuthenticationMethodProperties>? AuthenticationMethods { get; set; }

    /// <summary>Which is preferred.</summary>
    [JsonPropertyName("preferred_authentication_method")]
    public PreferredAuthenticationMethodEnum? PreferredAuthenticationMethod { get; set; }

    /// <summary>The id of a linked method.</summary>
    [JsonPropertyName("link_id")]
    public string? LinkId { get; set; }

    /// <summary>The phone number.</summary>
    [JsonPropertyName("phone_number")]
    public string? PhoneNumber { get; set; }

    /// <summary>The email address.</summary>
    [JsonPropertyName("email")]
    public string? Email { get; set; }

    /// <summary>The id of the key.</summary>
    [JsonPropertyName("key_id")]
    public string? KeyId { get; set; }

    /// <summary>The public key.</summary>
    [JsonPropertyName("public_key")]
    public string? PublicKey { get; set; }

    /// <summary>When it was made.</summary>
    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; set; }

    /// <summary>When it was enrolled.</summary>
    [JsonPropertyName("enrolled_at")]
    public DateTime? EnrolledAt { get; set; }

    /// <summary>When it was last used.</summary>
    [JsonPropertyName("last_auth_at")]
    public DateTime? LastAuthAt { get; set; }

    /// <summary>The kind of device.</summary>
    [JsonPropertyName("credential_device_type")]
    public string? CredentialDeviceType { get; set; }

    /// <summary>Whether it is backed up.</summary>
    [JsonPropertyName("credential_backed_up")]
    public bool? CredentialBackedUp { get; set; }

    /// <summary>The id of the identity.</summary>
    [JsonPropertyName("identity_user_id")]
    public string? IdentityUserId { get; set; }

    /// <summary>The browser that enrolled it.</summary>
    [JsonPropertyName("user_agent")]
    public string? UserAgent { get; set; }

    /// <summary>The user handle.</summary>
    [JsonPropertyName("user_handle")]
    public string? UserHandle { get; set; }

    /// <summary>How the device is reached.</summary>
    [JsonPropertyName("transports")]
    public IEnumerable<string>? Transports { get; set; }

    /// <summary>The model of the authenticator.</summary>
    [JsonPropertyName("aaguid")]
    public string? Aaguid { get; set; }

    /// <summary>The relying party.</summary>
    [JsonPropertyName("relying_party_identifier")]
    public string? RelyingPartyIdentifier { get; set; }
}
