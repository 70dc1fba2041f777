using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>
/// Starts a Kestrel server that listens on the loopback interface only, reads no configuration, logs nothing and
/// leaves Ctrl+C to the process it lives in.
/// </summary>
internal static class LoopbackServer
{
    private const int AttemptsAtAFreePort = 20;

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
        // Bound before Kestrel starts, so that a port chosen by the system is the same one on 127.0.0.1 and ::1:
        // a client that asks for "localhost" may try either first.
        var sockets = Bind(port, portOption);
        WebApplication? app = null;
        try
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Services.AddRoutingCore();
            builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
            // Requests that hang on purpose must not hold up the end.
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
            services(builder.Services);
            builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
                .UseSockets(options => options.CreateBoundListenSocket = endpoint => sockets[endpoint.AddressFamily])
                .ConfigureKestrel(options =>
                {
                    options.AddServerHeader = false;
                    foreach (var socket in sockets.Values)
                    {
                        options.Listen((IPEndPoint)socket.LocalEndPoint!, listen);
                    }
                });
            app = builder.Build();
            pipeline(app, ((IPEndPoint)sockets[AddressFamily.InterNetwork].LocalEndPoint!).Port);
            await app.StartAsync(cancellationToken);
            return app;
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            foreach (var socket in sockets.Values)
            {
                socket.Dispose();
            }

            throw;
        }
    }

    private static Dictionary<AddressFamily, Socket> Bind(int port, string portOption)
    {
        for (var attempt = 1; ; attempt++)
        {
            var v4 = Bind(new IPEndPoint(IPAddress.Loopback, port), out var error);
            if (v4 is null)
            {
                throw Taken(port, portOption, error);
            }

            var chosen = ((IPEndPoint)v4.LocalEndPoint!).Port;
            var v6 = Bind(new IPEndPoint(IPAddress.IPv6Loopback, chosen), out error);
            if (v6 is not null)
            {
                return new() { [AddressFamily.InterNetwork] = v4, [AddressFamily.InterNetworkV6] = v6 };
            }
            // A machine without IPv6 is served on 127.0.0.1 alone.
            if (error is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied))
            {
                return new() { [AddressFamily.InterNetwork] = v4 };
            }

            v4.Dispose();
            if (port != 0 || attempt == AttemptsAtAFreePort)
            {
                throw Taken(chosen, portOption, error);
            }
        }
    }

    private static Socket? Bind(IPEndPoint endpoint, out SocketError error)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endpoint);
            error = SocketError.Success;
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            error = exception.SocketErrorCode;
            return null;
        }
    }

    private static IOException Taken(int port, string portOption, SocketError error) => new(
        error is SocketError.AddressAlreadyInUse
            ? $"Port {port} is already in use on this machine. Stop what uses it, or choose another one with {portOption}."
            : $"Port {port} cannot be listened on ({error}). Choose another one with {portOption}.");

    /// <summary>The default lifetime would take Ctrl+C for this server alone.</summary>
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
