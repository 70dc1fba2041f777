using System.Globalization;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.Chaos;

/// <summary>An incident at a certain time, in addition to the constant faults.</summary>
internal enum Incident
{
    /// <summary>The tenant aborts every connection without a response.</summary>
    TenantGone,

    /// <summary>The vault aborts connections, hangs or returns 503.</summary>
    VaultDown,

    /// <summary>The client secret is rotated in the tenant. At the end of the incident, the vault has it too.</summary>
    SecretRotated,

    /// <summary>The tenant rejects all Management API tokens that it has granted.</summary>
    TokensRevoked,

    /// <summary>The tenant signs with another key, and all callers sign in again.</summary>
    KeysRotated,
}

/// <summary>A scheduled incident.</summary>
/// <param name="What">The incident.</param>
/// <param name="At">The time since the start.</param>
/// <param name="For">The duration; zero for an instantaneous incident.</param>
internal sealed record Event(Incident What, TimeSpan At, TimeSpan For = default)
{
    public TimeSpan Until => At + For;
}

/// <summary>
/// The schedule of faults. It is the same for the same seed and length. Which request gets which fault depends on the order of
/// requests.
/// </summary>
internal sealed class Schedule
{
    /// <summary>The lifetime of a Management API token.</summary>
    public const int TokenSeconds = 5;

    /// <summary>How long a run continues after the faults have ended.</summary>
    public static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(10);

    /// <summary>How often the faults are replaced.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// In the last seconds before the faults end, no fault asks the functions to wait or delays a token. Such a wait would count
    /// against their recovery.
    /// </summary>
    private static readonly TimeSpan WaitFreeTime = TimeSpan.FromSeconds(4);

    private const string Users = "* /api/v2/*";
    private const string Token = "POST /oauth/token";
    private const string Keys = "GET /.well-known/*";

    /// <summary>The number of requests per tick for which there are faults. It is more than the expected number of requests.</summary>
    private const int RequestsOfATick = 600;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(50);

    /// <summary>The number of rounds between rotations of keys. The functions read keys again at most once in five minutes.</summary>
    private const int RoundsOfAKey = 7;

    private readonly int _seed;

    public Schedule(int seed, TimeSpan length)
    {
        _seed = seed;
        FaultsEnd = length - RecoveryTime;
        Events =
        [
            .. Enumerable.Range(0, (int)Math.Ceiling(FaultsEnd / Round)).SelectMany(RoundOf)
                .Where(incident => incident.Until <= FaultsEnd - TimeSpan.FromSeconds(1))
                .OrderBy(incident => incident.At),
        ];
    }

    /// <summary>The time when the faults end.</summary>
    public TimeSpan FaultsEnd { get; }

    /// <summary>The incidents in order.</summary>
    public IReadOnlyList<Event> Events { get; }

    /// <summary>The number of incidents of a kind.</summary>
    public int Count(Incident what) => Events.Count(incident => incident.What == what);

    /// <summary>The incident of a kind at a time, if there is one.</summary>
    public Event? At(TimeSpan time, Incident what) =>
        Events.FirstOrDefault(incident => incident.What == what && incident.At <= time && time < incident.Until);

    /// <summary>The number of grants whose response is lost, which the tenant counts as granted.</summary>
    public int GrantsLost => Enumerable.Range(0, (int)(FaultsEnd / Tick)).Count(tick => KindOfTokenFault(RandomOf(tick, 1)) is "truncated");

    /// <summary>The faults of the tenant for the requests of a tick, while it is reachable.</summary>
    /// <param name="tick">The number of the tick.</param>
    /// <param name="faultsEnded">The task that hanging requests wait for.</param>
    /// <param name="now">The current time, for the reset times of rate limits.</param>
    public IEnumerable<Fault> FaultsOf(int tick, Task faultsEnded, DateTimeOffset now)
    {
        var isWaitFree = (tick * Tick) > FaultsEnd - WaitFreeTime;
        var random = RandomOf(tick, 0);
        var pass = 0;
        for (var request = 0; request < RequestsOfATick; request++)
        {
            if (KindOfUserFault(random) is not { } kind)
            {
                pass++;
                continue;
            }

            if (pass > 0)
            {
                yield return new Fault { Match = Users, Times = pass };
                pass = 0;
            }

            yield return Make(kind, Users, random, faultsEnded, now);
        }

        random = RandomOf(tick, 1);
        if (KindOfTokenFault(random) is { } token && !(isWaitFree && token is "429 soon" or "hangs" or "late"))
        {
            yield return Make(token, Token, random, faultsEnded, now);
        }

        random = RandomOf(tick, 2);
        if (KindOfKeyFault(random) is { } keys)
        {
            yield return Make(keys, Keys, random, faultsEnded, now);
        }
    }

    /// <summary>The faults while the vault is down.</summary>
    public static IEnumerable<Fault> VaultDown(Event down, Task up) => ((int)down.At.TotalMilliseconds % 3) switch
    {
        0 => [new Fault { Match = "*", Times = null, Mode = FaultMode.Abort }],
        1 => [Fault.Answer("*", 503, """{"error":{"code":"ServiceUnavailable","message":"Try again."}}""") with { Times = null }],
        _ => [new Fault { Match = "*", Times = null, Until = up }],
    };

