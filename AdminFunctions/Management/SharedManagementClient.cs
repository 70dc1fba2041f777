using System.Collections.Concurrent;
using AdminFunctions.Settings;
using Auth0.ManagementApi;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Management;

/// <summary>
/// The process's one <see cref="ManagementClient"/>: static, so that it outlives every invocation together with its connections and its
/// token (https://learn.microsoft.com/azure/azure-functions/manage-connections), and created when it is first used. Creating it sends
/// nothing: the first call reads the client secret and requests the token.
/// </summary>
public sealed class SharedManagementClient(
    IOptions<Auth0Options> auth0,
    ManagementTokenProvider tokens,
    TenantHttp http,
    ILoggerFactory loggers)
{
    /// <summary>One entry in production. In tests, hosts of different tenants run in one process.</summary>
    private static readonly ConcurrentDictionary<(string Domain, string ClientId), ManagementClient> Clients = new();

    /// <summary>The client. It does not retry: <see cref="ResilienceHandler"/> does.</summary>
    public ManagementClient Client => Clients.GetOrAdd((auth0.Value.Domain, auth0.Value.ClientId), static (_, self) => self.Create(), this);

    private ManagementClient Create() => new(new ManagementClientOptions
    {
        Domain = auth0.Value.Domain,
        TokenProvider = tokens,
        MaxRetries = 0,

        // A request passes these handlers from left to right.
        HttpClient = TenantHttp.CreateClient(
            new CanonicalJsonHandler(
                new LeftOutValues(loggers.CreateLogger<LeftOutValues>()),
                new AddressText.Handler(new TokenRenewalHandler(tokens, http.Resilience)))),
    });
}
