namespace AdminFunctions.LocalHost.Vault;

/// <summary>The options of a local vault.</summary>
internal sealed record VaultOptions
{
    /// <summary>The port; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>The clock for the dates of secrets.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
