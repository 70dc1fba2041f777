using AdminFunctions.Management;

namespace AdminFunctions.Tests.Management;

/// <summary>Waits with a timeout, after which the test fails.</summary>
internal static class Waiting
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(20);

    /// <summary>Advances the clock to the end of a wait, as soon as there is one whose remaining time matches.</summary>
    /// <returns>The remaining time.</returns>
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

    /// <summary>Advances the clock through the pauses before retries. With jitter, the third is at most 1.6 s.</summary>
    public static async Task LetBackoffsPassAsync(this FakeTime time, int retries = ResilienceHandler.RetriesOfFailures)
    {
        for (var retry = 0; retry < retries; retry++)
        {
            await time.LetPassAsync(wait => wait <= TimeSpan.FromSeconds(1.6));
        }
    }

    /// <summary>Polls a condition.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !condition();)
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(LongEnough);
            await Task.Delay(10);
        }
    }

    /// <summary>Waits for a task, with a timeout.</summary>
    public static Task InTimeAsync(this Task task) => task.WaitAsync(LongEnough);

    /// <inheritdoc cref="InTimeAsync(Task)" />
    public static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(LongEnough);
}
