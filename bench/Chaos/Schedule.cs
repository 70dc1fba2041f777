using System.Globalization;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.Chaos;

/// <summary>What goes wrong at a certain moment, beside the faults that are dealt all the time.</summary>
internal enum Mishap
{
    /// <summary>The tenant breaks every connection without an answer.</summary>
    TenantGone,

    /// <summary>The vault breaks connections, hangs or answers 503.</summary>
    VaultDown,

    /// <summary>The tenant has another client secret, and when it is over the vault has it too.</summary>
    SecretRotated,

    /// <summary>The tenant takes none of the Management API tokens that it has granted.</summary>
    TokensRevoked,

    /// <summary>The tenant signs with another key, and all callers sign in anew.</summary>
    KeysRotated,
}

/// <summary>A mishap in time.</summary>
/// <param name="What">What happens.</param>
/// <param name="At">When, from the beginning.</param>
/// <param name="For">How long; nothing for what happens in a moment.</param>
internal sealed record Event(Mishap What, TimeSpan At, TimeSpan For = default)
{
    public TimeSpan Until => At + For;
}

/// <summary>
/// What goes wrong when: of two runs with one seed and length, both go through the same. (Which request meets which fault depends
/// on who comes first.)
/// </summary>
internal sealed class Schedule
{
    /// <summary>How long a Management API token lives.</summary>
    public const int TokenSeconds = 5;

    /// <summary>How long a run goes on when the faults have ended.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    /// <summary>How often faults are dealt.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// In the last seconds before the calm nobody is told to wait, and nobody is kept waiting for a token: a wait that the
    /// functions were asked for is none of theirs.
    /// </summary>
    private static readonly TimeSpan NoMoreWaits = TimeSpan.FromSeconds(4);

    private const string Users = "* /api/v2/*";
    private const string Token = "POST /oauth/token";
    private const string Keys = "GET /.well-known/*";

    /// <summary>For so many requests of a tick faults are dealt: more than there will be.</summary>
    private const int RequestsOfATick = 600;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(50);

    /// <summary>Keys are rotated once in so many rounds: the functions read them again once in five minutes and no more.</summary>
    private const int RoundsOfAKey = 7;

    private readonly int _seed;

    public Schedule(int seed, TimeSpan length)
    {
        _seed = seed;
        FaultsEnd = length - Calm;
        Events = [.. Enumerable.Range(0, (int)Math.Ceiling(FaultsEnd / Round)).SelectMany(RoundOf).Where(mishap => mishap.Until <= FaultsEnd - TimeSpan.FromSeconds(1)).OrderBy(mishap => mishap.At)];
    }

    /// <summary>When the faults end.</summary>
    public TimeSpan FaultsEnd { get; }

    /// <summary>The mishaps, in their order.</summary>
    public IReadOnlyList<Event> Events { get; }

    /// <summary>How often something happens.</summary>
    public int Count(Mishap what) => Events.Count(mishap => mishap.What == what);

    /// <summary>What goes on at a moment.</summary>
    public Event? At(TimeSpan moment, Mishap what) => Events.FirstOrDefault(mishap => mishap.What == what && mishap.At <= moment && moment < mishap.Until);

    /// <summary>How many grants a tick spoils that the tenant takes for given.</summary>
    public int GrantsLost => Enumerable.Range(0, (int)(FaultsEnd / Tick)).Count(tick => KindOfTokenFault(RandomOf(tick, 1)) is "truncated");

    /// <summary>The tenant's faults for the requests of a tick, when it is there.</summary>
    /// <param name="tick">Which tick.</param>
    /// <param name="calm">What a request that hangs waits for.</param>
    /// <param name="now">The clock, for the moments that rate limits name.</param>
    public IEnumerable<Fault> Deal(int tick, Task calm, DateTimeOffset now)
    {
        var noMoreWaits = (tick * Tick) > FaultsEnd - NoMoreWaits;
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

            yield return Make(kind, Users, random, calm, now);
        }

        random = RandomOf(tick, 1);
        if (KindOfTokenFault(random) is { } token && !(noMoreWaits && token is "429 soon" or "hangs" or "late"))
        {
            yield return Make(token, Token, random, calm, now);
        }

