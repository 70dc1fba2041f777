using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>
/// A port on 127.0.0.1 and ::1, bound before a Kestrel server starts. A client that connects to "localhost" can try either
/// address first, so the port must be free on both. If it is in use, the exception has a clear message, while a host that fails
/// during startup logs a stack trace.
/// </summary>
internal sealed class LoopbackSockets : IDisposable
{
    private const int AttemptsAtAFreePort = 20;

    private readonly Socket[] _sockets;

    private LoopbackSockets(params Socket[] sockets) => _sockets = sockets;

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_sockets[0].LocalEndPoint!).Port;

    /// <summary>Binds a port.</summary>
    /// <param name="port">The port; 0 for any free port.</param>
    /// <param name="portOption">The command-line option for the port, for the error message.</param>
    /// <exception cref="IOException">The port is in use. The message contains the port and the option.</exception>
    public static LoopbackSockets Bind(int port, string portOption)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (Bind(new IPEndPoint(IPAddress.Loopback, port), out var error) is not { } v4)
            {
                throw Taken(port, portOption, error);
            }

            var chosen = ((IPEndPoint)v4.LocalEndPoint!).Port;
            if (Bind(new IPEndPoint(IPAddress.IPv6Loopback, chosen), out error) is { } v6)
            {
                return new(v4, v6);
            }

            // Without IPv6, use only 127.0.0.1.
            if (error is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied))
            {
                return new(v4);
            }

            v4.Dispose();
            if (port != 0 || attempt == AttemptsAtAFreePort)
            {
                throw Taken(chosen, portOption, error);
            }
        }
    }

    /// <summary>Lets a server listen on the sockets. The server then owns them.</summary>
    /// <param name="web">The builder of the server.</param>
    /// <param name="listen">Configures each endpoint, for example for HTTPS.</param>
    public void ListenOn(IWebHostBuilder web, Action<ListenOptions> listen) => web
        .UseSockets(options => options.CreateBoundListenSocket = endpoint =>
            Array.Find(_sockets, socket => endpoint.Equals(socket.LocalEndPoint))
            ?? SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint))
        .ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            foreach (var socket in _sockets)
            {
                options.Listen((IPEndPoint)socket.LocalEndPoint!, listen);
            }
        });

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
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
            ? $"Port {port} is already in use. Stop the program that uses it, or choose another port with {portOption}."
            : $"Port {port} cannot be used ({error}). Choose another port with {portOption}.");
}
