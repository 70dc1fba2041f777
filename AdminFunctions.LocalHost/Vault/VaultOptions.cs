namespace AdminFunctions.LocalHost.Vault;

/// <summary>How a local vault behaves.</summary>
internal sealed record VaultOptions
{
    /// <summary>The port; 0 for any free one.</summary>
    public int Port { get; init; }

    /// <summary>The clock of the secrets' dates.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
