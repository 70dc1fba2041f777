using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Settings;

/// <summary>Where the application's client secret is kept, from the settings <c>KeyVault__…</c>.</summary>
public sealed class KeyVaultOptions
{
    /// <summary>The configuration section that these settings are bound from.</summary>
    public const string Section = "KeyVault";

    /// <summary>The vault's address, or nothing where <see cref="Auth0Options.ClientSecret"/> stands in for it.</summary>
    [HttpsOrigin(
        ErrorMessage = "KeyVault__Uri is the vault's address and nothing behind it: set it to one such as https://NAME.vault.azure.net/.")]
    public string? Uri { get; set; }

    /// <summary>The secret's name in the vault (1 to 127 letters, digits and hyphens, as Key Vault has it).</summary>
    [Required(ErrorMessage = "KeyVault__ClientSecretName is empty: leave it out for auth0-client-secret, or name the vault's secret.")]
    [RegularExpression(
        "[0-9A-Za-z-]{1,127}",
        ErrorMessage = "KeyVault__ClientSecretName is a secret's name, 1 to 127 letters, digits and hyphens, such as auth0-client-secret.")]
    public string ClientSecretName { get; set; } = "auth0-client-secret";
}

/// <summary>The one rule that reaches over several settings: there must be a place to read the client secret from.</summary>
/// <param name="configuration">Tells the environment and whether a developer's own secret is set.</param>
internal sealed class ClientSecretHasASource(IConfiguration configuration)
    : IValidateOptions<KeyVaultOptions>
{
    public ValidateOptionsResult Validate(string? name, KeyVaultOptions options)
    {
        if (!string.IsNullOrEmpty(options.Uri))
        {
            return ValidateOptionsResult.Success;
        }

        const string missing = "KeyVault__Uri is missing: set it to the address of the vault that holds the client secret, such as https://NAME.vault.azure.net/";
        if (!FunctionsEnvironment.IsDevelopment(configuration))
        {
            return ValidateOptionsResult.Fail($"{missing}.");
        }

        return string.IsNullOrWhiteSpace(configuration[$"{Auth0Options.Section}:{nameof(Auth0Options.ClientSecret)}"])
            ? ValidateOptionsResult.Fail($"{missing}; or, on a developer's machine, set Auth0__ClientSecret to the secret itself.")
            : ValidateOptionsResult.Success;
    }
}
