using Microsoft.Extensions.Configuration;

namespace AdminFunctions.Settings;

/// <summary>The environment that the functions run in.</summary>
public static class FunctionsEnvironment
{
    /// <summary>The environment variable that names it. Core Tools sets it to <c>Development</c>; in Azure it is not set.</summary>
    public const string Variable = "AZURE_FUNCTIONS_ENVIRONMENT";

    /// <summary>Whether the functions run on a developer's machine.</summary>
    public static bool IsDevelopment(IConfiguration configuration) =>
        string.Equals(configuration[Variable], "Development", StringComparison.OrdinalIgnoreCase);
}
