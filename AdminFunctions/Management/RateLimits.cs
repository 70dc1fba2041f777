namespace AdminFunctions.Management;

/// <summary>
/// The Management API's rate limits. On most plans, reading users, changing them, deleting them, reading logs, authentication methods and
/// everything else have a limit of their own, so that what one response says about its limit says nothing about the others. On the other
/// plans, all responses speak of the same limit
/// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/management-api-endpoint-rate-limits).
/// </summary>
internal sealed class RateLimits(TimeProvider time)
{
    private readonly RateLimit _logs = new(time);
    private readonly RateLimit _authenticationMethods = new(time);

    /// <summary>The limit of reading users, which lists and exports use.</summary>
    public RateLimit ReadUsers { get; } = new(time);

    /// <summary>The limit of changing users.</summary>
    public RateLimit WriteUsers { get; } = new(time);

    /// <summary>The limit of deleting users.</summary>
    public RateLimit DeleteUsers { get; } = new(time);

    /// <summary>The limit of everything that has none of its own.</summary>
    public RateLimit Other { get; } = new(time);

    /// <summary>
    /// Whether all endpoints share one limit, of two requests a second: on the free plan and on tenants that are not for production. On
    /// other plans, the bucket of reading users holds more.
    /// </summary>
    public bool IsOne => ReadUsers.Limit <= 10;

    /// <summary>All limits by name, for metrics.</summary>
    public IEnumerable<(string Name, RateLimit Limit)> All =>
        [
            ("users.read", ReadUsers), ("users.write", WriteUsers), ("users.delete", DeleteUsers), ("logs", _logs),
            ("authentication-methods", _authenticationMethods), ("other", Other),
        ];

    private RateLimit? Of(HttpRequestMessage request) => (request.Method.Method, TenantOperation.Segments(request)) switch
    {
        ("GET", ["api", "v2", "users"] or ["api", "v2", "users", _]) => ReadUsers,
        ("PATCH", ["api", "v2", "users", _]) => WriteUsers,
        ("DELETE", ["api", "v2", "users", _]) => DeleteUsers,
        (_, ["api", "v2", "users", _, "logs"]) => _logs,
        (_, ["api", "v2", "users", _, "authentication-methods", ..]) => _authenticationMethods,
        (_, ["api", "v2", ..]) => Other,
        _ => null,
    };

    /// <summary>Reads every response of the Management API, including those that are retried.</summary>
    internal sealed class Handler(RateLimits limits, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            limits.Of(request)?.Read(response);
            return response;
        }
    }
}
