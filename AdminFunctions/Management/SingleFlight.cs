using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace AdminFunctions.Management;

/// <summary>
/// Runs one piece of shared work at a time, however many callers wait for it. A caller's cancellation ends its wait, not the work. A
/// failure is thrown to every caller that waited, and is not cached.
/// </summary>
/// <typeparam name="T">The work's result.</typeparam>
/// <param name="work">
/// The work. No caller's cancellation token reaches it, so it must limit itself by a <see cref="RequestBudget"/>. Its argument is the
/// span of the caller that started it.
/// </param>
internal sealed class SingleFlight<T>(Func<ActivityContext, Task<T>> work)
{
    private readonly Lock _gate = new();
    private Task<T>? _flight;

    /// <summary>Waits for the work in progress, or starts it.</summary>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public async Task<T> RunAsync(CancellationToken cancellationToken) => (await RunAsync(static () => true, cancellationToken))!;

    /// <summary>Waits for the work in progress, or starts it if it is needed.</summary>
    /// <param name="isNeeded">
    /// Called only while no work is in progress and none can start, so it sees everything that the last run has changed. (A caller that
    /// checked this before the call could start the work again just after it has ended.) It must be quick.
    /// </param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <returns>The work's result, or the default value if it was not needed.</returns>
    public async Task<T?> RunAsync(Func<bool> isNeeded, CancellationToken cancellationToken) =>
        TryJoin(isNeeded, out var flight) ? await flight.WaitAsync(cancellationToken) : default;

    /// <summary>Starts the work, unless it is in progress, without waiting for it. The work must report its own failure.</summary>
    /// <param name="isNeeded">As for <see cref="RunAsync(Func{bool}, CancellationToken)"/>; always needed if omitted.</param>
    public void RunInBackground(Func<bool>? isNeeded = null)
    {
        if (TryJoin(isNeeded ?? (static () => true), out var flight))
        {
            // Observes the exception, so that it does not become an UnobservedTaskException.
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

                // The execution context of the caller that starts the work flows into it, because the Functions host drops log lines
                // that belong to no invocation. The work starts a budget and a trace of its own.
                var startedBy = Activity.Current?.Context ?? default;
                _flight = Task.Run(() => work(startedBy));
            }

            flight = _flight;
            return true;
        }
    }
}
