using System.Collections.Concurrent;
using AdminFunctions.Settings;
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
/// <param name="loggers">Where the token provider logs to.</param>
public sealed class SharedManagementClient(
    IOptions<Auth0Options> auth0,
    IOptions<KeyVaultOptions> keyVault,
    TokenCredential credential,
    HttpMessageHandler transport,
    TenantHttp http,
    TimeProvider time,
    ILoggerFactory loggers)
{
    /// <summary>One in production; the key keeps several hosts in one process (as in tests) apart.</summary>
    private static readonly ConcurrentDictionary<Key, Lazy<ManagementClient>> Clients = new();

    /// <summary>The client. It does not retry: the handlers under it do.</summary>
    public ManagementClient Client =>
        Clients.GetOrAdd(
            new Key(auth0.Value.Domain, auth0.Value.ClientId, keyVault.Value.Uri, keyVault.Value.ClientSecretName),
            _ => new Lazy<ManagementClient>(Build)).Value;

    private ManagementClient Build()
    {
        var tokens = new ManagementTokenProvider(
            auth0.Value.Domain,
            auth0.Value.ClientId,
            new ClientSecret(auth0.Value, keyVault.Value, credential, transport),
            http.Client,
            time,
            loggers.CreateLogger<ManagementTokenProvider>());

        // From the SDK down to the tries.
        var handlers = new IdentityIds.Handler(new SupplementaryCharacters.Handler(new TokenRenewalHandler(tokens, http.Resilience)));
        return new ManagementClient(new ManagementClientOptions
        {
            Domain = auth0.Value.Domain,
            TokenProvider = tokens,
            HttpClient = TenantHttp.CreateClient(handlers),
            MaxRetries = 0,
        });
    }

    private sealed record Key(string Domain, string ClientId, string? Vault, string SecretName);
}
