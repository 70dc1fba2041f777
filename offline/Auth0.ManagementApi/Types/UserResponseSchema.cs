using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A user.</summary>
public record UserResponseSchema
{
    /// <summary>The id, <c>connection|…</c>.</summary>
    [JsonPropertyName("user_id")]
    public string? UserId { get; set; }

    /// <summary>The email address.</summary>
    [JsonPropertyName("email")]
    public string? Email { get; set; }

    /// <summary>Whether it is verified.</summary>
    [JsonPropertyName("email_verified")]
    public bool? EmailVerified { get; set; }

    /// <summary>The user name.</summary>
    [JsonPropertyName("username")]
    public string? Username { get; set; }

    /// <summary>The phone number (E.164).</summary>
    [JsonPropertyName("phone_number")]
    public string? PhoneNumber { get; set; }

    /// <summary>Whether it is verified.</summary>
    [JsonPropertyName("phone_verified")]
    public bool? PhoneVerified { get; set; }

    /// <summary>When the user was made.</summary>
    [JsonPropertyName("created_at")]
    public DateTime? CreatedAt { get; set; }

    /// <summary>When the user was changed.</summary>
    [JsonPropertyName("updated_at")]
    public DateTime? UpdatedAt { get; set; }

    /// <summary>The accounts that are linked in this user.</summary>
    [JsonPropertyName("identities")]
    public IEnumerable<UserIdentitySchema>? Identities { get; set; }

    /// <summary>The app's own data.</summary>
    [JsonPropertyName("app_metadata")]
    public Dictionary<string, object?>? AppMetadata { get; set; }

    /// <summary>The user's own data.</summary>
    [JsonPropertyName("user_metadata")]
    public Dictionary<string, object?>? UserMetadata { get; set; }

    /// <summary>The address of a picture.</summary>
    [JsonPropertyName("picture")]
    public string? Picture { get; set; }

    /// <summary>The whole name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>The nickname.</summary>
    [JsonPropertyName("nickname")]
    public string? Nickname { get; set; }

    /// <summary>The second factors enrolled.</summary>
    [JsonPropertyName("multifactor")]
    public IEnumerable<string>? Multifactor { get; set; }

    /// <summary>When those were changed.</summary>
    [JsonPropertyName("multifactor_last_modified")]
    public DateTime? MultifactorLastModified { get; set; }

    /// <summary>The address of the last login.</summary>
    [JsonPropertyName("last_ip")]
    public string? LastIp { get; set; }

    /// <summary>When the last login was.</summary>
    [JsonPropertyName("last_login")]
    public DateTime? LastLogin { get; set; }

    /// <summary>When the password was reset.</summary>
    [JsonPropertyName("last_password_reset")]
    public DateTime? LastPasswordReset { get; set; }

    /// <summary>How many logins there were.</summary>
    [JsonPropertyName("logins_count")]
    public int? LoginsCount { get; set; }

    /// <summary>Whether an administrator blocked the user.</summary>
    [JsonPropertyName("blocked")]
    public bool? Blocked { get; set; }

    /// <summary>The given name.</summary>
    [JsonPropertyName("given_name")]
    public string? GivenName { get; set; }

    /// <summary>The family name.</summary>
    [JsonPropertyName("family_name")]
    public string? FamilyName { get; set; }
}
