namespace AdminFunctions.Management;

/// <summary>When somebody was last heard from in vain and otherwise.</summary>
/// <param name="time">The clock.</param>
internal sealed class LastOutcomes(TimeProvider time)
{
    private volatile Moment? _success;
    private volatile Moment? _failure;

    /// <summary>When it last did what it was asked.</summary>
    public DateTimeOffset? Success => _success?.At;

    /// <summary>When it last did not, and in a word why.</summary>
    public Moment? Failure => _failure;

    public void Succeeded() => _success = new(time.GetUtcNow(), "");

    public void Failed(string reason) => _failure = new(time.GetUtcNow(), reason);

    public sealed record Moment(DateTimeOffset At, string Reason);
}
