namespace AdminFunctions.Management;

/// <summary>When Auth0 or Key Vault last did what it was asked, and when it last did not.</summary>
internal sealed class DependencyStatus(TimeProvider time)
{
    private volatile Outcome? _success;
    private volatile Outcome? _failure;

    public DateTimeOffset? LastSuccess => _success?.At;

    public DateTimeOffset? LastFailure => _failure?.At;

    /// <summary>An exception's type or a status, such as <c>HTTP 503</c>.</summary>
    public string? LastFailureReason => _failure?.Reason;

    public void Succeeded() => _success = new(time.GetUtcNow(), Reason: null);

    public void Failed(string reason) => _failure = new(time.GetUtcNow(), reason);

    private sealed record Outcome(DateTimeOffset At, string? Reason);
}
