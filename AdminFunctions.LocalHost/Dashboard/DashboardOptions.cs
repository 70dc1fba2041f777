namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>The options of the dashboard.</summary>
internal sealed record DashboardOptions
{
    /// <summary>The configuration section of <c>Dashboard__ClientId</c>.</summary>
    public const string Section = "Dashboard";

    /// <summary>The port; 0 for any free port; <see langword="null"/> for no dashboard.</summary>
    public int? Port { get; init; }

    /// <summary>The directory of the sources; <see langword="null"/> for <c>samples/dashboard</c> in this repository.</summary>
    public string? Root { get; init; }

    /// <summary>The directories to search for npm, in the format of the variable PATH.</summary>
    public string SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>The clock for waiting for another build of the same sources.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
