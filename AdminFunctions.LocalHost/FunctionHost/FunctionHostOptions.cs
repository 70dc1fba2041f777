namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>What the Functions host takes from host.json and from the <c>Host</c> section of local.settings.json.</summary>
internal sealed record FunctionHostOptions
{
    /// <summary>The first segments of every function's path; empty for none (host.json's <c>extensions.http.routePrefix</c>).</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>Origins whose pages may call, or <c>*</c> alone for every origin; empty switches CORS off (<c>Host.CORS</c>).</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Whether those pages may send cookies and the like (<c>Host.CORSCredentials</c>).</summary>
    public bool CorsCredentials { get; init; }
}
