namespace AdminFunctions.Management;

/// <summary>When calls to Auth0 or Key Vault last succeeded and failed.</summary>
internal sealed class DependencyStatus(TimeProvider time)
{
    private volatile Outcome? _success;
    private volatile Outcome? _failure;

    /// <summary>Whether the last call failed.</summary>
    public bool IsFailing { get; private set; }

    public DateTimeOffset? LastSuccess => _success?.At;

    public DateTimeOffset? LastFailure => _failure?.At;

    /// <summary>An exception's type or a status, such as <c>HTTP 503</c>.</summary>
    public string? LastFailureReason => _failure?.Reason;

    public void Succeeded() => (_success, IsFailing) = (new(time.GetUtcNow(), Reason: null), false);

    public void Failed(string reason) => (_failure, IsFailing) = (new(time.GetUtcNow(), reason), true);

    private sealed record Outcome(DateTimeOffset At, string? Reason);
}
