using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AdminFunctions.Tests.Worker;

/// <summary>
/// An HTTP proxy (CONNECT, RFC 9110, section 9.3.6) for names that end with .localhost. They mean this machine (RFC 6761, section 6.3), but
/// not every system resolves them. The proxy passes TLS through, which it cannot read.
/// </summary>
internal sealed class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    public LoopbackProxy()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ConnectAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ConnectAsync(TcpClient client)
    {
        using var _ = client;
        using var server = new TcpClient();
        try
        {
            var stream = client.GetStream();
            var target = new Uri($"https://{(await ReadHeadAsync(stream)).Split(' ')[1]}");
            if (!target.Host.EndsWith(".localhost", StringComparison.Ordinal))
            {
                await stream.WriteAsync("HTTP/1.1 403 Forbidden\r\n\r\n"u8.ToArray(), _stopping.Token);
                return;
            }

            await server.ConnectAsync(IPAddress.Loopback, target.Port, _stopping.Token);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), _stopping.Token);
            await Task.WhenAny(
                stream.CopyToAsync(server.GetStream(), _stopping.Token),
                server.GetStream().CopyToAsync(stream, _stopping.Token));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One side has closed its connection.
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!(head is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n']))
        {
            await stream.ReadExactlyAsync(one, _stopping.Token);
            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head]);
    }
}
