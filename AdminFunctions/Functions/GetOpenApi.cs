using System.Security.Cryptography;
using AdminFunctions.Http;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/openapi.yaml</c>: the OpenAPI description of this API, which is written by hand.</summary>
public sealed class GetOpenApi(RequestPipeline pipeline)
{
    private static readonly byte[] Description = Read();

    private static readonly EntityTagHeaderValue Version = new($"\"{Convert.ToHexStringLower(SHA256.HashData(Description))}\"");

    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.AllowAnonymous(nameof(GetOpenApi));

    /// <summary>Responds 200, or 304 if the caller has this version.</summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(GetOpenApi))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.yaml")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            Policy,
            request,
            call =>
            {
                ParameterReader.RefuseAll(request.Query);

                // Unlike every other response, this one may be stored.
                request.HttpContext.Response.Headers.CacheControl = "public, max-age=300";

                // RFC 9512 registers the media type.
                return Task.FromResult<IResult>(TypedResults.Bytes(Description, "application/yaml", entityTag: Version));
            },
            cancellationToken);

    private static byte[] Read()
    {
        using var resource = typeof(GetOpenApi).Assembly.GetManifestResourceStream("openapi.yaml")!;
        var description = new byte[resource.Length];
        resource.ReadExactly(description);
        return description;
    }
}
