using AdminFunctions.Management;

namespace AdminFunctions.Tests.Management;

/// <summary>Waits for what is bound to happen, and fails the test if it does not.</summary>
internal static class Waiting
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(20);

    /// <summary>Lets a wait pass, to its very end and no longer, as soon as somebody waits so long.</summary>
    /// <returns>How long it was.</returns>
    public static async Task<TimeSpan> LetPassAsync(this FakeTime time, Func<TimeSpan, bool> matches)
    {
        TimeSpan? found = null;
        await time.WhenSomeoneWaitsAsync(wait =>
        {
            if (found is null && matches(wait))
            {
                found = wait;
            }

            return found is not null;
        });
        time.Advance(found!.Value);
        return found.Value;
    }

    /// <summary>Lets the pauses before so many retries pass. With its jitter the third comes to 1.6 s at the most.</summary>
    public static async Task LetBackoffsPassAsync(this FakeTime time, int retries = ResilienceHandler.RetriesOfFailures)
    {
        for (var retry = 0; retry < retries; retry++)
        {
            await time.LetPassAsync(wait => wait <= TimeSpan.FromSeconds(1.6));
        }
    }

    /// <summary>Waits for a condition that nothing signals.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !condition();)
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(LongEnough);
            await Task.Delay(10);
        }
    }

    /// <summary>Bounds a wait.</summary>
    public static Task InTimeAsync(this Task task) => task.WaitAsync(LongEnough);

    /// <inheritdoc cref="InTimeAsync(Task)" />
    public static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(LongEnough);
}
