namespace AdminFunctions.Chaos;

/// <summary>An invariant, and its first violation.</summary>
/// <param name="name">The invariant, as a sentence.</param>
internal sealed class Invariant(string name)
{
    private long _checked;
    private long _broken;
    private string? _firstViolation;

    public string Name => name;

    public long Checked => Interlocked.Read(ref _checked);

    public long Broken => Interlocked.Read(ref _broken);

    public string? FirstViolation => _firstViolation;

    /// <summary>Checks a case.</summary>
    /// <param name="holds">Whether the invariant holds.</param>
    /// <param name="violation">Describes the violation.</param>
    public void Check(bool holds, Func<string> violation)
    {
        Interlocked.Increment(ref _checked);
        if (!holds)
        {
            Interlocked.Increment(ref _broken);
            Interlocked.CompareExchange(ref _firstViolation, violation(), null);
        }
    }
}

/// <summary>The invariants that must hold despite all faults.</summary>
internal sealed class Invariants
{
    public Invariant Contract { get; } = new("Every response conforms to the contract, and none is a 500");

    public Invariant Innocent { get; } = new("No valid call gets a 4xx");

    public Invariant Truth { get; } =
        new("No failure is a 2xx: lists match the directory, deleted users are gone, and blocked ones are blocked");

    public Invariant Budget { get; } = new("Every response starts within the budget of 10 s plus 1 s");

    public Invariant Deletions { get; } =
        new("At the end, all users whose deletion returned 204 are gone, and no user whose deletion was not requested");

    public Invariant Mails { get; } = new("No mail is sent twice for one call, and none is missing that was reported as accepted");

    public Invariant Attempts { get; } =
        new("Every attempt to change a user has exactly one outcome in the audit trail, or is counted in it");

    public Invariant Leaving { get; } = new("A caller who disconnects changes no outcome in the audit trail");

    public Invariant Exports { get; } = new("Every export ends with the line that says it is complete, or fails visibly");

    public Invariant Whole { get; } = new("An export that says it is complete contains all users who existed from its start to its end");

    public Invariant Recovery { get; } = new("After the faults end, a call succeeds within 2 s, and then all calls succeed");

    public Invariant Grants { get; } = new("The schedule explains the number of token grants");

    public Invariant SecretReads { get; } = new("The schedule explains the number of reads of the secret");

    public Invariant KeyReads { get; } = new("The schedule explains the number of reads of the signing keys");

    public Invariant Memory { get; } = new("Memory does not grow between the second and the last minute");

    public Invariant Handles { get; } = new("The number of handles does not grow between the second and the last minute");

    public IReadOnlyList<Invariant> All =>
    [
        Contract, Innocent, Truth, Budget, Deletions, Mails, Attempts, Leaving, Exports, Whole, Recovery, Grants, SecretReads, KeyReads,
        Memory, Handles,
    ];

    public bool AllHold => All.All(static invariant => invariant.Broken is 0);
}
