using System.Text.Json.Serialization;
using AdminFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/health</c>: whether this process can serve. Anyone may ask; Auth0 and Key Vault are not called.</summary>
/// <param name="pipeline">What every function needs.</param>
public sealed partial class GetHealth(RequestPipeline pipeline)
{
    /// <summary>Answers 200, or 503 while the settings are at fault.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    [Function(nameof(GetHealth))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            request,
            static _ => Task.FromResult<IResult>(TypedResults.Json(new Health("healthy"), HealthJson.Default.Health)),
            cancellationToken);

    internal sealed record Health(string Status);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Health))]
    internal sealed partial class HealthJson : JsonSerializerContext;
}
