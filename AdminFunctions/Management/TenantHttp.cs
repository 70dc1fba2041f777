using System.Net.Security;
using AdminFunctions.Telemetry;

namespace AdminFunctions.Management;

/// <summary>
/// The HTTP pipeline to the tenant, with retries. The signing keys and the token are requested through <see cref="Client"/>; the
/// Management API through further handlers on top of <see cref="Resilience"/>.
/// </summary>
public sealed class TenantHttp
{
    /// <summary>Creates the pipeline; no connection is opened.</summary>
    /// <param name="transport">Sends the requests. It is not disposed: <see cref="SharedManagementClient"/> outlives a host.</param>
    /// <param name="time">The clock of the waits between attempts.</param>
    /// <param name="instruments">Counts the requests.</param>
    public TenantHttp(HttpMessageHandler transport, TimeProvider time, Instruments instruments)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        RateLimits = new RateLimits(time);
        instruments.ObserveRateLimits(() => RateLimits.All.Select(static named => (named.Name, named.Limit.Remaining)));
        Resilience = new ResilienceHandler(new RateLimits.Handler(RateLimits, transport), time, instruments);
        Client = CreateClient(Resilience);
    }

    internal RateLimits RateLimits { get; }

    /// <summary>Sends with retries, and without a Management API token.</summary>
    internal HttpClient Client { get; }

    internal ResilienceHandler Resilience { get; }

    /// <summary>A client without a timeout of its own: the <see cref="RequestBudget"/> limits its time.</summary>
    internal static HttpClient CreateClient(HttpMessageHandler handler) =>
        new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>
    /// The transport in Azure. Connections are replaced every few minutes, so that DNS changes are followed. Redirects are not followed:
    /// the Management API has none, and a DELETE that is redirected elsewhere deletes nothing.
    /// </summary>
    internal static SocketsHttpHandler CreateTransport() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        AllowAutoRedirect = false,
        UseCookies = false,
        SslOptions =
        {
            // The rules are the default ones. The exception names the certificate, which the default one does not.
            RemoteCertificateValidationCallback = static (_, certificate, _, errors) => errors is SslPolicyErrors.None
                ? true
                : throw new UntrustedCertificateException(certificate?.Subject ?? "none", certificate?.Issuer ?? "none"),
        },
    };
}
