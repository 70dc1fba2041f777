namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>The decision of a token bucket about a request.</summary>
/// <param name="Allowed">Whether a token was available.</param>
/// <param name="Remaining">The number of remaining tokens.</param>
/// <param name="Reset">The time of the next token, as a Unix time in seconds, rounded up.</param>
/// <param name="RetryAfter">The whole seconds until then, at least 1.</param>
internal readonly record struct RateLimitDecision(bool Allowed, int Remaining, long Reset, int RetryAfter);

/// <summary>
/// A token bucket, which Auth0 uses for rate limits:
/// https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy.
/// </summary>
/// <param name="limit">The capacity, in tokens.</param>
/// <param name="perSecond">The refill rate, in tokens per second.</param>
/// <param name="clock">The clock.</param>
internal sealed class TokenBucket(int limit, double perSecond, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private double _tokens = limit;
    private long _filledAt = clock.GetTimestamp();

    /// <summary>The capacity, in tokens.</summary>
    public int Limit => limit;

    /// <summary>Takes a token if one is available.</summary>
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
