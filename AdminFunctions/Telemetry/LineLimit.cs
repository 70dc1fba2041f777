namespace AdminFunctions.Telemetry;

/// <summary>
/// Keeps those whom nobody knows from flooding the log: of each kind so many lines a minute are written, the others are counted,
/// and the next call after that minute, whoever's it is, has their number written.
/// </summary>
/// <remarks>
/// No timer writes it: what a worker logs while it serves no call does not get out of the Functions host.
/// </remarks>
/// <param name="time">The clock of the minutes.</param>
/// <param name="writeLeftOut">Writes how many lines of which kind were left out.</param>
internal sealed class LineLimit(TimeProvider time, Action<string, int> writeLeftOut) : IDisposable
{
    /// <summary>How many lines of a kind are written in a minute.</summary>
    public const int LinesAMinute = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Minute> _minutes = new(StringComparer.Ordinal);
    private readonly long _begun = time.GetTimestamp();
    private long _writeAt = long.MaxValue;

    /// <summary>Whether one more line may be written. If not, it has been counted.</summary>
    /// <param name="kind">Its kind, one of a few.</param>
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

    /// <summary>Writes what was left out in minutes that are over. Costs nothing while there is none.</summary>
    public void WriteLeftOut()
    {
        if (Interlocked.Read(ref _writeAt) is var at && at < long.MaxValue && at <= Now)
        {
            WriteLeftOut(Now);
        }
    }

    /// <summary>The ticks that have passed since this began, whatever the machine's clock says of the time of day.</summary>
    private long Now => time.GetElapsedTime(_begun).Ticks;

    /// <summary>Writes what was left out so far.</summary>
    public void Dispose() => WriteLeftOut(long.MaxValue);

    private void WriteLeftOut(long endedBy)
    {
        List<(string Kind, int LeftOut)> ended;
        lock (_gate)
        {
            ended = [.. _minutes.Where(minute => minute.Value.LeftOut > 0 && minute.Value.EndsAt <= endedBy).Select(minute => (minute.Key, minute.Value.LeftOut))];
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
