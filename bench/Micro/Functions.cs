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

/// <summary>The functions without sockets. Responses of the local tenant and the local vault are cached in memory.</summary>
internal static class Functions
{
    private static readonly StoppedClock Clock = new();
    private static readonly LocalTenantAndVault Local =
        LocalTenantAndVault.StartAsync(new TenantOptions { TimeProvider = Clock }, new VaultOptions()).GetAwaiter().GetResult();
    private static readonly string GoodToken = Token(TimeSpan.FromDays(1));
    private static readonly ServiceProvider Services = Compose();

    /// <summary>Gets a service or a function.</summary>
    public static T Get<T>() => ActivatorUtilities.GetServiceOrCreateInstance<T>(Services);

    /// <summary>Issues an access token with the permission to list users.</summary>
    /// <param name="lifetime">The lifetime, from the start of this process, at which the clock of the functions is stopped.</param>
    public static string Token(TimeSpan lifetime) =>
        Local.Tenant.MintAccessToken("auth0|5f7c8ec7c33c6c004bbafe82", [Permissions.ReadUsers], lifetime);

    /// <summary>Creates a request whose response is discarded.</summary>
    public static HttpContext Request(string query = "", string? token = null) => new DefaultHttpContext
    {
        RequestServices = Services,
        Request =
        {
            Method = "GET",
            Path = "/api/users",
            QueryString = new(query),
            Headers = { Authorization = $"Bearer {token ?? GoodToken}" },
        },
        Response = { Body = Stream.Null },
    };

    private static ServiceProvider Compose()
    {
        var services = new ServiceCollection();
        Local.ReplaceTransport(services);
        services.AddSingleton<HttpMessageHandler>(new Replay(new LocalTransport(Local.Tenant.Domain, Local.Vault.Certificate)));
        services.AddSingleton<TimeProvider>(Clock);
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
                    // The challenge of the vault.
                    return response;
                }

                var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                answer = _answers[asked] = (body, response.Content.Headers.ContentType);
                response.Dispose();
            }

            return new HttpResponseMessage
            {
                RequestMessage = request,
                Content = new ByteArrayContent(answer.Body) { Headers = { ContentType = answer.Type } },
            };
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        private readonly DateTimeOffset _now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
