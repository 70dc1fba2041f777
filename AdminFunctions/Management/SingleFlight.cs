using System.Diagnostics;

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

    /// <summary>Whether the work is under way now.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return _flight is { IsCompleted: false };
            }
        }
    }

    /// <summary>Waits for the work that is under way, or starts it.</summary>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public Task<T> RunAsync(CancellationToken cancellationToken) => Join().WaitAsync(cancellationToken);

    /// <summary>Sees to it that the work is under way, for nobody to wait for. The work reports its own failure.</summary>
    public void RunInBackground() =>
        _ = Join().ContinueWith(
            static finished => finished.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private Task<T> Join()
    {
        lock (_gate)
        {
            if (_flight is not { IsCompleted: false })
            {
                // The work belongs to no single caller, neither to its budget nor to its trace. What it logs is logged in that caller's
                // name all the same: the Functions host drops what belongs to no call.
                var startedBy = Activity.Current?.Context ?? default;
                _flight = Task.Run(() => work(startedBy));
            }

            return _flight;
        }
    }
}
