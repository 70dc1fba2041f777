using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>
/// Starts a Kestrel server that listens on the loopback interface only, reads no configuration, logs nothing and
/// leaves Ctrl+C to the process it lives in.
/// </summary>
internal static class LoopbackServer
{
    /// <summary>Builds and starts a server.</summary>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <param name="portOption">The command line option that sets the port, named when the port is taken.</param>
    /// <param name="listen">Further settings of each endpoint, such as https.</param>
    /// <param name="services">The services that the pipeline needs beyond routing.</param>
    /// <param name="pipeline">Adds middleware and routes; it is told the port.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>The running server.</returns>
    /// <exception cref="IOException">The port is taken; the message names the port and the option.</exception>
    public static async Task<WebApplication> StartAsync(
        int port,
        string portOption,
        Action<ListenOptions> listen,
        Action<IServiceCollection> services,
        Action<WebApplication, int> pipeline,
        CancellationToken cancellationToken)
    {
        var sockets = LoopbackSockets.Bind(port, portOption);
        WebApplication? app = null;
        try
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Services.AddRoutingCore();
            builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
            // Requests that hang on purpose must not hold up the end.
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
            services(builder.Services);
            sockets.ListenOn(builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration(), listen);
            app = builder.Build();
            pipeline(app, sockets.Port);
            await app.StartAsync(cancellationToken);
            return app;
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            sockets.Dispose();
            throw;
        }
    }

    /// <summary>The default lifetime would take Ctrl+C for this server alone.</summary>
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
