namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>What a bucket said to a request.</summary>
/// <param name="Allowed">Whether there was a token left.</param>
/// <param name="Remaining">How many are left now.</param>
/// <param name="Reset">When the next one comes, in seconds since 1970, rounded up.</param>
/// <param name="RetryAfter">Whole seconds until then, at least 1.</param>
internal readonly record struct RateLimitDecision(bool Allowed, int Remaining, long Reset, int RetryAfter);

/// <summary>
/// A token bucket, Auth0's kind of rate limit: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy.
/// </summary>
/// <param name="limit">How many tokens it holds.</param>
/// <param name="perSecond">How many come back a second.</param>
/// <param name="clock">The time.</param>
internal sealed class TokenBucket(int limit, double perSecond, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private double _tokens = limit;
    private long _filledAt = clock.GetTimestamp();

    /// <summary>How many tokens it holds.</summary>
    public int Limit => limit;

    /// <summary>Takes a token, if there is one.</summary>
    public RateLimitDecision Take()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _tokens = Math.Min(limit, _tokens + (clock.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
            _filledAt = now;
            var allowed = _tokens >= 1;
            if (allowed)
            {
                _tokens--;
            }

            var untilNext = (1 - (_tokens % 1)) / perSecond;
            return new(
                allowed,
                (int)_tokens,
                (long)Math.Ceiling((clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000d) + untilNext),
                Math.Max(1, (int)Math.Ceiling(untilNext)));
        }
    }
}
