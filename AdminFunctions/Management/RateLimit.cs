using System.Globalization;

namespace AdminFunctions.Management;

/// <summary>
/// What is left of one of the Management API's rate limits according to its last response. A limit belongs to the tenant, and everyone who
/// calls the API shares it (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy).
/// </summary>
internal sealed class RateLimit(TimeProvider time)
{
    /// <summary>
    /// The longest wait for a moment that Auth0 names by date and time: its buckets are refilled within a minute, while the local clock
    /// may be wrong, or be corrected, by any amount.
    /// </summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private volatile Reading? _last;

    /// <summary>How many requests the bucket holds; <see langword="null"/> until the first response.</summary>
    public int? Limit => _last?.Limit;

    /// <summary>How many requests were left in the bucket; <see langword="null"/> until the first response.</summary>
    public int? Remaining => _last?.Remaining;

    /// <summary>How long it takes until the bucket is refilled; zero or less if it has been, or if nothing is known.</summary>
    public TimeSpan UntilReset => _last is { } last ? last.UntilReset - time.GetElapsedTime(last.ReadAt) : TimeSpan.Zero;

    /// <summary>How long it is until a moment that a response has just named: at most a minute; zero or less if it has passed.</summary>
    public static TimeSpan Until(DateTimeOffset moment, TimeProvider time) =>
        moment - time.GetUtcNow() is var wait && wait < LongestWait ? wait : LongestWait;

    public void Read(HttpResponseMessage response)
    {
        if (Header(response, "X-RateLimit-Limit") is { } limit and <= int.MaxValue
            && Header(response, "X-RateLimit-Remaining") is { } remaining and <= int.MaxValue)
        {
            var reset = Math.Min(Header(response, "X-RateLimit-Reset") ?? 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds());
            var untilReset = Until(DateTimeOffset.FromUnixTimeSeconds(reset), time);
            _last = new Reading((int)limit, (int)remaining, untilReset, time.GetTimestamp());
        }
    }

    private static long? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private sealed record Reading(int Limit, int Remaining, TimeSpan UntilReset, long ReadAt);
}
