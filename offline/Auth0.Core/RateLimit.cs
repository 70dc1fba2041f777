using System.Globalization;
using System.Net.Http.Headers;

namespace Auth0.Core.Exceptions;

/// <summary>The rate-limit headers of an answer; 0 for one that is missing.</summary>
public class RateLimit
{
    /// <summary>Requests allowed in the window.</summary>
    public long Limit { get; internal set; }

    /// <summary>Requests left in the window.</summary>
    public long Remaining { get; internal set; }

    /// <summary>Seconds to wait before the next request.</summary>
    public long RetryAfter { get; internal set; }

    /// <summary>When the window ends.</summary>
    public DateTimeOffset? Reset { get; internal set; }

    /// <summary>Reads an answer's headers.</summary>
    /// <param name="headers">The headers.</param>
    public static RateLimit? Parse(HttpHeaders headers)
    {
        var reset = Number("x-ratelimit-reset");
        return new()
        {
            Limit = Number("x-ratelimit-limit"),
            Remaining = Number("x-ratelimit-remaining"),
            RetryAfter = Number("Retry-After"),
            Reset = reset == 0 ? null : DateTimeOffset.UnixEpoch.AddSeconds(reset),
        };

        long Number(string name) =>
            headers.TryGetValues(name, out var values)
            && long.TryParse(values.FirstOrDefault(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
