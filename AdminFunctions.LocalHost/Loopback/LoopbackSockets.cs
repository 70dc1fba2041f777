using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>
/// A port of this machine, on 127.0.0.1 and ::1, taken before a Kestrel server starts on it. A client that asks for
/// "localhost" may try either address first, so a port that the system chooses has to be free on both. And a port that is
/// already in use is a sentence: a host that finds out while it starts logs the exception with its stack trace.
/// </summary>
internal sealed class LoopbackSockets : IDisposable
{
    private const int AttemptsAtAFreePort = 20;

    private readonly Socket[] _sockets;

    private LoopbackSockets(params Socket[] sockets) => _sockets = sockets;

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_sockets[0].LocalEndPoint!).Port;

    /// <summary>Takes a port.</summary>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <param name="portOption">The command line option that sets the port, named when the port is taken.</param>
    /// <exception cref="IOException">The port is taken; the message names the port and the option.</exception>
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

            // A machine without IPv6 is served on 127.0.0.1 alone.
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

    /// <summary>Makes a server listen on them; they are then the server's to close.</summary>
    /// <param name="web">The server's builder.</param>
    /// <param name="listen">Further settings of each endpoint, such as https.</param>
    public void ListenOn(IWebHostBuilder web, Action<ListenOptions> listen) => web
        .UseSockets(options => options.CreateBoundListenSocket = endpoint =>
            Array.Find(_sockets, socket => endpoint.Equals(socket.LocalEndPoint)) ?? SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint))
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
            ? $"Port {port} is already in use on this machine. Stop what uses it, or choose another one with {portOption}."
            : $"Port {port} cannot be listened on ({error}). Choose another one with {portOption}.");
}
