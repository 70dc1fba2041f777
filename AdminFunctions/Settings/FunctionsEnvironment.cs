using Microsoft.Extensions.Configuration;

namespace AdminFunctions.Settings;

/// <summary>The environment that Azure Functions and its Core Tools announce.</summary>
public static class FunctionsEnvironment
{
    /// <summary>The variable that holds it: Core Tools sets <c>Development</c>; in Azure it is not set.</summary>
    public const string Variable = "AZURE_FUNCTIONS_ENVIRONMENT";

    /// <summary>Whether the functions run on a developer's machine.</summary>
    /// <param name="configuration">The host's configuration, the environment's variables among it.</param>
    public static bool IsDevelopment(IConfiguration configuration) =>
        string.Equals(configuration[Variable], "Development", StringComparison.OrdinalIgnoreCase);
}
