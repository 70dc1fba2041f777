namespace AdminFunctions.Chaos;

/// <summary>Something that must hold, and the first case in which it did not.</summary>
/// <param name="name">The law, as a sentence.</param>
internal sealed class Law(string name)
{
    private long _checked;
    private long _broken;
    private string? _firstOffence;

    public string Name => name;

    public long Checked => Interlocked.Read(ref _checked);

    public long Broken => Interlocked.Read(ref _broken);

    public string? FirstOffence => _firstOffence;

    /// <summary>Checks a case.</summary>
    /// <param name="holds">Whether it is as the law says.</param>
    /// <param name="offence">What it is, if not.</param>
    public void Check(bool holds, Func<string> offence)
    {
        Interlocked.Increment(ref _checked);
        if (!holds)
        {
            Interlocked.Increment(ref _broken);
            Interlocked.CompareExchange(ref _firstOffence, offence(), null);
        }
    }
}

/// <summary>What must hold, whatever goes wrong.</summary>
internal sealed class Laws
{
    public Law Contract { get; } = new("Every answer is one of the contract's, none is a 500");

    public Law Innocent { get; } = new("No caller is blamed (4xx): all are in the right");

    public Law Truth { get; } = new("No failure is a 2xx: lists are the directory's, who is deleted is gone");

    public Law Budget { get; } = new("Every answer begins within the 10 s of the budget and one more");

    public Law Deletions { get; } = new("In the end all who were answered 204 are gone, and nobody who was not asked for");

    public Law Attempts { get; } = new("Every attempt to delete has exactly one outcome in the trail, or is counted there");

    public Law Leaving { get; } = new("Who hangs up changes no outcome: a refusal keeps its name, a deletion that was done is told done");

    public Law Exports { get; } = new("Every export ends with the line that says it is whole, or is visibly broken");

    public Law Whole { get; } = new("An export that calls itself whole has everyone who was there from its beginning to its end");

    public Law Recovery { get; } = new("After the faults a call succeeds within 2 s, and from then on all do");

    public Law Grants { get; } = new("The schedule explains the grants");

    public Law SecretReads { get; } = new("The schedule explains the reads of the secret");

    public Law KeyReads { get; } = new("The schedule explains the reads of the signing keys");

    public Law Memory { get; } = new("Memory is flat from the 2nd minute to the last");

    public Law Handles { get; } = new("Handles are flat from the 2nd minute to the last");

    public IReadOnlyList<Law> All =>
        [Contract, Innocent, Truth, Budget, Deletions, Attempts, Leaving, Exports, Whole, Recovery, Grants, SecretReads, KeyReads, Memory, Handles];

    public bool AreKept => All.All(static law => law.Broken is 0);
}
