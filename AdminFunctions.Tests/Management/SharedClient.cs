using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Management;

/// <summary>Creates the static client of an app in another way than the app.</summary>
internal static class SharedClient
{
    /// <summary>Creates the client before the app does. The app then uses this one.</summary>
    public static void CreateWith(AdminApp app, params object[] parts) =>
        _ = ActivatorUtilities.CreateInstance<SharedManagementClient>(app.Services, parts).Client;

    /// <summary>
    /// Lets the test respond to requests to the Management API. Everything else, including the token, comes from the tenant.
    /// </summary>
    /// <returns>The server. Dispose it in the test.</returns>
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
        var detour = new Detour(app.Services.GetRequiredService<HttpMessageHandler>(), new Uri($"http://localhost:{port}"));
        CreateWith(app, new TenantHttp(detour, app.Time, app.Services.GetRequiredService<Instruments>()));
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
