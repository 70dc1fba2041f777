using Microsoft.Extensions.Options;

namespace AdminFunctions.Settings;

/// <summary>
/// What is wrong with the settings: a sentence for each fault, which names the setting and shows a good value, never the
/// value that is set. Found once, since a host restarts its worker when a setting changes.
/// </summary>
public sealed class SettingsFaults
{
    /// <summary>Validates all settings.</summary>
    /// <param name="auth0">The tenant.</param>
    /// <param name="keyVault">The vault.</param>
    /// <param name="users">The rules about users.</param>
    public SettingsFaults(IOptions<Auth0Options> auth0, IOptions<KeyVaultOptions> keyVault, IOptions<UsersOptions> users)
    {
        Sentences = [.. FaultsOf(auth0), .. FaultsOf(keyVault), .. FaultsOf(users)];
    }

    /// <summary>A sentence for each fault; empty when all is well.</summary>
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
