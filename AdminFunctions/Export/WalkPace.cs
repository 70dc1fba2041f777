using AdminFunctions.Management;

namespace AdminFunctions.Export;

/// <summary>
/// Keeps exports from taking the tenant's rate limit from everyone else: the emptier its bucket, the longer they wait between
/// their requests. So they settle where the bucket is refilled as fast as they draw from it, some way above its bottom.
/// </summary>
/// <remarks>
/// The exports of this process take turns, a request a turn. The next turn goes to the export whose last one is the longest
/// ago: they go round, and one that has just come is next.
/// </remarks>
/// <param name="http">Where the rate limit is read off.</param>
/// <param name="time">The clock of the waits.</param>
public sealed class WalkPace(TenantHttp http, TimeProvider time)
{
    /// <summary>The wait when half of what the exports may draw from is gone.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait while there is something left, and the shortest when there is nothing.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait for a bucket that is empty: what the tenant says of it may be wrong.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly RateLimit _limit = http.RateLimit;
    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiting = [];
    private bool _isTaken;
    private long _turns;
    private int _underWay;

    /// <summary>Lets an export join the round.</summary>
    internal Walker Join() => new(this);

    private async Task<T> RunAsync<T>(Walker walker, Func<Task<T>> send, CancellationToken cancellationToken)
    {
        // An export that has not begun learns at once when to come again.
        var budget = RequestBudget.Current;
        if (Wait() is var needed && needed >= budget?.Remaining)
        {
            throw TenantErrors.RateLimited(needed);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget?.Token ?? default);
        try
        {
            await TakeTurnAsync(walker, ended.Token);
            try
            {
                await WaitAsync(ended.Token);
                Interlocked.Increment(ref _underWay);
            }
            finally
            {
                PassTurn();
            }
        }
        catch (OperationCanceledException) when (budget?.Remaining <= TimeSpan.Zero)
        {
            // Auth0 was not asked: that it did not answer in time would be untrue.
            throw Wait() is var wait && wait > TimeSpan.Zero
                ? TenantErrors.RateLimited(wait)
                : new TooManyExportsException("Other exports took all the time that this one had to begin. Try again shortly.", ExportSlots.RetryAfter);
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

    private async Task TakeTurnAsync(Walker walker, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                walker.LastTurn = ++_turns;
                return;
            }

            waiter = new Waiter(walker);
            _waiting.Add(waiter);
        }

        await using var leaves = cancellationToken.UnsafeRegister(_ => Leave(waiter, cancellationToken), state: null);
        await waiter.Turn.Task;
    }

    /// <summary>Gives up waiting; too late if the turn has come, which is then passed on as any other.</summary>
    private void Leave(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiting.Remove(waiter))
            {
                waiter.Turn.SetCanceled(cancellationToken);
            }
        }
    }

    private void PassTurn()
    {
        lock (_gate)
        {
            // The first of an export's own requests: they wait in their order.
            var next = _waiting.MinBy(static waiter => waiter.Walker.LastTurn);
            _isTaken = next is not null;
            if (next is not null)
            {
                _waiting.Remove(next);
                next.Walker.LastTurn = ++_turns;
                next.Turn.SetResult();
            }
        }
    }

    /// <summary>Waits, and no longer than what others' answers say of the bucket meanwhile. Delays have whole milliseconds.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var wait = Wait();
        while (wait - time.GetElapsedTime(began) is { TotalMilliseconds: >= 1 } left)
        {
            await Task.Delay(left < LongestStep ? left : LongestStep, time, cancellationToken);
            var again = time.GetElapsedTime(began) + Wait();
            wait = again < wait ? again : wait;
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

    /// <summary>An export in the round.</summary>
    /// <param name="pace">The round.</param>
    internal sealed class Walker(WalkPace pace)
    {
        /// <summary>The number of its last turn; 0 before its first.</summary>
        public long LastTurn { get; set; }

        /// <summary>Sends a request when its turn and its time have come.</summary>
        /// <param name="send">Sends it.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="TenantException">The request that is being served here has no time left for the wait.</exception>
        public Task<T> RunAsync<T>(Func<Task<T>> send, CancellationToken cancellationToken) => pace.RunAsync(this, send, cancellationToken);
    }

    private sealed class Waiter(Walker walker)
    {
        public Walker Walker => walker;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
