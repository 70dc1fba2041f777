using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.EmptyFunction;

/// <summary>A function that does nothing: what a call costs under a Functions host in any case.</summary>
public static class Empty
{
    /// <summary>Responds with 204.</summary>
    [Function(nameof(Empty))]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "empty")] HttpRequest request) =>
        TypedResults.NoContent();
}
