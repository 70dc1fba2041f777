namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>Where the dashboard is served, and what it is made of.</summary>
internal sealed record DashboardOptions
{
    /// <summary>The configuration section with <c>Dashboard__ClientId</c>.</summary>
    public const string Section = "Dashboard";

    /// <summary>The port, 0 for any free one; <see langword="null"/> for no dashboard.</summary>
    public int? Port { get; init; }

    /// <summary>The directory of its sources; <see langword="null"/> for <c>samples/dashboard</c> of the checkout that this was built from.</summary>
    public string? Root { get; init; }

    /// <summary>The directories where npm may be, in the form of the variable PATH.</summary>
    public string SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>The clock that another build of the same sources is waited for by.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
