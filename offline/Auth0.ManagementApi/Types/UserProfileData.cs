using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>The profile that an identity provider has of a user, in an account that was linked.</summary>
public record UserProfileData
{
    /// <summary>The email address.</summary>
    [JsonPropertyName("email")]
    public string? Email { get; set; }

    /// <summary>Whether it is verified.</summary>
    [JsonPropertyName("email_verified")]
    public bool? EmailVerified { get; set; }

    /// <summary>The full name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>The username.</summary>
    [JsonPropertyName("username")]
    public string? Username { get; set; }

    /// <summary>The given name.</summary>
    [JsonPropertyName("given_name")]
    public string? GivenName { get; set; }

    /// <summary>The phone number.</summary>
    [JsonPropertyName("phone_number")]
    public string? PhoneNumber { get; set; }

    /// <summary>Whether it is verified.</summary>
    [JsonPropertyName("phone_verified")]
    public bool? PhoneVerified { get; set; }

    /// <summary>The family name.</summary>
    [JsonPropertyName("family_name")]
    public string? FamilyName { get; set; }
}
