using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace AdminFunctions.LocalHost;

/// <summary>
/// The transport under the functions' clients while tenant and vault are local: the tenant is called over http in place of
/// https, and the vault's certificate, made a moment ago, is trusted. The clients themselves are those that run in Azure.
/// </summary>
internal sealed class LocalTransport : DelegatingHandler
{
    private readonly string _tenant;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="tenant">The local tenant's domain.</param>
    /// <param name="vaultCertificate">The one certificate to trust.</param>
    public LocalTransport(string tenant, X509Certificate2 vaultCertificate)
        : base(CreateSockets(vaultCertificate))
    {
        _tenant = tenant;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { Scheme: "https" } uri && uri.Authority.Equals(_tenant, StringComparison.OrdinalIgnoreCase))
        {
            request.RequestUri = new Uri($"http{uri.AbsoluteUri.AsSpan("https".Length)}");
        }

        return base.SendAsync(request, cancellationToken);
    }

    private static SocketsHttpHandler CreateSockets(X509Certificate2 vaultCertificate)
    {
        var thumbprint = vaultCertificate.GetCertHashString();
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == thumbprint,

                // Else every start reads the machine's hundred and more authorities, of whom none is asked.
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { vaultCertificate }, RevocationMode = X509RevocationMode.NoCheck },
            },
            ConnectCallback = ConnectAsync,
        };
    }

    /// <summary>Names under localhost are this machine (RFC 6761, section 6.3), also where the resolver does not know it.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint("localhost", context.DnsEndPoint.Port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
