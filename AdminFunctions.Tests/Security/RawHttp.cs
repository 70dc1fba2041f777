using System.Net.Sockets;
using System.Text;

namespace AdminFunctions.Tests.Security;

/// <summary>A response as it was received.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers in order.</param>
/// <param name="Body">The body.</param>
/// <param name="IsWhole">Whether it is complete.</param>
internal sealed record RawAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body, bool IsWhole)
{
    /// <summary>The value of a header; null if the header is missing or repeated.</summary>
    public string? Header(string name) =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] ? only.Value : null;
}

/// <summary>Sends bytes unchanged over a new connection. A client library would normalize or refuse them.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(20);

    /// <summary>Sends a request.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="request">The bytes.</param>
    /// <param name="endsThere">Whether to end the request after these bytes, even if the server expects more.</param>
    /// <returns>The response; null if the connection ended without one.</returns>
    /// <exception cref="OperationCanceledException">There was a timeout.</exception>
    public static async Task<RawAnswer?> SendAsync(Uri address, ReadOnlyMemory<byte> request, bool endsThere)
    {
        using var bound = new CancellationTokenSource(LongEnough);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        // No connection is left behind, because a long run would use up the ports.
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, address.Port, bound.Token);
        var received = new Received(socket, bound.Token);
        try
        {
            while (request.Length > 0)
            {
                request = request[await socket.SendAsync(request, bound.Token)..];
            }

            if (endsThere)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // The server has closed the connection; there may still be a response.
        }

        return await received.ReadAnswerAsync();
    }

    private sealed class Received(Socket socket, CancellationToken cancellationToken)
    {
        private byte[] _bytes = new byte[16 * 1024];
        private int _from;
        private int _to;

        public async Task<RawAnswer?> ReadAnswerAsync()
        {
            while (true)
            {
                if (await LineAsync() is not { } statusLine)
                {
                    return null;
                }

                statusLine.ShouldMatch("^HTTP/1[.][01] [1-5][0-9][0-9] ?");
                var status = int.Parse(statusLine[9..12]);
                List<KeyValuePair<string, string>> headers = [];
                string? line;
                while ((line = await LineAsync()) is { Length: > 0 })
                {
                    var colon = line.IndexOf(':', StringComparison.Ordinal);
                    colon.ShouldBeGreaterThan(0, line);
                    headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
                }

                // 100 Continue precedes the response.
                if (status >= 200)
                {
                    var answer = new RawAnswer(status, headers, [], line is not null);
                    return answer.Header("Transfer-Encoding") is not null ? await ChunksAsync(answer) : await BodyAsync(answer);
                }
            }
        }

        private async Task<RawAnswer> BodyAsync(RawAnswer answer)
        {
            if (answer.Header("Content-Length") is { } length)
            {
                return await BytesAsync(int.Parse(length)) is { } body ? answer with { Body = body } : answer with { IsWhole = false };
            }

            // As in HTTP/1.0, the body ends with the connection, which stays open while the server waits for more of the request.
            if (answer.Status is not 204 && answer.Header("Connection") is "close")
            {
                try
                {
                    socket.Shutdown(SocketShutdown.Send);
                }
                catch (SocketException)
                {
                    // The connection is already closed.
                }

                while (await MoreAsync())
                {
                }
            }

            return answer with { Body = _bytes[_from.._to] };
        }

        private async Task<RawAnswer> ChunksAsync(RawAnswer answer)
        {
            List<byte> body = [];
            while (await LineAsync() is { } line && int.TryParse(line, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var length) && await BytesAsync(length) is { } chunk && await LineAsync() is "")
            {
                if (length is 0)
                {
                    return answer with { Body = [.. body] };
                }

                body.AddRange(chunk);
            }

            return answer with { Body = [.. body], IsWhole = false };
        }

        private async Task<string?> LineAsync()
        {
            int end;
            while ((end = _bytes.AsSpan(_from, _to - _from).IndexOf("\r\n"u8)) < 0)
            {
                if (!await MoreAsync())
                {
                    return null;
                }
            }

            var line = Encoding.Latin1.GetString(_bytes, _from, end);
            _from += end + 2;
            return line;
        }

        private async Task<byte[]?> BytesAsync(int length)
        {
            while (_to - _from < length)
            {
                if (!await MoreAsync())
                {
                    return null;
                }
            }

            var bytes = _bytes.AsSpan(_from, length).ToArray();
            _from += length;
            return bytes;
        }

        private async Task<bool> MoreAsync()
        {
            if (_to == _bytes.Length)
            {
                Array.Resize(ref _bytes, _bytes.Length * 2);
            }

            try
            {
                var count = await socket.ReceiveAsync(_bytes.AsMemory(_to), cancellationToken);
                _to += count;
                return count > 0;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
