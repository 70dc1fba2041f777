using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Management;

/// <summary>The static client of an app, made of other parts than the app's own.</summary>
internal static class SharedClient
{
    /// <summary>One more way to the client that the app has, but for the parts given.</summary>
    public static SharedManagementClient Of(AdminApp app, params object[] parts) =>
        ActivatorUtilities.CreateInstance<SharedManagementClient>(app.Services, parts);

    /// <summary>Builds the static client, which the app has not used yet, of these parts: who comes first builds it for all.</summary>
    public static void BuildWith(AdminApp app, params object[] parts) => _ = Of(app, parts).Client;

    /// <summary>Has the Management API answered by the test. The rest, the token too, stays the tenant's.</summary>
    /// <returns>The server, for the test to dispose of.</returns>
    public static async Task<IAsyncDisposable> AnsweredByAsync(AdminApp app, RequestDelegate answer)
    {
        var port = 0;
        var server = await LoopbackServer.StartAsync(
            port,
            "no option",
            _ => { },
            _ => { },
            (pipeline, chosen) =>
            {
                port = chosen;
                pipeline.Run(answer);
            },
            CancellationToken.None);
        BuildWith(app, new TenantHttp(new Detour(app.Services.GetRequiredService<HttpMessageHandler>(), new Uri($"http://localhost:{port}")), app.Time, app.Services.GetRequiredService<Instruments>()));
        return server;
    }

    private sealed class Detour(HttpMessageHandler inner, Uri server) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.StartsWith("/api/v2/", StringComparison.Ordinal))
            {
                request.RequestUri = new Uri(server, request.RequestUri.PathAndQuery);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
