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
    public async Task<T> RunAsync<T>(Func<Task<T>> send, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(send);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await Task.Delay(Wait(), time, cancellationToken);
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
