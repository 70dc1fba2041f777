namespace AdminFunctions.Tests;

/// <summary>A clock that a test advances. The test can wait until the code under test starts to wait.</summary>
/// <remarks>
/// <para>
/// The system time (<see cref="GetUtcNow"/>) can be set back, as an administrator or NTP does. That affects neither elapsed time
/// (<see cref="GetTimestamp"/>) nor timers.
/// </para>
/// <para>
/// Microsoft.Extensions.TimeProvider.Testing does not replace it. It does not tell a test that a timer has been created; its
/// AdjustTime changes elapsed time too; and while it advances, timers see the final time instead of the time at which they are due.
/// </para>
/// </remarks>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _armed = [];
    private readonly List<(Func<TimeSpan, bool> Matches, TaskCompletionSource Armed)> _watchers = [];
    private DateTimeOffset _now = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);
    private TimeSpan _putForward;

    public FakeTime() => Elsewhere = new OtherClock(this);

    /// <summary>The clock of another machine, which advances with this one and is not set back.</summary>
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

    /// <summary>Sets the system time back. No time elapses.</summary>
    public void PutBack(TimeSpan by)
    {
        lock (_gate)
        {
            _putForward -= by;
        }
    }

    /// <summary>Advances the clock, and fires timers in the order in which they are due, each at its own time.</summary>
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

    /// <summary>Completes as soon as there is a wait whose remaining time matches.</summary>
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

    /// <summary>Advances the clock to the end of the next wait whose whole time matches, as soon as there is one.</summary>
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

    /// <summary>Fires once; periods are not supported.</summary>
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
