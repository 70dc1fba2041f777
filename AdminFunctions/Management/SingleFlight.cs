using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace AdminFunctions.Management;

/// <summary>
/// Runs one piece of shared work at a time, however many callers wait for it. A caller's cancellation ends its wait, not the
/// work; nothing is kept of a failure, but that everyone who waited learns it.
/// </summary>
/// <typeparam name="T">What the work brings.</typeparam>
/// <param name="work">
/// The work. It must bound itself by a <see cref="RequestBudget"/> of its own, since no caller's token reaches it; it is told the
/// span of the caller who set it off.
/// </param>
internal sealed class SingleFlight<T>(Func<ActivityContext, Task<T>> work)
{
    private readonly Lock _gate = new();
    private Task<T>? _flight;

    /// <summary>Waits for the work that is under way, or starts it.</summary>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public async Task<T> RunAsync(CancellationToken cancellationToken) => (await RunAsync(static () => true, cancellationToken))!;

    /// <summary>Waits for the work that is under way, or starts it if it is needed.</summary>
    /// <param name="isNeeded">
    /// Asked only while no work is under way and none can begin, and so after all that the work before has left behind: who looked
    /// before, and called then, could start it again just as it has ended. It must be quick.
    /// </param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <returns>What the work has brought; nothing if it was not needed.</returns>
    public async Task<T?> RunAsync(Func<bool> isNeeded, CancellationToken cancellationToken) =>
        TryJoin(isNeeded, out var flight) ? await flight.WaitAsync(cancellationToken) : default;

    /// <summary>Sees to it that the work is under way, for nobody to wait for. The work reports its own failure.</summary>
    /// <param name="isNeeded">As for <see cref="RunAsync(Func{bool}, CancellationToken)"/>; always, if left out.</param>
    public void RunInBackground(Func<bool>? isNeeded = null)
    {
        if (TryJoin(isNeeded ?? (static () => true), out var flight))
        {
            _ = flight.ContinueWith(
                static finished => finished.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private bool TryJoin(Func<bool> isNeeded, [NotNullWhen(true)] out Task<T>? flight)
    {
        lock (_gate)
        {
            if (_flight is not { IsCompleted: false })
            {
                if (!isNeeded())
                {
                    flight = null;
                    return false;
                }

                // The work belongs to no single caller, neither to its budget nor to its trace. What it logs is logged in that caller's
                // name all the same: the Functions host drops what belongs to no call.
                var startedBy = Activity.Current?.Context ?? default;
                _flight = Task.Run(() => work(startedBy));
            }

            flight = _flight;
            return true;
        }
    }
}
