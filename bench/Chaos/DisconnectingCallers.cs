using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using AdminFunctions.LocalHost;

namespace AdminFunctions.Chaos;

/// <summary>
/// Callers who request a deletion and close the connection at once. They do not read the response, so only the audit trail has the
/// outcome.
/// </summary>
internal sealed class DisconnectingCallers(LocalTenantAndVault local, Uri address, TestUsers testUsers, AuditLog auditLog)
{
    private const int Callers = 2;

    private readonly ConcurrentQueue<Attempt> _attempts = new();

    /// <summary>The number of attempts that have reached the functions.</summary>
    public int Arrived => _attempts.Count(attempt => auditLog.HasArrived(attempt.TraceId));

    /// <summary>Makes calls until the end.</summary>
    /// <param name="seed">Determines the calls.</param>
    /// <param name="serves">Whether a call has succeeded. Before the functions have the signing keys, they cannot validate tokens.</param>
    /// <param name="length">The length of the run.</param>
    public async Task RunAsync(int seed, Func<bool> serves, TimeSpan length)
    {
        using var end = new CancellationTokenSource(length);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(unchecked((seed * 1_000_003) - caller - 1));
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

    /// <summary>Compares the audit trail with the attempts, after the run.</summary>
    /// <param name="invariant">A caller who disconnects changes no outcome.</param>
    public void Check(Invariant invariant)
    {
        foreach (var attempt in _attempts.Where(attempt => auditLog.HasArrived(attempt.TraceId)))
        {
            var outcome = auditLog.OutcomeOf(attempt.TraceId);
            if (attempt.Refusal is { } refusal)
            {
                // Some refusals of callers who are not admitted are only counted.
                invariant.Check(
                    outcome == refusal || (outcome is null && attempt.CanBeOmitted),
                    () => $"Expected {refusal}, but the audit trail has {outcome ?? "nothing"}.");
            }
            else
            {
                var isGone = testUsers.Directory.Find(attempt.Id) is null;
                invariant.Check(
                    isGone
                        ? outcome is "done" or "no-such-user" || outcome?.StartsWith("tenant-", StringComparison.Ordinal) is true
                        : outcome is not "done",
                    () => $"{attempt.Id} {(isGone ? "is gone" : "exists")}, but the audit trail has {outcome ?? "nothing"}.");
            }
        }

        foreach (var kind in _attempts.Where(attempt => attempt.CanBeOmitted && auditLog.HasArrived(attempt.TraceId))
            .GroupBy(attempt => attempt.Refusal!))
        {
            var (attempts, entries) = (kind.Count(), auditLog.Count(kind.Key));
            invariant.Check(
                attempts == entries, () => $"{attempts} attempts were refused with {kind.Key}, but the audit trail has {entries}.");
        }
    }

    private async Task AttemptAsync(Random random)
    {
        if (Next(random.Next(4)) is not ({ } attempt, { } token))
        {
            return;
        }

        _attempts.Enqueue(attempt);
        var request = $"DELETE /api/users/{Uri.EscapeDataString(attempt.Id)} HTTP/1.1\r\nHost: {address.Authority}\r\n"
            + $"Authorization: Bearer {token}\r\ntraceparent: {attempt.TraceParent}\r\n\r\n";
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
            1 => (new Attempt(traceId, Load.Caller, "insufficient-permission", CanBeOmitted: true), Token("read:users")),
            2 => (
                new Attempt(traceId, Load.Caller, "invalid-token", CanBeOmitted: true),
                local.Tenant.MintAccessToken(Load.Caller, ["delete:users"], TimeSpan.FromHours(-1))),
            _ when testUsers.TryTake(out fresh) => (new Attempt(traceId, fresh, Refusal: null), Token("delete:users")),
            _ => null,
        };
    }

    private string Token(string permission) => local.Tenant.MintAccessToken(Load.Caller, [permission]);

    /// <param name="Trace">The trace ID in the audit trail.</param>
    /// <param name="Id">The user to delete.</param>
    /// <param name="Refusal">The slug of the expected refusal; <see langword="null"/> for a valid deletion.</param>
    /// <param name="CanBeOmitted">Whether the refusal is rate-limited in the audit trail.</param>
    private sealed record Attempt(ActivityTraceId Trace, string Id, string? Refusal, bool CanBeOmitted = false)
    {
        public string TraceId { get; } = Trace.ToHexString();

        public string TraceParent { get; } = AuditLog.TraceParent(Trace);
    }
}
