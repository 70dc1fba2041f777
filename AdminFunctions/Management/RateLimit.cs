using System.Globalization;

namespace AdminFunctions.Management;

/// <summary>
/// How much of the Management API's rate limit is left, by what its last answer said, whoever it was for: the limit is the
/// tenant's, and all that call the API share it
/// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy).
/// </summary>
/// <param name="time">The clock that resets are counted by.</param>
public sealed class RateLimit(TimeProvider time)
{
    /// <summary>
    /// The furthest that a moment may be off which Auth0 names by the time of day: its buckets are refilled within a minute. Our clock
    /// may be wrong, or be put right, by any amount.
    /// </summary>
    private static readonly TimeSpan FurthestMoment = TimeSpan.FromMinutes(1);

    private volatile Reading? _last;

    /// <summary>How many requests the tenant takes at once; <see langword="null"/> while nothing is known.</summary>
    internal int? Limit => _last?.Limit;

    /// <summary>How many more it would have taken then; <see langword="null"/> while nothing is known.</summary>
    internal int? Remaining => _last?.Remaining;

    /// <summary>How long from now it takes another one for sure; zero or less when that moment has come, or is not known.</summary>
    internal TimeSpan UntilReset => _last is { } last ? last.UntilReset - time.GetElapsedTime(last.ReadAt) : TimeSpan.Zero;

    /// <summary>How long it is until a moment that an answer has just named; zero or less if it has passed, a minute at the most.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="time">The clock.</param>
    internal static TimeSpan Until(DateTimeOffset moment, TimeProvider time) =>
        moment - time.GetUtcNow() is var wait && wait < FurthestMoment ? wait : FurthestMoment;

    private void Read(HttpResponseMessage response)
    {
        if (Header(response, "X-RateLimit-Limit") is { } limit and <= int.MaxValue
            && Header(response, "X-RateLimit-Remaining") is { } remaining and <= int.MaxValue)
        {
            var reset = Math.Min(Header(response, "X-RateLimit-Reset") ?? 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds());
            _last = new Reading((int)limit, (int)remaining, Until(DateTimeOffset.FromUnixTimeSeconds(reset), time), time.GetTimestamp());
        }
    }

    private static long? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private sealed record Reading(int Limit, int Remaining, TimeSpan UntilReset, long ReadAt);

    /// <summary>Reads every answer of the Management API, those included that are tried again.</summary>
    internal sealed class Handler(RateLimit rateLimit, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri?.AbsolutePath.StartsWith("/api/v2/", StringComparison.Ordinal) is true)
            {
                rateLimit.Read(response);
            }

            return response;
        }
    }
}
