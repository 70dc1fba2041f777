using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace AdminFunctions.LocalHost;

/// <summary>
/// The transport for a local tenant and vault. It calls the tenant over HTTP instead of HTTPS, and trusts the self-signed
/// certificate of the vault. The clients above it are the same as in Azure.
/// </summary>
internal sealed class LocalTransport : DelegatingHandler
{
    private readonly string _tenant;

    /// <summary>Creates the transport without connecting.</summary>
    /// <param name="tenant">The domain of the local tenant.</param>
    /// <param name="vaultCertificate">The only certificate to trust.</param>
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

                // Without this policy, each start reads all certificate authorities of the machine, which are not needed.
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { vaultCertificate },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
            ConnectCallback = ConnectAsync,
        };
    }

    /// <summary>Connects to loopback. Names under localhost are loopback (RFC 6761 section 6.3), but not every resolver knows.</summary>
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
