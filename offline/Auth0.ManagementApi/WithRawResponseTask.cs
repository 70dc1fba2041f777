using System.Runtime.CompilerServices;

namespace Auth0.ManagementApi;

/// <summary>A call without a result: await it, or <see cref="WithRawResponse"/> to see the answer.</summary>
/// <param name="task">The call.</param>
public readonly struct WithRawResponseTask(Task<RawResponse> task)
{
    /// <summary>The call, with the answer as its result.</summary>
    public Task<RawResponse> WithRawResponse() => task;

    /// <summary>Awaits the call.</summary>
    public TaskAwaiter GetAwaiter() => ((Task)task).GetAwaiter();

    /// <summary>Awaits the call.</summary>
    /// <param name="continueOnCapturedContext">As for a Task.</param>
    public ConfiguredTaskAwaitable ConfigureAwait(bool continueOnCapturedContext) => ((Task)task).ConfigureAwait(continueOnCapturedContext);

    /// <summary>The call.</summary>
    /// <param name="task">The call.</param>
    public static implicit operator Task(WithRawResponseTask task) => task.WithRawResponse();
}
