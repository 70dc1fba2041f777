namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>The settings of the Functions host in host.json and in the section <c>Host</c> of local.settings.json.</summary>
internal sealed record FunctionHostOptions
{
    /// <summary>The prefix of every route; empty for none (<c>extensions.http.routePrefix</c> in host.json).</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>The allowed origins, or only <c>*</c> for all origins; empty turns CORS off (<c>Host.CORS</c>).</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Whether these origins can send credentials such as cookies (<c>Host.CORSCredentials</c>).</summary>
    public bool CorsCredentials { get; init; }
}
