namespace Auth0.AuthenticationApi.Models;

/// <summary>A client-credentials grant (RFC 6749 section 4.4).</summary>
public class ClientCredentialsTokenRequest
{
    /// <summary>The API that the token is for.</summary>
    public string Audience { get; set; } = null!;

    /// <summary>The machine-to-machine application.</summary>
    public string ClientId { get; set; } = null!;

    /// <summary>Its secret.</summary>
    public string ClientSecret { get; set; } = null!;
}
