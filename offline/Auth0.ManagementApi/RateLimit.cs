using System.Globalization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>The rate-limit headers of an answer; null for one that is missing or no number.</summary>
public sealed class RateLimit
{
    // The years 1 to 9999.
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>Requests allowed in the window.</summary>
    public long? Limit { get; init; }

    /// <summary>Requests left in the window.</summary>
    public long? Remaining { get; init; }

    /// <summary>When the window ends.</summary>
    public DateTimeOffset? Reset { get; init; }

    /// <summary>How long to wait before the next request.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Reads an answer's headers.</summary>
    /// <param name="headers">The headers.</param>
    public static RateLimit Parse(ResponseHeaders headers)
    {
        return new()
        {
            Limit = Number("x-ratelimit-limit"),
            Remaining = Number("x-ratelimit-remaining"),
            Reset = Number("x-ratelimit-reset") is { } seconds and >= MinSeconds and <= MaxSeconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            RetryAfter = Number("retry-after") is { } wait ? TimeSpan.FromSeconds(wait) : null,
        };

        long? Number(string name) =>
            headers.TryGetValue(name, out var value) && long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                ? number : null;
    }
}
