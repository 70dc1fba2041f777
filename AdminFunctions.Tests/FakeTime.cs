namespace AdminFunctions.Tests;

/// <summary>A clock that stands still until a test moves it, and that lets a test wait until somebody waits on it.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _armed = [];
    private readonly List<(Func<TimeSpan, bool> Matches, TaskCompletionSource Armed)> _watchers = [];
    private DateTimeOffset _now = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on and fires what has become due, in its order.</summary>
    public void Advance(TimeSpan by)
    {
        var until = GetUtcNow() + by;
        while (true)
        {
            FakeTimer? due;
            lock (_gate)
            {
                due = _armed.Where(timer => timer.DueAt <= until).MinBy(timer => timer.DueAt);
                _now = due?.DueAt ?? until;
                if (due is null)
                {
                    return;
                }

                _armed.Remove(due);
            }

            due.Fire();
        }
    }

    /// <summary>Completes when somebody waits, now or later, for a time from now that matches.</summary>
    public async Task WhenSomeoneWaitsAsync(Func<TimeSpan, bool> matches)
    {
        var watcher = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_armed.Any(timer => matches(timer.DueAt - _now)))
            {
                return;
            }

            _watchers.Add((matches, watcher));
        }

        await watcher.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Moves the clock on to the end of the next wait that was begun, now or later, for a time that matches.</summary>
    public async Task PassAsync(Func<TimeSpan, bool> matches)
    {
        while (true)
        {
            TimeSpan? left;
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                left = _armed.Where(timer => matches(timer.Asked)).Min(timer => timer.DueAt - _now as TimeSpan?);
                if (left is null)
                {
                    _watchers.Add((matches, begun));
                }
            }

            if (left is { } wait)
            {
                Advance(wait);
                return;
            }

            await begun.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    private void Arm(FakeTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _armed.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            timer.Asked = dueTime;
            timer.DueAt = _now + dueTime;
            _armed.Add(timer);
            foreach (var (_, armedSource) in _watchers.Where(watcher => watcher.Matches(dueTime)))
            {
                armedSource.TrySetResult();
            }
        }
    }

    private void Disarm(FakeTimer timer)
    {
        lock (_gate)
        {
            _armed.Remove(timer);
        }
    }

    /// <summary>A timer that fires once: nobody here asks for periods.</summary>
    private sealed class FakeTimer(FakeTime time, Action fire) : ITimer
    {
        public TimeSpan Asked { get; set; }

        public DateTimeOffset DueAt { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
            {
                throw new NotSupportedException("This clock has no periodic timers.");
            }

            time.Arm(this, dueTime);
            return true;
        }

        public void Dispose() => time.Disarm(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
