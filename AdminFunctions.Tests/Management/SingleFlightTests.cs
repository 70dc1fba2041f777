using AdminFunctions.Management;

namespace AdminFunctions.Tests.Management;

public sealed class SingleFlightTests
{
    [Fact]
    public async Task The_check_whether_work_is_needed_runs_after_the_previous_work_and_not_during_it()
    {
        var gate = new TaskCompletionSource();
        var runs = 0;
        var brought = 0;
        var flight = new SingleFlight<string>(async _ =>
        {
            runs++;
            await gate.Task;
            brought++;
            return $"{brought}";
        });
        var first = flight.RunAsync(CancellationToken.None);

        // A caller who arrives meanwhile does not run the check, but waits.
        var second = flight.RunAsync(() => throw new InvalidOperationException("It is under way."), CancellationToken.None);
        flight.RunInBackground(() => throw new InvalidOperationException("It is under way."));
        second.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        (await first.InTimeAsync()).ShouldBe("1");
        (await second.InTimeAsync()).ShouldBe("1");

        // A caller who checked before the result and calls after it sees the result.
        (await flight.RunAsync(() => brought is 0, CancellationToken.None)).ShouldBeNull();
        flight.RunInBackground(() => brought is 0);
        runs.ShouldBe(1);

        (await flight.RunAsync(() => brought is 1, CancellationToken.None)).ShouldBe("2");
    }

    [Fact]
    public async Task No_other_caller_starts_the_work_during_the_check()
    {
        var runs = 0;
        var flight = new SingleFlight<string>(_ => Task.FromResult($"{Interlocked.Increment(ref runs)}"));
        using var asked = new ManualResetEventSlim();
        using var decided = new ManualResetEventSlim();
        var deciding = Task.Run(() => flight.RunAsync(
            () =>
            {
                asked.Set();
                decided.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
                return false;
            },
            CancellationToken.None));
        asked.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();

        var other = Task.Run(() => flight.RunAsync(CancellationToken.None));
        runs.ShouldBe(0);
        decided.Set();

        (await deciding.InTimeAsync()).ShouldBeNull();
        (await other.InTimeAsync()).ShouldBe("1");
    }
}
