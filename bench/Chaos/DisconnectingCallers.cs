using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using AdminFunctions.LocalHost;

namespace AdminFunctions.Chaos;

/// <summary>
/// Callers who send a deletion and close the connection at once. Nobody reads their answers: what became of them, the audit trail
/// has to tell.
/// </summary>
internal sealed class Leavers(LocalTenantAndVault local, Uri address, People people, Trail trail)
{
    private const int AtOnce = 2;

    private readonly ConcurrentQueue<Attempt> _attempts = new();

    /// <summary>How many attempts have reached the functions.</summary>
    public int Arrived => _attempts.Count(attempt => trail.HasArrived(attempt.TraceId));

    /// <summary>Calls until the end.</summary>
    /// <param name="seed">What is called for.</param>
    /// <param name="serves">Done when the functions have served somebody: before they have the tenant's keys, nobody's token is good or bad.</param>
    /// <param name="length">How long.</param>
    public async Task RunAsync(int seed, Func<bool> serves, TimeSpan length)
    {
        using var end = new CancellationTokenSource(length);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(leaver => Task.Run(async () =>
        {
            var random = new Random(unchecked((seed * 1_000_003) - leaver - 1));
            while (!end.IsCancellationRequested)
            {
                if (serves())
                {
                    await AttemptAsync(random);
                }

                await Task.Delay(random.Next(10, 60), CancellationToken.None);
            }
        })));
    }

    /// <summary>Holds the trail against what was attempted, when all is over.</summary>
    /// <param name="law">Who hangs up changes no outcome.</param>
    public void Check(Law law)
    {
        foreach (var attempt in _attempts.Where(attempt => trail.HasArrived(attempt.TraceId)))
        {
            var outcome = trail.OutcomeOf(attempt.TraceId);
            if (attempt.Refusal is { } refusal)
            {
                // Of those whom nobody knows, some are only counted.
                law.Check(outcome == refusal || (outcome is null && attempt.MayBeLeftOut), () => $"A {refusal} became {outcome ?? "nothing"}.");
            }
            else
            {
                var isGone = people.Directory.Find(attempt.Id) is null;
                law.Check(
                    isGone ? outcome is "done" or "no-such-user" || outcome?.StartsWith("tenant-", StringComparison.Ordinal) is true : outcome is not "done",
                    () => $"{attempt.Id} is {(isGone ? "gone" : "there")}, and the trail says {outcome ?? "nothing"}.");
            }
        }

        foreach (var kind in _attempts.Where(attempt => attempt.MayBeLeftOut && trail.HasArrived(attempt.TraceId)).GroupBy(attempt => attempt.Refusal!))
        {
            law.Check(trail.Count(kind.Key) == kind.Count(), () => $"{kind.Count()} were refused with {kind.Key}, and the trail has {trail.Count(kind.Key)}.");
        }
    }

    private async Task AttemptAsync(Random random)
    {
        if (Next(random.Next(4)) is not ({ } attempt, { } token))
        {
            return;
        }

        _attempts.Enqueue(attempt);
        var request = $"DELETE /api/users/{Uri.EscapeDataString(attempt.Id)} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {token}\r\ntraceparent: {attempt.TraceParent}\r\n\r\n";
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        if (random.Next(2) is 0)
        {
            await Task.Delay(random.Next(1, 20));
        }
    }

    private (Attempt Attempt, string Token)? Next(int kind)
    {
        var traceId = ActivityTraceId.CreateRandom();
        var fresh = "";
        return kind switch
        {
            0 => (new Attempt(traceId, Load.Caller, "self-deletion"), Token("delete:users")),
            1 => (new Attempt(traceId, Load.Caller, "insufficient-permission", MayBeLeftOut: true), Token("read:users")),
            2 => (new Attempt(traceId, Load.Caller, "invalid-token", MayBeLeftOut: true), local.Tenant.MintAccessToken(Load.Caller, ["delete:users"], TimeSpan.FromHours(-1))),
            _ when people.TryTake(out fresh) => (new Attempt(traceId, fresh, Refusal: null), Token("delete:users")),
            _ => null,
        };
    }

    private string Token(string permission) => local.Tenant.MintAccessToken(Load.Caller, [permission]);

    /// <param name="Trace">By which the trail names it.</param>
    /// <param name="Id">Who is to be deleted.</param>
    /// <param name="Refusal">The slug that it is refused with; <see langword="null"/> for a deletion that is in order.</param>
    /// <param name="MayBeLeftOut">Whether the caller is one of those of whom only so many a minute are written down.</param>
    private sealed record Attempt(ActivityTraceId Trace, string Id, string? Refusal, bool MayBeLeftOut = false)
    {
        public string TraceId { get; } = Trace.ToHexString();

        public string TraceParent { get; } = Trail.TraceParent(Trace);
    }
}
