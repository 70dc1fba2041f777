using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);

builder.ConfigureFunctionsWebApplication();

// As in AdminFunctions.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

await builder.Build().RunAsync();

/// <summary>A function that does nothing: what a call costs under a Functions host in any case.</summary>
public static class Empty
{
    /// <summary>Responds with 204.</summary>
    [Function(nameof(Empty))]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "empty")] HttpRequest request) =>
        TypedResults.NoContent();
}
