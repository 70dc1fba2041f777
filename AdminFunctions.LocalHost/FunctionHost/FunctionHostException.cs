namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>What keeps the functions from being served, every fault at once. Meant to be printed without a stack trace.</summary>
internal sealed class FunctionHostException(IReadOnlyList<string> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>One sentence a fault: what is wrong, where, and what to write instead.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
