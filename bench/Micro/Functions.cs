using System.Collections.Concurrent;
using System.Net.Http.Headers;
using AdminFunctions.Access;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Micro;

/// <summary>The functions without sockets: what the local tenant and the local vault answer once is answered from memory ever after.</summary>
internal static class Functions
{
    private static readonly LocalTenantAndVault Local = LocalTenantAndVault.StartAsync(new TenantOptions(), new VaultOptions()).GetAwaiter().GetResult();
    private static readonly string Token = Local.Tenant.MintAccessToken("auth0|5f7c8ec7c33c6c004bbafe82", [Permissions.ReadUsers]);
    private static readonly ServiceProvider Services = Compose();

    /// <summary>A service, or a function.</summary>
    public static T Get<T>() => ActivatorUtilities.GetServiceOrCreateInstance<T>(Services);

    /// <summary>A request of somebody who may list, whose answer goes nowhere.</summary>
    public static HttpContext Request(string query = "") => new DefaultHttpContext
    {
        RequestServices = Services,
        Request = { Method = "GET", Path = "/api/users", QueryString = new(query), Headers = { Authorization = $"Bearer {Token}" } },
        Response = { Body = Stream.Null },
    };

    private static ServiceProvider Compose()
    {
        var services = new ServiceCollection();
        Local.ReplaceTransport(services);
        services.AddSingleton<HttpMessageHandler>(new Replay(new LocalTransport(Local.Tenant.Domain, Local.Vault.Certificate)));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(Local.Settings).Build());
        services.AddLogging();
        services.AddAdminFunctions();
        return services.BuildServiceProvider();
    }

    private sealed class Replay(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private readonly ConcurrentDictionary<Uri, (byte[] Body, MediaTypeHeaderValue? Type)> _answers = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = request.RequestUri!;
            if (!_answers.TryGetValue(asked, out var answer))
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (!response.IsSuccessStatusCode)
                {
                    // The vault's challenge.
                    return response;
                }

                answer = _answers[asked] = (await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Content.Headers.ContentType);
                response.Dispose();
            }

            return new HttpResponseMessage { RequestMessage = request, Content = new ByteArrayContent(answer.Body) { Headers = { ContentType = answer.Type } } };
        }
    }
}
