using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Management;

/// <summary>
/// The application's client secret. It is read from Key Vault once and kept until Auth0 rejects it. On a developer's machine without a
/// vault it comes from <see cref="Auth0Options.ClientSecret"/>.
/// </summary>
/// <remarks>Not thread-safe: its only user, <see cref="ManagementTokenProvider"/>, requests one token at a time.</remarks>
public sealed class ClientSecret(
    IOptions<Auth0Options> auth0,
    IOptions<KeyVaultOptions> keyVault,
    TokenCredential credential,
    HttpMessageHandler transport,
    TimeProvider time,
    Instruments instruments)
{
    private const string NoResponse =
        "Key Vault did not respond. Try again shortly; if this persists, check that KeyVault__Uri names the vault "
        + "and that the vault's network rules allow the function app.";

    private volatile Reading? _kept;

    /// <summary>How long ago the secret was read; <see langword="null"/> until it is.</summary>
    public TimeSpan? Age => _kept is { At: var at } ? time.GetElapsedTime(at) : null;

    /// <summary>When reads of Key Vault last succeeded and failed.</summary>
    internal DependencyStatus Vault { get; } = new(time);

    /// <summary>Returns the secret, and reads it first if necessary.</summary>
    /// <exception cref="VaultException">It could not be read.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        _kept ??= new((await ReadAsync(cancellationToken)).Value, time.GetTimestamp());
        return _kept.Value;
    }

    /// <summary>Reads the secret again, after Auth0 has rejected the kept one.</summary>
    /// <exception cref="VaultException">It could not be read. The kept secret is discarded all the same.</exception>
    public Task<string> ReadAgainAsync(CancellationToken cancellationToken)
    {
        _kept = null;
        return GetAsync(cancellationToken);
    }

    /// <summary>The kept secret; <see langword="null"/> if there is none.</summary>
    internal string? Kept => _kept?.Value;

    /// <summary>A client for the vault. One is created for each read, because reads are rare.</summary>
    internal SecretClient CreateVaultClient() => new(new Uri(keyVault.Value.Uri!), credential, new SecretClientOptions
    {
        Transport = new HttpClientTransport(transport),
        Retry =
        {
            MaxRetries = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(1),
            NetworkTimeout = TimeSpan.FromSeconds(3),
        },
    });

    /// <summary>Reads the secret from Key Vault. The kept secret stays as it is. Any number of callers can do this at a time.</summary>
    /// <exception cref="VaultException">It could not be read.</exception>
    internal async Task<SecretReading> ReadAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(keyVault.Value.Uri))
        {
            return new(auth0.Value.ClientSecret!.Trim(), CreatedOn: null);
        }

        using var span = Spans.Start("secret");
        try
        {
            var value = await ReadFromVaultAsync(keyVault.Value.ClientSecretName, cancellationToken);
            instruments.SecretRead();
            Vault.Succeeded();
            return value;
        }
        catch (VaultException exception)
        {
            var reason = exception.InnerException is RequestFailedException { Status: > 0 and var status }
                ? $"HTTP {status}"
                : (exception.InnerException ?? exception).GetType().Name;
            instruments.SecretRead(reason);
            Vault.Failed(reason);
            span.Fail(reason);
            throw;
        }
    }

    private async Task<SecretReading> ReadFromVaultAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            KeyVaultSecret secret = await CreateVaultClient().GetSecretAsync(name, cancellationToken: cancellationToken);

            // A secret that was set from a file often ends with the file's line break.
            var value = secret.Value.Trim();
            return value.Length > 0
                ? new(value, secret.Properties.CreatedOn)
                : throw new VaultException(
                    $"The Key Vault secret {name} is empty. Set it to the client secret of the application in Auth0__ClientId.");
        }
        catch (RequestFailedException exception)
        {
            throw new VaultException(Explain(exception, name), exception);
        }
        catch (AuthenticationFailedException exception)
        {
            throw new VaultException(
                "The client secret could not be read from Key Vault, because there is no identity to authenticate with. Assign the "
                + "function app its managed identity (and set AZURE_CLIENT_ID if it is user-assigned); on a developer's machine, "
                + "sign in with az login.",
                exception);
        }
        catch (Exception exception) when (exception is not VaultException)
        {
            // Several failed attempts arrive as an AggregateException, an exhausted budget as a cancellation.
            throw new VaultException(NoResponse, exception);
        }
    }

    private static string Explain(RequestFailedException exception, string name) => exception.Status switch
    {
        404 => $"The Key Vault in KeyVault__Uri has no secret {name}. Set it with az keyvault secret set, "
            + "or set KeyVault__ClientSecretName to another secret's name.",
        403 when exception.Message.Contains("SecretDisabled", StringComparison.Ordinal) =>
            $"The Key Vault secret {name} is disabled, as it is after a deployment until you set it. Set it with az keyvault secret set.",
        401 or 403 => $"Key Vault denied access to the secret {name}. Assign the role Key Vault Secrets User on it to the function app's "
            + "identity, and check that the vault's network rules allow the function app.",
        429 => "Key Vault's rate limit has been reached. Try again shortly.",
        0 => NoResponse,
        var status => $"Key Vault returned status {status}. Try again shortly.",
    };

    private sealed record Reading(string Value, long At);
}

/// <summary>The client secret as Key Vault has it.</summary>
/// <param name="CreatedOn">When this version of it was set; <see langword="null"/> if that is not known.</param>
internal sealed record SecretReading(string Value, DateTimeOffset? CreatedOn);
