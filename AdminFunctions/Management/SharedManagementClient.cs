using System.Collections.Concurrent;
using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
using Auth0.ManagementApi;
using Azure.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Management;

/// <summary>
/// The one management client of the process: static, so that it and its token outlive every invocation, and lazy, so that
/// nothing is built before it is used. Building it does no I/O: secret and token come with the first call.
/// </summary>
/// <param name="auth0">The tenant.</param>
/// <param name="keyVault">Where the client secret is.</param>
/// <param name="credential">Our identity towards Key Vault.</param>
/// <param name="transport">What sends.</param>
/// <param name="http">The way to the tenant.</param>
/// <param name="time">The clock that tokens expire by.</param>
/// <param name="instruments">Count grants and reads of the secret.</param>
/// <param name="loggers">Where the token provider logs to.</param>
public sealed class SharedManagementClient(
    IOptions<Auth0Options> auth0,
    IOptions<KeyVaultOptions> keyVault,
    TokenCredential credential,
    HttpMessageHandler transport,
    TenantHttp http,
    TimeProvider time,
    Instruments instruments,
    ILoggerFactory loggers)
{
    /// <summary>One in production; the key keeps several hosts in one process (as in tests) apart.</summary>
    private static readonly ConcurrentDictionary<Key, Lazy<Shared>> Clients = new();

    /// <summary>The client. It does not retry: the handlers under it do.</summary>
    public ManagementClient Client => TheOne.Client;

    /// <summary>The client secret.</summary>
    internal ClientSecret Secret => TheOne.Secret;

    /// <summary>The Management API token.</summary>
    internal ManagementTokenProvider Token => TheOne.Token;

    private Shared TheOne
    {
        get
        {
            var key = new Key(auth0.Value.Domain, auth0.Value.ClientId, keyVault.Value.Uri, keyVault.Value.ClientSecretName);
            var client = Clients.GetOrAdd(key, _ => new Lazy<Shared>(Build));
            try
            {
                return client.Value;
            }
            catch
            {
                // A Lazy keeps what was thrown, and throws it for ever.
                Clients.TryRemove(KeyValuePair.Create(key, client));
                throw;
            }
        }
    }

    private Shared Build()
    {
        var secret = new ClientSecret(auth0.Value, keyVault.Value, credential, transport, time, instruments);
        var tokens = new ManagementTokenProvider(
            auth0.Value.Domain,
            auth0.Value.ClientId,
            secret,
            http.Client,
            time,
            instruments,
            loggers.CreateLogger<ManagementTokenProvider>());

        // From the SDK down to the tries.
        var handlers = new CanonicalUsersHandler(new SupplementaryCharacters.Handler(new TokenRenewalHandler(tokens, http.Resilience)));
        var client = new ManagementClient(new ManagementClientOptions
        {
            Domain = auth0.Value.Domain,
            TokenProvider = tokens,
            HttpClient = TenantHttp.CreateClient(handlers),
            MaxRetries = 0,
        });
        return new Shared(client, tokens, secret);
    }

    private sealed record Shared(ManagementClient Client, ManagementTokenProvider Token, ClientSecret Secret);

    private sealed record Key(string Domain, string ClientId, string? Vault, string SecretName);
}
