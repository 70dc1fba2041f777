using Microsoft.Extensions.Options;

namespace AdminFunctions.Settings;

/// <summary>
/// What is wrong with the settings: a message for each fault, which names the setting and shows a valid value, never the value that is
/// set. The settings are validated once, because a host restarts its worker when a setting changes.
/// </summary>
public sealed class SettingsFaults
{
    /// <summary>Validates all settings.</summary>
    public SettingsFaults(IOptions<Auth0Options> auth0, IOptions<KeyVaultOptions> keyVault, IOptions<UsersOptions> users)
    {
        Sentences = [.. FaultsOf(auth0), .. FaultsOf(keyVault), .. FaultsOf(users)];
    }

    /// <summary>A message for each fault; empty if the settings are valid.</summary>
    public IReadOnlyList<string> Sentences { get; }

    private static IEnumerable<string> FaultsOf<TOptions>(IOptions<TOptions> options)
        where TOptions : class
    {
        try
        {
            _ = options.Value;
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return exception.Failures;
        }
    }
}
