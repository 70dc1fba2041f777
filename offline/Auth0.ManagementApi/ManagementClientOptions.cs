namespace Auth0.ManagementApi;

/// <summary>Settings of a <see cref="ManagementClient"/>.</summary>
public class ManagementClientOptions
{
    /// <summary>The tenant, <c>tenant.eu.auth0.com</c>; requests go to <c>https://{Domain}/api/v2/</c>.</summary>
    public required string Domain { get; init; }

    /// <summary>Gives the Management API token, once a call.</summary>
    public required ITokenProvider TokenProvider { get; init; }

    /// <summary>Sends the requests. Its BaseAddress does not matter.</summary>
    public HttpClient? HttpClient { get; init; }

    /// <summary>How long to wait for an answer's headers, the token not counted; 30 s when null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The package retries twice when null; this stand-in wants 0.</summary>
    public int? MaxRetries { get; init; }
}
