using System.ComponentModel.DataAnnotations;

namespace AdminFunctions.Settings;

/// <summary>The tenant and our place in it, from the settings <c>Auth0__…</c>.</summary>
public sealed class Auth0Options
{
    /// <summary>The configuration section that these settings are bound from.</summary>
    public const string Section = "Auth0";

    /// <summary>The Management API's domain: a host name, with or without a port.</summary>
    [Required(ErrorMessage = "Auth0__Domain is missing: set it to the tenant's domain, such as tenant.eu.auth0.com.")]
    [HttpsOrigin(
        IsHostAlone = true,
        IsIdentifier = true,
        ErrorMessage = "Auth0__Domain is a host name alone, in lower case, with no https:// before it and no slash behind it: set it to the tenant's domain, such as tenant.eu.auth0.com.")]
    public string Domain { get; set; } = "";

    /// <summary>Who issues the callers' tokens, when that is a custom domain; <see langword="null"/> for the tenant itself.</summary>
    [HttpsOrigin(
        IsIdentifier = true,
        ErrorMessage = "Auth0__Issuer is the iss of the callers' tokens, an https address in lower case that ends in a slash: set it to one such as https://login.example.com/, or leave it out if the tenant has no custom domain.")]
    public string? Issuer { get; set; }

    /// <summary>The identifier of our API in the tenant: what the callers' tokens must have in <c>aud</c>, letter by letter.</summary>
    [Required(ErrorMessage = "Auth0__Audience is missing: set it to the identifier of this API in Auth0, such as https://admin.example.com/api.")]
    [RegularExpression(
        @"[^\s\p{C}](?:[^\p{C}]*[^\s\p{C}])?",
        ErrorMessage = "Auth0__Audience is the identifier of this API in Auth0, with no space before or behind it and no line break or invisible character in it: set it to one such as https://admin.example.com/api.")]
    public string Audience { get; set; } = "";

    /// <summary>
    /// The organization whose members' tokens are let in, by its id, <c>org_…</c>; <see langword="null"/> to refuse every token that
    /// was issued for an organization. The permissions in such a token are those of the member's roles in the organization; here they
    /// hold for the whole tenant.
    /// </summary>
    [RegularExpression(
        "org_[0-9A-Za-z]+",
        ErrorMessage = "Auth0__Organization is an organization's id, not its name: set it to one such as org_9ybsU1dN2dKfDkBi, or leave it out to let in no organization's tokens.")]
    public string? Organization { get; set; }

    /// <summary>The machine-to-machine application that may use the Management API.</summary>
    [Required(ErrorMessage = "Auth0__ClientId is missing: set it to the client id of the machine-to-machine application, 32 letters and digits such as mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA.")]
    [RegularExpression(
        "[!-~]+",
        ErrorMessage = "Auth0__ClientId is a client id, with no space, line break or invisible character in it: set it to that of the machine-to-machine application, 32 letters and digits such as mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA.")]
    public string ClientId { get; set; } = "";

    /// <summary>
    /// That application's secret, on a developer's machine alone: read only if the environment is <c>Development</c> and
    /// no vault is named. In Azure the secret is in Key Vault.
    /// </summary>
    public string? ClientSecret { get; set; }

    /// <summary>The <c>iss</c> of the callers' tokens. It ends in a slash, as Auth0's issuers do.</summary>
    public string TokenIssuer => string.IsNullOrEmpty(Issuer) ? $"https://{Domain}/" : Issuer;
}
