using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Settings;

/// <summary>Where the application's client secret is kept, from the settings <c>KeyVault__…</c>.</summary>
public sealed class KeyVaultOptions
{
    /// <summary>The configuration section that these settings are bound from.</summary>
    public const string Section = "KeyVault";

    /// <summary>The vault's URL; empty where <see cref="Auth0Options.ClientSecret"/> is used instead.</summary>
    [HttpsOrigin(ErrorMessage = "KeyVault__Uri must be the vault's URL without a path, such as https://NAME.vault.azure.net/.")]
    public string? Uri { get; set; }

    /// <summary>The secret's name in the vault: 1 to 127 letters, digits and hyphens.</summary>
    [Required(ErrorMessage = "KeyVault__ClientSecretName is empty. Set it to the secret's name, or remove it to use auth0-client-secret.")]
    [RegularExpression(
        "[0-9A-Za-z-]{1,127}",
        ErrorMessage = "KeyVault__ClientSecretName must be a secret's name: 1 to 127 letters, digits and hyphens, "
            + "such as auth0-client-secret.")]
    public string ClientSecretName { get; set; } = "auth0-client-secret";
}

/// <summary>The one rule that involves several settings: there must be a source for the client secret.</summary>
internal sealed class ClientSecretHasASource(IConfiguration configuration) : IValidateOptions<KeyVaultOptions>
{
    public ValidateOptionsResult Validate(string? name, KeyVaultOptions options)
    {
        if (!string.IsNullOrEmpty(options.Uri))
        {
            return ValidateOptionsResult.Success;
        }

        const string missing = "KeyVault__Uri is missing. Set it to the URL of the vault that holds the client secret, "
            + "such as https://NAME.vault.azure.net/";
        if (!FunctionsEnvironment.IsDevelopment(configuration))
        {
            return ValidateOptionsResult.Fail($"{missing}.");
        }

        return string.IsNullOrWhiteSpace(configuration[$"{Auth0Options.Section}:{nameof(Auth0Options.ClientSecret)}"])
            ? ValidateOptionsResult.Fail($"{missing}, or, on a developer's machine, set Auth0__ClientSecret to the secret itself.")
            : ValidateOptionsResult.Success;
    }
}
