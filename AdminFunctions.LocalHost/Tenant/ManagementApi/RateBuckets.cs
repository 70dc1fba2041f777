namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// What Auth0 limits separately on most plans
/// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/management-api-endpoint-rate-limits).
/// </summary>
internal enum RateBucket
{
    /// <summary>Reading users.</summary>
    ReadUsers,

    /// <summary>Creating and changing users.</summary>
    WriteUsers,

    /// <summary>Deleting users.</summary>
    DeleteUsers,

    /// <summary>Reading logs.</summary>
    Logs,

    /// <summary>Reading and deleting authentication methods.</summary>
    AuthenticationMethods,

    /// <summary>Everything else.</summary>
    Other,
}

/// <summary>A rate limit.</summary>
/// <param name="Burst">The capacity of the bucket, in requests.</param>
/// <param name="PerSecond">The refill rate, in requests per second.</param>
internal sealed record RateLimit(int Burst, double PerSecond);

/// <summary>The rate limits of a plan.</summary>
internal static class RateLimits
{
    /// <summary>Those of the Essentials and Professional plans.</summary>
    public static IReadOnlyDictionary<RateBucket, RateLimit> Professional { get; } = new Dictionary<RateBucket, RateLimit>
    {
        [RateBucket.ReadUsers] = new(40, 500 / 60d),
        [RateBucket.WriteUsers] = new(20, 200 / 60d),
        [RateBucket.DeleteUsers] = new(20, 200 / 60d),
        [RateBucket.Logs] = new(10, 100 / 60d),
        [RateBucket.AuthenticationMethods] = new(5, 5),
        [RateBucket.Other] = new(10, 150 / 60d),
    };
}

/// <summary>The token buckets of the tenant.</summary>
internal sealed class RateBuckets
{
    private readonly Dictionary<RateBucket, TokenBucket> _buckets;

    public RateBuckets(TenantOptions options)
    {
        var shared = new TokenBucket(options.RateLimit, options.RatePerSecond, options.TimeProvider);
        _buckets = Enum.GetValues<RateBucket>().ToDictionary(
            bucket => bucket,
            bucket => options.RateLimits?[bucket] is { } limit
                ? new TokenBucket(limit.Burst, limit.PerSecond, options.TimeProvider)
                : shared);
    }

    public TokenBucket Get(RateBucket bucket) => _buckets[bucket];
}
