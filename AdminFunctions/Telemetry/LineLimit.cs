namespace AdminFunctions.Telemetry;

/// <summary>
/// Keeps anonymous callers from flooding the log. It allows a number of lines of each kind per minute and counts the rest; the first
/// call after that minute logs the count.
/// </summary>
/// <remarks>The count is not logged by a timer, because the Functions host drops what a worker logs outside an invocation.</remarks>
/// <param name="writeLeftOut">Logs how many lines of a kind were omitted.</param>
internal sealed class LineLimit(TimeProvider time, Action<string, int> writeLeftOut) : IDisposable
{
    /// <summary>How many lines of a kind are written per minute.</summary>
    public const int LinesAMinute = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Minute> _minutes = new(StringComparer.Ordinal);
    private readonly long _begun = time.GetTimestamp();
    private long _writeAt = long.MaxValue;

    /// <summary>Returns whether one more line of this kind may be written. If not, it is counted.</summary>
    public bool TryTake(string kind)
    {
        WriteLeftOut();
        var now = Now;
        lock (_gate)
        {
            if (!_minutes.TryGetValue(kind, out var minute) || (minute.EndsAt <= now && minute.LeftOut == 0))
            {
                minute = _minutes[kind] = new Minute(now + TimeSpan.TicksPerMinute);
            }

            if (minute.Written < LinesAMinute)
            {
                minute.Written++;
                return true;
            }

            minute.LeftOut++;
            Interlocked.Exchange(ref _writeAt, Math.Min(_writeAt, minute.EndsAt));
            return false;
        }
    }

    /// <summary>Logs the counts of minutes that have ended. It returns at once if there are none.</summary>
    public void WriteLeftOut()
    {
        if (Interlocked.Read(ref _writeAt) is var at && at < long.MaxValue && at <= Now)
        {
            WriteLeftOut(Now);
        }
    }

    /// <summary>The ticks since this was created, independent of the system's date and time.</summary>
    private long Now => time.GetElapsedTime(_begun).Ticks;

    /// <summary>Logs the counts so far.</summary>
    public void Dispose() => WriteLeftOut(long.MaxValue);

    private void WriteLeftOut(long endedBy)
    {
        List<(string Kind, int LeftOut)> ended;
        lock (_gate)
        {
            ended =
            [
                .. _minutes
                    .Where(minute => minute.Value.LeftOut > 0 && minute.Value.EndsAt <= endedBy)
                    .Select(minute => (minute.Key, minute.Value.LeftOut)),
            ];
            foreach (var (kind, _) in ended)
            {
                _minutes.Remove(kind);
            }

            var left = _minutes.Values.Where(minute => minute.LeftOut > 0).Select(minute => minute.EndsAt);
            Interlocked.Exchange(ref _writeAt, left.DefaultIfEmpty(long.MaxValue).Min());
        }

        foreach (var (kind, leftOut) in ended)
        {
            writeLeftOut(kind, leftOut);
        }
    }

    private sealed class Minute(long endsAt)
    {
        public long EndsAt => endsAt;

        public int Written { get; set; }

        public int LeftOut { get; set; }
    }
}
