using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>
/// Starts a Kestrel server that listens only on loopback, reads no configuration, logs nothing and does not handle Ctrl+C.
/// </summary>
internal static class LoopbackServer
{
    /// <summary>Builds and starts a server.</summary>
    /// <param name="port">The port; 0 for any free port.</param>
    /// <param name="portOption">The command-line option for the port, for the error message.</param>
    /// <param name="listen">Configures each endpoint, for example for HTTPS.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="pipeline">Adds middleware and routes. Gets the actual port.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The running server.</returns>
    /// <exception cref="IOException">The port is in use. The message contains the port and the option.</exception>
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
            // Do not wait for requests that hang because of a fault.
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

    /// <summary>A lifetime that does not handle Ctrl+C, unlike the default.</summary>
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
