namespace AdminFunctions.LocalHost;

/// <summary>What keeps the local host from starting: printed sentence by sentence, without a stack trace.</summary>
/// <param name="faults">What is wrong and what to do.</param>
internal sealed class LocalHostException(IReadOnlyList<string> faults) : Exception(string.Join(' ', faults))
{
    /// <summary>A sentence for each fault.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
