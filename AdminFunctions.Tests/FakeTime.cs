namespace AdminFunctions.Tests;

/// <summary>A clock that stands still until a test moves it, and that lets a test wait until somebody waits on it.</summary>
/// <remarks>
/// The time of day (<see cref="GetUtcNow"/>) can be put forward or back, as an administrator or NTP does; what has passed
/// (<see cref="GetTimestamp"/>, and timers) is not touched by that.
/// </remarks>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _armed = [];
    private readonly List<(Func<TimeSpan, bool> Matches, TaskCompletionSource Armed)> _watchers = [];
    private DateTimeOffset _now = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);
    private TimeSpan _putForward;

    public FakeTime() => Elsewhere = new OtherClock(this);

    /// <summary>The clock of another machine: the same time passes there, and nobody puts it forward or back.</summary>
    public TimeProvider Elsewhere { get; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now + _putForward;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.UtcTicks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Puts the time of day back. No time passes.</summary>
    public void PutBack(TimeSpan by)
    {
        lock (_gate)
        {
            _putForward -= by;
        }
    }

    /// <summary>Moves the clock on and fires what has become due, in its order.</summary>
    public void Advance(TimeSpan by)
    {
        var until = new DateTimeOffset(GetTimestamp(), TimeSpan.Zero) + by;
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

    private sealed class OtherClock(FakeTime time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => new(time.GetTimestamp(), TimeSpan.Zero);

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
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
