using System.ComponentModel.DataAnnotations;

namespace AdminFunctions.Settings;

/// <summary>The tenant and our place in it, from the settings <c>Auth0__…</c>.</summary>
public sealed class Auth0Options
{
    /// <summary>The configuration section that these settings are bound from.</summary>
    public const string Section = "Auth0";

    /// <summary>The Management API's domain: a host name, with or without a port.</summary>
    [Required(ErrorMessage = "Auth0__Domain is missing: set it to the tenant's domain, such as tenant.eu.auth0.com.")]
    [RegularExpression(
        @"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?)*(?::[0-9]{1,5})?",
        ErrorMessage = "Auth0__Domain is a host name alone, with no https:// before it and no slash behind it: set it to the tenant's domain, such as tenant.eu.auth0.com.")]
    public string Domain { get; set; } = "";

    /// <summary>Who issues the callers' tokens, when that is a custom domain; <see langword="null"/> for the tenant itself.</summary>
    [RegularExpression(
        @"https://[^/?#@\s]+/",
        ErrorMessage = "Auth0__Issuer is the iss of the callers' tokens, an https address that ends in a slash: set it to one such as https://login.example.com/, or leave it out if the tenant has no custom domain.")]
    public string? Issuer { get; set; }

    /// <summary>The identifier of our API in the tenant: what the callers' tokens must have in <c>aud</c>.</summary>
    [Required(ErrorMessage = "Auth0__Audience is missing: set it to the identifier of this API in Auth0, such as https://admin.example.com/api.")]
    public string Audience { get; set; } = "";

    /// <summary>The machine-to-machine application that may use the Management API.</summary>
    [Required(ErrorMessage = "Auth0__ClientId is missing: set it to the client id of the machine-to-machine application, 32 letters and digits such as mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA.")]
    public string ClientId { get; set; } = "";

    /// <summary>
    /// That application's secret, on a developer's machine alone: read only if the environment is <c>Development</c> and
    /// no vault is named. In Azure the secret is in Key Vault.
    /// </summary>
    public string? ClientSecret { get; set; }

    /// <summary>The <c>iss</c> of the callers' tokens. It ends in a slash, as Auth0's issuers do.</summary>
    public string TokenIssuer => string.IsNullOrEmpty(Issuer) ? $"https://{Domain}/" : Issuer;
}