    /// <summary>For some responses of the tenant, how long the body takes; otherwise null.</summary>
    public TimeSpan? SlowBody(long answer)
    {
        var random = RandomOf((int)answer, 3);
        return random.Next(100) is 0 ? TimeSpan.FromMilliseconds(random.Next(500, 6_000)) : null;
    }

    /// <summary>
    /// Whether a response of the tenant for a window of an export is empty, as if it contained no users. This simulates Auth0's search
    /// index. It continues after the faults end, and exports must handle it.
    /// </summary>
    public bool LosesWindow(long answer) => (answer + _seed) % 15 is 0;

    private IEnumerable<Event> RoundOf(int round)
    {
        var random = RandomOf(round, 4);
        var begin = round * Round;
        var tenantFirst = random.Next(2) is 0;
        var first = Between(8, 14);
        var second = Between(28, 36);
        var vault = new Event(Incident.VaultDown, tenantFirst ? second : first, TimeSpan.FromSeconds(10));
        yield return vault;
        yield return new Event(Incident.TenantGone, tenantFirst ? first : second, TimeSpan.FromSeconds(5));

        // Rotate the secret, because otherwise no call reads the vault.
        yield return new Event(Incident.SecretRotated, vault.At);
        var leak = Between(20, 24);
        yield return new Event(Incident.SecretRotated, leak, TimeSpan.FromMilliseconds(random.Next(1000, 3000)));
        yield return new Event(Incident.TokensRevoked, leak);
        for (var i = 0; i < 3; i++)
        {
            yield return new Event(Incident.TokensRevoked, Between(1, 49));
        }

        // Not while the tenant is unreachable, because the functions retry reading the keys only after half a minute.
        if (round % RoundsOfAKey is 0)
        {
            yield return new Event(Incident.KeysRotated, Between(2, 5));
        }

        TimeSpan Between(int from, int to) => begin + TimeSpan.FromMilliseconds(random.Next(from * 1000, to * 1000));
    }

    /// <summary>The kinds of faults per thousand requests: 50 times 429, 20 times 5xx, and so on.</summary>
    private static string? KindOfUserFault(Random random) => random.Next(1000) switch
    {
        < 25 => "429 soon",
        < 50 => "429 late",
        < 70 => "5xx",
        < 74 => "hangs",
        < 84 => "aborted",
        < 94 => "truncated",
        < 101 => "half a JSON",
        < 106 => "sign-in page",
        < 111 => "error page",
        < 121 => "late",
        < 126 => "aborted afterwards",
        _ => null,
    };

    private static string? KindOfTokenFault(Random random) => random.Next(100) switch
    {
        < 6 => "429 soon",
        < 8 => "429 late",
        < 14 => "5xx",
        < 17 => "hangs",
        < 22 => "aborted",
        < 24 => "truncated",
        < 26 => "half a JSON",
        < 28 => "sign-in page",
        < 32 => "late",
        _ => null,
    };

    /// <summary>Only faults that the next try recovers from, because a failed read is repeated only after half a minute.</summary>
    private static string? KindOfKeyFault(Random random) => random.Next(100) switch
    {
        < 10 => "429 soon",
        < 20 => "5xx",
        < 30 => "aborted",
        < 35 => "error page",
        _ => null,
    };

    private static Fault Make(string kind, string match, Random random, Task faultsEnded, DateTimeOffset now) => kind switch
    {
        "429 soon" => TooMany(match, random.Next(1, 4), random.Next(3), now),
        "429 late" => TooMany(match, random.Next(20, 60), random.Next(3), now),
        "5xx" => Fault.Answer(
            match,
            random.Next(500, 505),
            """{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}"""),
        "hangs" => new Fault { Match = match, Until = faultsEnded },
        "aborted" => new Fault { Match = match, Mode = FaultMode.Abort },
        "aborted afterwards" => new Fault { Match = match, Mode = FaultMode.AbortAfter },
        "truncated" => new Fault { Match = match, Mode = FaultMode.Truncate },
        "half a JSON" => Fault.Answer(match, 200, """{"start":0,"limit":50,"length":50,"users":[{"user_id":"auth0|5f7c"""),
        "sign-in page" => Fault.Answer(match, 200, "<html><title>Sign in to the network</title></html>", "text/html"),
        "error page" => Fault.Answer(match, 503, "<html><title>503 Service Unavailable</title></html>", "text/html"),
        "late" => new Fault { Match = match, DelayMs = random.Next(200, 3_000) },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of fault."),
    };

    /// <summary>A 429 in one of its formats.</summary>
    private static Fault TooMany(string match, int seconds, int form, DateTimeOffset now)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = "application/json" };
        if (form is not 0)
        {
            headers["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (form is not 1)
        {
            headers["X-RateLimit-Limit"] = "50";
            headers["X-RateLimit-Remaining"] = "0";
            headers["X-RateLimit-Reset"] = (now.ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture);
        }

        return Fault.Answer(match, 429, """
            {"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}
            """) with { Headers = headers };
    }

    private Random RandomOf(int index, int purpose) => new(unchecked((((_seed * 31) + purpose) * 1_000_003) ^ (index * 7919)));
}
