using AdminFunctions.Telemetry;

namespace AdminFunctions.Tests.Telemetry;

public sealed class LineLimitTests
{
    private readonly FakeTime _time = new();
    private readonly List<(string Kind, int Count)> _leftOut = [];

    [Fact]
    public void Each_kind_has_a_number_of_lines_per_minute()
    {
        using var limit = new LineLimit(_time, (kind, count) => _leftOut.Add((kind, count)));

        Taken(limit, "a", 100).ShouldBe(LineLimit.LinesAMinute);
        Taken(limit, "b", 1).ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(59));
        Taken(limit, "a", 100).ShouldBe(0);
        _leftOut.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));
        Taken(limit, "a", 100).ShouldBe(LineLimit.LinesAMinute);
        _leftOut.ShouldBe([("a", 200 - LineLimit.LinesAMinute)]);
    }

    [Fact]
    public void The_number_of_omitted_lines_is_logged_once_after_the_minute()
    {
        using var limit = new LineLimit(_time, (kind, count) => _leftOut.Add((kind, count)));
        Taken(limit, "a", LineLimit.LinesAMinute + 3);
        _time.Advance(TimeSpan.FromSeconds(30));
        Taken(limit, "b", LineLimit.LinesAMinute + 5);

        limit.WriteLeftOut();
        _leftOut.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(30));
        limit.WriteLeftOut();
        limit.WriteLeftOut();
        _leftOut.ShouldBe([("a", 3)]);
        _time.Advance(TimeSpan.FromSeconds(30));
        limit.WriteLeftOut();
        _leftOut.ShouldBe([("a", 3), ("b", 5)]);
    }

    [Fact]
    public void At_the_end_the_remaining_numbers_are_logged()
    {
        var limit = new LineLimit(_time, (kind, count) => _leftOut.Add((kind, count)));
        Taken(limit, "a", LineLimit.LinesAMinute + 3);

        limit.Dispose();

        _leftOut.ShouldBe([("a", 3)]);
    }

    [Fact]
    public async Task No_line_is_lost_between_concurrent_callers()
    {
        var written = 0;
        using (var limit = new LineLimit(_time, (kind, count) => { lock (_leftOut) { _leftOut.Add((kind, count)); } }))
        {
            await Parallel.ForAsync(0, 8, (_, _) =>
            {
                for (var line = 0; line < 2000; line++)
                {
                    Interlocked.Add(ref written, Taken(limit, "a", 1));
                    _time.Advance(TimeSpan.FromSeconds(1));
                }

                return ValueTask.CompletedTask;
            });
        }

        (written + _leftOut.Sum(line => line.Count)).ShouldBe(16_000);
        _leftOut.ShouldNotBeEmpty();
    }

    private static int Taken(LineLimit limit, string kind, int lines) => Enumerable.Range(0, lines).Count(_ => limit.TryTake(kind));
}
