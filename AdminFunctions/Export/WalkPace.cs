using AdminFunctions.Management;

namespace AdminFunctions.Export;

/// <summary>
/// Slows exports down, so that they do not use up the tenant's rate limit. The emptier the bucket is, the longer an export waits before a
/// request. So exports reach the speed at which the bucket is refilled, while some requests are left for other functions.
/// </summary>
/// <remarks>
/// The exports of this process take turns, one request per turn. The next turn goes to the export that has waited longest since its last
/// turn. An export that has just started is next. Executions of plans take part, with one user per turn.
/// </remarks>
public sealed class WalkPace
{
    /// <summary>The wait when half of the exports' part of the bucket is used up.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait while the bucket has requests left, and the shortest when it is empty.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait for an empty bucket, in case the tenant's headers are wrong.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly RateLimit _limit;
    private readonly RateLimits? _all;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiting = [];
    private bool _isTaken;
    private long _turns;
    private int _underWay;

    /// <summary>Creates the pace of reading users.</summary>
    /// <param name="http">The client that knows the rate limit.</param>
    public WalkPace(TenantHttp http, TimeProvider time)
        : this((http ?? throw new ArgumentNullException(nameof(http))).RateLimits.ReadUsers, time) => _all = http.RateLimits;

    internal WalkPace(RateLimit limit, TimeProvider time) => (_limit, _time) = (limit, time);

    /// <summary>Adds an export to those that take turns.</summary>
    internal Walker Join() => new(this);

    private async Task<T> RunAsync<T>(Walker walker, int requests, Func<Task<T>> send, CancellationToken cancellationToken)
    {
        // An export that has not begun fails at once and says when to retry.
        var budget = RequestBudget.Current;
        if (Wait(requests) is var needed && needed >= budget?.Remaining)
        {
            throw TenantErrors.RateLimited(needed);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget?.Token ?? default);
        try
        {
            await TakeTurnAsync(walker, ended.Token);
            try
            {
                await WaitAsync(requests, ended.Token);
                Interlocked.Add(ref _underWay, requests);
            }
            finally
            {
                PassTurn();
            }
        }
        catch (OperationCanceledException) when (budget?.Remaining <= TimeSpan.Zero)
        {
            // No request was sent, so a timeout of Auth0 would be the wrong error.
            throw Wait(requests) is var wait && wait > TimeSpan.Zero
                ? TenantErrors.RateLimited(wait)
                : new TooManyExportsException(
                    "Other exports took all the time that this one had to begin. Try again shortly.", ExportSlots.RetryAfter);
        }

        try
        {
            return await send();
        }
        finally
        {
            Interlocked.Add(ref _underWay, -requests);
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

    /// <summary>Stops waiting. If the turn has already come, it is passed on as usual.</summary>
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
            // Of several requests of one export, MinBy returns the first.
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

    /// <summary>
    /// Waits. The wait becomes shorter if responses to other requests show that the bucket is fuller. Task.Delay takes whole milliseconds.
    /// </summary>
    private async Task WaitAsync(int requests, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var wait = Wait(requests);
        while (wait - _time.GetElapsedTime(began) is { TotalMilliseconds: >= 1 } left)
        {
            await Task.Delay(left < LongestStep ? left : LongestStep, _time, cancellationToken);
            var again = _time.GetElapsedTime(began) + Wait(requests);
            wait = again < wait ? again : wait;
        }
    }

    private TimeSpan Wait(int requests)
    {
        if (_limit is not { Limit: { } limit, Remaining: { } remaining })
        {
            return TimeSpan.Zero;
        }

        var left = remaining - Volatile.Read(ref _underWay) - (requests - 1);
        var untilRefilled = left > 0 ? TimeSpan.Zero : Clamp(_limit.UntilReset, LongestStep, LongestWait);
        if (_all?.IsOne is true)
        {
            // Two requests a second, for everyone. One of them is left to others.
            var turn = LongestStep * requests;
            return untilRefilled > turn ? untilRefilled : turn;
        }

        // The upper half of the bucket is for bursts, also those of exports.
        var half = Math.Max(1, limit / 2);
        return left >= half ? TimeSpan.Zero
            : left > 0 ? Clamp(Step * ((double)(half - left) / left), TimeSpan.Zero, LongestStep)
            : untilRefilled;
    }

    private static TimeSpan Clamp(TimeSpan wait, TimeSpan shortest, TimeSpan longest) =>
        wait < shortest ? shortest : wait > longest ? longest : wait;

    /// <summary>An export that takes turns with others.</summary>
    internal sealed class Walker(WalkPace pace)
    {
        /// <summary>The number of its last turn; 0 before its first.</summary>
        public long LastTurn { get; set; }

        /// <summary>Waits for the export's turn and for the rate limit, then sends a request.</summary>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="TenantException">The wait is longer than the remaining time of the call.</exception>
        /// <exception cref="TooManyExportsException">The time of the call ended while other exports had their turns.</exception>
        public Task<T> RunAsync<T>(Func<Task<T>> send, CancellationToken cancellationToken) => RunAsync(1, send, cancellationToken);

        /// <summary>Waits for a turn in which several requests are sent.</summary>
        /// <inheritdoc cref="RunAsync{T}(Func{Task{T}}, CancellationToken)"/>
        public Task<T> RunAsync<T>(int requests, Func<Task<T>> send, CancellationToken cancellationToken) =>
            pace.RunAsync(this, requests, send, cancellationToken);
    }

    private sealed class Waiter(Walker walker)
    {
        public Walker Walker => walker;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
