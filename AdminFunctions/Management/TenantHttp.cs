using AdminFunctions.Telemetry;

namespace AdminFunctions.Management;

/// <summary>
/// The one way to the tenant: for the signing keys, for the token, and, with the token in it, for the Management API.
/// </summary>
public sealed class TenantHttp
{
    /// <summary>Opens nothing yet.</summary>
    /// <param name="transport">What sends; not disposed here, since the shared client outlives a host.</param>
    /// <param name="time">The clock of the waits between tries.</param>
    /// <param name="instruments">Count the requests.</param>
    public TenantHttp(HttpMessageHandler transport, TimeProvider time, Instruments instruments)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        RateLimit = new RateLimit(time);
        instruments.ObserveRateLimit(() => RateLimit.Remaining);
        Resilience = new ResilienceHandler(new RateLimit.Handler(RateLimit, transport), time, instruments);
        Client = CreateClient(Resilience);
    }

    /// <summary>What is left of the Management API's rate limit.</summary>
    internal RateLimit RateLimit { get; }

    /// <summary>Sends with retries, without a Management API token.</summary>
    internal HttpClient Client { get; }

    /// <summary>The retries, for a chain of handlers over them.</summary>
    internal ResilienceHandler Resilience { get; }

    /// <summary>A client over a chain of ours, whose time the <see cref="RequestBudget"/> limits.</summary>
    /// <param name="handler">The chain's first handler.</param>
    internal static HttpClient CreateClient(HttpMessageHandler handler) =>
        new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>
    /// The transport in Azure. Connections are replaced every few minutes, so that DNS changes are followed; redirects are
    /// not: the Management API has none, and a delete that is sent on elsewhere is not a delete.
    /// </summary>
    internal static SocketsHttpHandler CreateTransport() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        AllowAutoRedirect = false,
        UseCookies = false,
    };
}
