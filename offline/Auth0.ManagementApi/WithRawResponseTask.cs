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

/// <summary>A call with a result: await it, or <see cref="WithRawResponse"/> to see the answer too.</summary>
/// <typeparam name="T">The result.</typeparam>
/// <param name="task">The call.</param>
public readonly struct WithRawResponseTask<T>(Task<WithRawResponse<T>> task)
{
    /// <summary>The call, with the answer beside its result.</summary>
    public Task<WithRawResponse<T>> WithRawResponse() => task;

    /// <summary>Awaits the call.</summary>
    public Awaiter GetAwaiter() => new(task.GetAwaiter());

    /// <summary>Awaits the call.</summary>
    /// <param name="continueOnCapturedContext">As for a Task.</param>
    public ConfiguredTaskAwaitable ConfigureAwait(bool continueOnCapturedContext) => new(task.ConfigureAwait(continueOnCapturedContext));

    /// <summary>The call. As in the package, a failure comes out of it in an AggregateException of its own: await the call itself.</summary>
    /// <param name="task">The call.</param>
    public static implicit operator Task<T>(WithRawResponseTask<T> task) => task.WithRawResponse().ContinueWith(
        static call => call.Result.Data, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Unwraps the result.</summary>
    public readonly struct Awaiter : ICriticalNotifyCompletion
    {
        private readonly TaskAwaiter<WithRawResponse<T>> _awaiter;

        internal Awaiter(TaskAwaiter<WithRawResponse<T>> awaiter) => _awaiter = awaiter;

        /// <summary>Whether the call is over.</summary>
        public bool IsCompleted => _awaiter.IsCompleted;

        /// <summary>The result.</summary>
        public T GetResult() => _awaiter.GetResult().Data;

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => _awaiter.OnCompleted(continuation);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => _awaiter.UnsafeOnCompleted(continuation);
    }

    /// <summary>As <see cref="Awaiter"/>, with a word about the context.</summary>
    public readonly struct ConfiguredTaskAwaitable
    {
        private readonly ConfiguredTaskAwaitable<WithRawResponse<T>> _configured;

        internal ConfiguredTaskAwaitable(ConfiguredTaskAwaitable<WithRawResponse<T>> configured) => _configured = configured;

        /// <summary>Awaits the call.</summary>
        public ConfiguredAwaiter GetAwaiter() => new(_configured.GetAwaiter());

        /// <summary>Unwraps the result.</summary>
        public readonly struct ConfiguredAwaiter : ICriticalNotifyCompletion
        {
            private readonly ConfiguredTaskAwaitable<WithRawResponse<T>>.ConfiguredTaskAwaiter _awaiter;

            internal ConfiguredAwaiter(ConfiguredTaskAwaitable<WithRawResponse<T>>.ConfiguredTaskAwaiter awaiter) => _awaiter = awaiter;

            /// <summary>Whether the call is over.</summary>
            public bool IsCompleted => _awaiter.IsCompleted;

            /// <summary>The result.</summary>
            public T GetResult() => _awaiter.GetResult().Data;

            /// <inheritdoc/>
            public void OnCompleted(Action continuation) => _awaiter.OnCompleted(continuation);

            /// <inheritdoc/>
            public void UnsafeOnCompleted(Action continuation) => _awaiter.UnsafeOnCompleted(continuation);
        }
    }
}
