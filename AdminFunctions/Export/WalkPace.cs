using AdminFunctions.Management;

namespace AdminFunctions.Export;

/// <summary>
/// Keeps exports from taking the tenant's rate limit from everyone else: the emptier its bucket, the longer they wait between
/// their requests. So they settle where the bucket is refilled as fast as they draw from it, some way above its bottom.
/// </summary>
/// <param name="http">Where the rate limit is read off.</param>
/// <param name="time">The clock of the waits.</param>
public sealed class WalkPace(TenantHttp http, TimeProvider time) : IDisposable
{
    /// <summary>The wait when half of what the exports may draw from is gone.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait while there is something left, and the shortest when there is nothing.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait for a bucket that is empty: what the tenant says of it may be wrong.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly RateLimit _limit = http.RateLimit;
    private readonly SemaphoreSlim _turn = new(1);
    private int _underWay;

    /// <summary>Sends a request when its time has come; the exports of this process take turns.</summary>
    /// <param name="send">Sends it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TenantException">The request that is being served here has no time left for the wait.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> send, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(send);

        // An export that has not begun learns at once when to come again.
        var budget = RequestBudget.Current;
        if (Wait() is var needed && needed >= budget?.Remaining)
        {
            throw TenantErrors.RateLimited(needed, "an export");
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget?.Token ?? default);
        await _turn.WaitAsync(ended.Token);
        try
        {
            await WaitAsync(ended.Token);
            Interlocked.Increment(ref _underWay);
        }
        finally
        {
            _turn.Release();
        }

        try
        {
            return await send();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Waits, and no longer than what others' answers say of the bucket meanwhile. Delays have whole milliseconds.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + Wait();
        while (until - time.GetUtcNow() is { TotalMilliseconds: >= 1 } left)
        {
            await Task.Delay(left < LongestStep ? left : LongestStep, time, cancellationToken);
            var again = time.GetUtcNow() + Wait();
            until = again < until ? again : until;
        }
    }

    private TimeSpan Wait()
    {
        if (_limit is not { Limit: { } limit, Remaining: { } remaining })
        {
            return TimeSpan.Zero;
        }

        // The upper half of the bucket is for bursts, the exports' included.
        var half = Math.Max(1, limit / 2);
        var left = remaining - Volatile.Read(ref _underWay);
        return left >= half ? TimeSpan.Zero
            : left > 0 ? Clamp(Step * ((double)(half - left) / left), TimeSpan.Zero, LongestStep)
            : Clamp(_limit.UntilReset, LongestStep, LongestWait);
    }

    private static TimeSpan Clamp(TimeSpan wait, TimeSpan shortest, TimeSpan longest) =>
        wait < shortest ? shortest : wait > longest ? longest : wait;
}
