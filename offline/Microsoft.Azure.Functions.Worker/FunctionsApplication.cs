namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where a function app's Program.cs starts.</summary>
public class FunctionsApplication
{
    /// <summary>Makes a builder with the host's usual configuration and logging.</summary>
    /// <param name="args">The command line.</param>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
