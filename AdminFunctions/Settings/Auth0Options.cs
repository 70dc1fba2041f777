using System.ComponentModel.DataAnnotations;

namespace AdminFunctions.Settings;

/// <summary>The Auth0 tenant, and this API and its application in it, from the settings <c>Auth0__…</c>.</summary>
public sealed class Auth0Options
{
    /// <summary>The configuration section that these settings are bound from.</summary>
    public const string Section = "Auth0";

    /// <summary>The domain of the Management API: a host name, with or without a port.</summary>
    [Required(ErrorMessage = "Auth0__Domain is missing. Set it to the tenant's domain, such as tenant.eu.auth0.com.")]
    [HttpsOrigin(
        IsHostAlone = true,
        IsIdentifier = true,
        ErrorMessage = "Auth0__Domain must be a host name in lower case, without https:// and without a slash at the end. "
            + "Set it to the tenant's domain, such as tenant.eu.auth0.com.")]
    public string Domain { get; set; } = "";

    /// <summary>
    /// The issuer of the callers' tokens if the tenant has a custom domain; <see langword="null"/> if it does not. While a custom domain is
    /// introduced, two issuers, separated by a comma. The signing keys are those that the first one publishes.
    /// </summary>
    [HttpsOrigin(
        IsIdentifier = true,
        MaxCount = 2,
        ErrorMessage = "Auth0__Issuer must be the iss claim of the callers' tokens: an https URL in lower case that ends with a slash, "
            + "such as https://login.example.com/, or two of them separated by a comma. Remove it if the tenant has no custom domain.")]
    public string? Issuer { get; set; }

    /// <summary>The identifier of this API in the tenant. The callers' tokens must have exactly this in <c>aud</c>.</summary>
    [Required(
        ErrorMessage = "Auth0__Audience is missing. Set it to the identifier of this API in Auth0, such as https://admin.example.com/api.")]
    [RegularExpression(
        @"[^\s\p{C}](?:[^\p{C}]*[^\s\p{C}])?",
        ErrorMessage = "Auth0__Audience must be the identifier of this API in Auth0, such as https://admin.example.com/api, "
            + "without surrounding spaces, line breaks or invisible characters.")]
    public string Audience { get; set; } = "";

    /// <summary>
    /// The ID, <c>org_…</c>, of the organization whose members' tokens are accepted; <see langword="null"/> to reject every token that
    /// was issued for an organization. The permissions in such a token come from the member's roles in the organization; in this API
    /// they apply to the whole tenant.
    /// </summary>
    [RegularExpression(
        "org_[0-9A-Za-z]+",
        ErrorMessage = "Auth0__Organization must be an organization's ID, not its name, such as org_9ybsU1dN2dKfDkBi. "
            + "Remove it to accept no organization's tokens.")]
    public string? Organization { get; set; }

    /// <summary>The client ID of the machine-to-machine application that calls the Management API.</summary>
    [Required(
        ErrorMessage = "Auth0__ClientId is missing. Set it to the client ID of the machine-to-machine application, "
            + "32 letters and digits such as mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA.")]
    [RegularExpression(
        "[!-~]+",
        ErrorMessage = "Auth0__ClientId must be a client ID, without spaces, line breaks or invisible characters. Set it to that of the "
            + "machine-to-machine application, 32 letters and digits such as mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA.")]
    public string ClientId { get; set; } = "";

    /// <summary>
    /// That application's secret, for a developer's machine only: it is read if the environment is <c>Development</c> and no vault is
    /// set. In Azure the secret is in Key Vault.
    /// </summary>
    public string? ClientSecret { get; set; }

    /// <summary>
    /// The client ID of the application that users sign in to. Requests for emails name it, so that Auth0 uses its settings (a
    /// post-challenge Action needs it); <see langword="null"/> to name none. It is never the machine-to-machine application.
    /// </summary>
    [RegularExpression(
        "[!-~]+",
        ErrorMessage = "Auth0__LoginClientId must be the client ID of the application that users sign in to, without spaces, line breaks "
            + "or invisible characters, such as fR3kX9vL2mP7qW5tY8nB1cD4sG6hJ0zA. Remove it to name no application.")]
    public string? LoginClientId { get; set; }

    /// <summary>
    /// The custom domain that the links in emails have, if the tenant has several; <see langword="null"/> for the tenant's default domain
    /// (https://auth0.com/docs/customize/custom-domains/multiple-custom-domains).
    /// </summary>
    [HttpsOrigin(
        IsHostAlone = true,
        IsIdentifier = true,
        ErrorMessage = "Auth0__CustomDomain must be a host name in lower case, without https:// and without a slash at the end, such as "
            + "login.example.com. Remove it to use the tenant's default domain.")]
    public string? CustomDomain { get; set; }

    /// <summary>The accepted values of <c>iss</c> in the callers' tokens. Auth0's issuers end with a slash.</summary>
    public IReadOnlyList<string> TokenIssuers =>
        string.IsNullOrEmpty(Issuer) ? [$"https://{Domain}/"] : Issuer.Split(',', StringSplitOptions.TrimEntries);
}