        random = RandomOf(tick, 2);
        if (KindOfKeyFault(random) is { } keys)
        {
            yield return Make(keys, Keys, random, calm, now);
        }
    }

    /// <summary>How the vault is down.</summary>
    public static IEnumerable<Fault> VaultDown(Event down, Task up) => ((int)down.At.TotalMilliseconds % 3) switch
    {
        0 => [new Fault { Match = "*", Times = null, Mode = FaultMode.Abort }],
        1 => [Fault.Answer("*", 503, """{"error":{"code":"ServiceUnavailable","message":"Try again."}}""") with { Times = null }],
        _ => [new Fault { Match = "*", Times = null, Until = up }],
    };

    /// <summary>How long the body of the tenant's n-th answer trickles, which is seldom; else null.</summary>
    public TimeSpan? Trickle(long answer)
    {
        var random = RandomOf((int)answer, 3);
        return random.Next(100) is 0 ? TimeSpan.FromMilliseconds(random.Next(500, 6_000)) : null;
    }

    /// <summary>
    /// Whether the tenant's n-th answer to a window of an export comes back empty, as if there were nobody in it. That is a thing of its
    /// search index, not of bad times: it goes on in the calm, and an export gets over it.
    /// </summary>
    public bool LosesWindow(long answer) => (answer + _seed) % 15 is 0;

    private IEnumerable<Event> RoundOf(int round)
    {
        var random = RandomOf(round, 4);
        var begin = round * Round;
        var tenantFirst = random.Next(2) is 0;
        var first = Between(8, 14);
        var second = Between(28, 36);
        var vault = new Event(Mishap.VaultDown, tenantFirst ? second : first, TimeSpan.FromSeconds(10));
        yield return vault;
        yield return new Event(Mishap.TenantGone, tenantFirst ? first : second, TimeSpan.FromSeconds(5));

        // Else nobody would want anything of the vault.
        yield return new Event(Mishap.SecretRotated, vault.At);
        var leak = Between(20, 24);
        yield return new Event(Mishap.SecretRotated, leak, TimeSpan.FromMilliseconds(random.Next(1000, 3000)));
        yield return new Event(Mishap.TokensRevoked, leak);
        for (var i = 0; i < 3; i++)
        {
            yield return new Event(Mishap.TokensRevoked, Between(1, 49));
        }

        // Away from the tenant's absence: who cannot read the keys tries again half a minute later.
        if (round % RoundsOfAKey is 0)
        {
            yield return new Event(Mishap.KeysRotated, Between(2, 5));
        }

        TimeSpan Between(int from, int to) => begin + TimeSpan.FromMilliseconds(random.Next(from * 1000, to * 1000));
    }

    /// <summary>In a thousand requests: 50 of 429, 20 of 5xx, and so on.</summary>
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

    /// <summary>Only what the next try mends: who cannot read the keys tries again half a minute later.</summary>
    private static string? KindOfKeyFault(Random random) => random.Next(100) switch
    {
        < 10 => "429 soon",
        < 20 => "5xx",
        < 30 => "aborted",
        < 35 => "error page",
        _ => null,
    };

    private static Fault Make(string kind, string match, Random random, Task calm, DateTimeOffset now) => kind switch
    {
        "429 soon" => TooMany(match, random.Next(1, 4), random.Next(3), now),
        "429 late" => TooMany(match, random.Next(20, 60), random.Next(3), now),
        "5xx" => Fault.Answer(match, random.Next(500, 505), """{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}"""),
        "hangs" => new Fault { Match = match, Until = calm },
        "aborted" => new Fault { Match = match, Mode = FaultMode.Abort },
        "truncated" => new Fault { Match = match, Mode = FaultMode.Truncate },
        "half a JSON" => Fault.Answer(match, 200, """{"start":0,"limit":50,"length":50,"users":[{"user_id":"auth0|5f7c"""),
        "sign-in page" => Fault.Answer(match, 200, "<html><title>Sign in to the network</title></html>", "text/html"),
        "error page" => Fault.Answer(match, 503, "<html><title>503 Service Unavailable</title></html>", "text/html"),
        "late" => new Fault { Match = match, DelayMs = random.Next(200, 3_000) },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such fault."),
    };

    /// <summary>A 429 in one of the forms in which it comes.</summary>
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

        return Fault.Answer(match, 429, """{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}""") with { Headers = headers };
    }

    private Random RandomOf(int index, int purpose) => new(unchecked((((_seed * 31) + purpose) * 1_000_003) ^ (index * 7919)));
}
