namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>The functions cannot be served. Lists all faults, to be printed without a stack trace.</summary>
internal sealed class FunctionHostException(IReadOnlyList<string> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>A sentence for each fault: where it is, what is wrong and how to fix it.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
