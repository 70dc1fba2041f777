using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
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

    private readonly TimeProvider _time;
    private readonly Instruments _instruments;
    private readonly Func<CancellationToken, Task<string>> _read;
    private volatile Reading? _kept;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="auth0">Has the secret itself where no vault is named (a developer's machine).</param>
    /// <param name="keyVault">Names the vault and the secret.</param>
    /// <param name="credential">Our identity towards the vault.</param>
    /// <param name="transport">What sends.</param>
    /// <param name="time">The clock.</param>
    /// <param name="instruments">Count the reads.</param>
    public ClientSecret(
        Auth0Options auth0,
        KeyVaultOptions keyVault,
        TokenCredential credential,
        HttpMessageHandler transport,
        TimeProvider time,
        Instruments instruments)
    {
        _time = time;
        _instruments = instruments;
        Vault = new LastOutcomes(time);
        if (string.IsNullOrEmpty(keyVault.Uri))
        {
            _read = _ => Task.FromResult(auth0.ClientSecret!.Trim());
            return;
        }

        var vault = new SecretClient(new Uri(keyVault.Uri), credential, new SecretClientOptions
        {
            Transport = new HttpClientTransport(transport),
            Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1), NetworkTimeout = TimeSpan.FromSeconds(3) },
        });
        _read = cancellationToken => ReadAsync(vault, keyVault.ClientSecretName, cancellationToken);
    }

    /// <summary>When the vault was last heard from.</summary>
    public LastOutcomes Vault { get; }

    /// <summary>How long ago the secret was read; <see langword="null"/> while none is kept.</summary>
    public TimeSpan? Age => _kept is { At: var at } ? _time.GetElapsedTime(at) : null;

    /// <summary>The secret, read if it is not kept.</summary>
    /// <exception cref="VaultException">It could not be read.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        _kept ??= new(await _read(cancellationToken), _time.GetTimestamp());
        return _kept.Value;
    }

    /// <summary>The secret as it is now, after the kept one was refused.</summary>
    /// <exception cref="VaultException">It could not be read; the old one is forgotten all the same.</exception>
    public Task<string> ReadAgainAsync(CancellationToken cancellationToken)
    {
        _kept = null;
        return GetAsync(cancellationToken);
    }

    private async Task<string> ReadAsync(SecretClient vault, string name, CancellationToken cancellationToken)
    {
        using var span = Spans.Start("secret");
        try
        {
            var value = await ReadFromAsync(vault, name, cancellationToken);
            _instruments.SecretRead();
            Vault.Succeeded();
            return value;
        }
        catch (VaultException exception)
        {
            var reason = exception.InnerException is RequestFailedException { Status: > 0 and var status } ? $"HTTP {status}" : (exception.InnerException ?? exception).GetType().Name;
            _instruments.SecretRead(reason);
            Vault.Failed(reason);
            span.Fail(reason);
            throw;
        }
    }

    private static async Task<string> ReadFromAsync(SecretClient vault, string name, CancellationToken cancellationToken)
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
        403 when exception.Message.Contains("SecretDisabled", StringComparison.Ordinal) =>
            $"The secret {name} in Key Vault is disabled, as a deployment leaves it until it is set: set it with az keyvault secret set.",
        401 or 403 => $"Key Vault forbids reading the secret {name}: give the function app's identity the role Key Vault Secrets User on it, and see that the vault's network lets the function app in.",
        429 => "Key Vault has had too many requests. Try again shortly.",
        0 => NoAnswer,
        var status => $"Key Vault answered with status {status}. Try again shortly.",
    };

    private sealed record Reading(string Value, long At);
}
