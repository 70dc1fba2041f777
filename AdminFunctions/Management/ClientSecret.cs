using AdminFunctions.Settings;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace AdminFunctions.Management;

/// <summary>The application's client secret, read from Key Vault once and kept until it is found to be refused.</summary>
/// <remarks>Not safe for callers at once: its one user, the token provider, makes one grant at a time.</remarks>
internal sealed class ClientSecret
{
    private const string NoAnswer = "Key Vault did not answer. Try again shortly; if this lasts, see that KeyVault__Uri names the vault and that its network lets the function app in.";

    private readonly Func<CancellationToken, Task<string>> _read;
    private string? _kept;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="auth0">Has the secret itself where no vault is named (a developer's machine).</param>
    /// <param name="keyVault">Names the vault and the secret.</param>
    /// <param name="credential">Our identity towards the vault.</param>
    /// <param name="transport">What sends.</param>
    public ClientSecret(Auth0Options auth0, KeyVaultOptions keyVault, TokenCredential credential, HttpMessageHandler transport)
    {
        if (string.IsNullOrEmpty(keyVault.Uri))
        {
            _read = _ => Task.FromResult(auth0.ClientSecret!);
            return;
        }

        var vault = new SecretClient(new Uri(keyVault.Uri), credential, new SecretClientOptions
        {
            Transport = new HttpClientTransport(transport),
            Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1), NetworkTimeout = TimeSpan.FromSeconds(3) },
        });
        _read = cancellationToken => ReadAsync(vault, keyVault.ClientSecretName, cancellationToken);
    }

    /// <summary>The secret, read if it is not kept.</summary>
    /// <exception cref="VaultException">It could not be read.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken) => _kept ??= await _read(cancellationToken);

    /// <summary>The secret as it is now, after the kept one was refused.</summary>
    /// <exception cref="VaultException">It could not be read; the old one is forgotten all the same.</exception>
    public Task<string> ReadAgainAsync(CancellationToken cancellationToken)
    {
        _kept = null;
        return GetAsync(cancellationToken);
    }

    private static async Task<string> ReadAsync(SecretClient vault, string name, CancellationToken cancellationToken)
    {
        try
        {
            KeyVaultSecret secret = await vault.GetSecretAsync(name, cancellationToken: cancellationToken);

            // A secret that was set from a file often has the file's last line break.
            var value = secret.Value.Trim();
            return value.Length > 0
                ? value
                : throw new VaultException($"The Key Vault secret {name} is empty: set it to the client secret of the application in Auth0__ClientId.");
        }
        catch (RequestFailedException exception)
        {
            throw new VaultException(WhatToDo(exception, name), exception);
        }
        catch (AuthenticationFailedException exception)
        {
            throw new VaultException(
                "Key Vault could not be asked for the client secret, since there is no identity to ask with: give the function app its managed identity (AZURE_CLIENT_ID, if it is a user-assigned one), or sign in with az login on a developer's machine.",
                exception);
        }
        catch (Exception exception) when (exception is not VaultException)
        {
            // Several failed tries arrive as an AggregateException, a spent budget as a cancellation.
            throw new VaultException(NoAnswer, exception);
        }
    }

    private static string WhatToDo(RequestFailedException exception, string name) => exception.Status switch
    {
        404 => $"The Key Vault named by KeyVault__Uri has no secret {name}: set it with az keyvault secret set, or name another in KeyVault__ClientSecretName.",
        401 or 403 => $"Key Vault forbids reading the secret {name}: give the function app's identity the role Key Vault Secrets User on it, and see that the secret is enabled and the vault's network lets the function app in.",
        429 => "Key Vault has had too many requests. Try again shortly.",
        0 => NoAnswer,
        var status => $"Key Vault answered with status {status}. Try again shortly.",
    };
}
