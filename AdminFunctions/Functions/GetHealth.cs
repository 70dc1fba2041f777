using System.Reflection;
using System.Text.Json.Serialization;
using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary>
/// <c>GET /api/health</c>: whether this process can serve. Anyone may ask; Auth0 and Key Vault are not called. With
/// <c>deep=true</c> callers with <c>read:users</c> learn when they were last called, and how that went.
/// </summary>
/// <param name="pipeline">What every function needs.</param>
/// <param name="http">The way to the tenant.</param>
public sealed partial class GetHealth(RequestPipeline pipeline, TenantHttp http, ManagementTokenProvider tokens, ClientSecret secret)
{
    /// <summary>The informational version without the commit's hash, which follows a plus sign.</summary>
    private static readonly string Version = typeof(GetHealth).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Answers 200, or 503 while the settings are at fault.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    [Function(nameof(GetHealth))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken) =>
        request.Query["deep"] == "true"
            ? pipeline.RunAsync(
                nameof(GetHealth),
                request,
                Permissions.ReadUsers,
                (_, _) => Task.FromResult<IResult>(TypedResults.Json(Look(), HealthJson.Default.DeepHealth)),
                cancellationToken)
            : pipeline.RunAsync(
                nameof(GetHealth),
                request,
                static _ => Task.FromResult<IResult>(TypedResults.Json(new Health("healthy"), HealthJson.Default.Health)),
                cancellationToken);

    private DeepHealth Look() => new(
        "healthy",
        Version,
        new Kept((long?)tokens.Age?.TotalSeconds),
        new Kept((long?)secret.Age?.TotalSeconds),
        Party.Of(http.Resilience.Status),
        Party.Of(secret.Vault),
        new Limit(http.RateLimit.Limit, http.RateLimit.Remaining));

    internal sealed record Health(string Status);

    /// <summary>What is not known, or is not there, is null.</summary>
    internal sealed record DeepHealth(string Status, string Version, Kept Token, Kept Secret, Party Tenant, Party Vault, Limit RateLimit);

    /// <summary>Something that is got once and kept.</summary>
    internal sealed record Kept(long? AgeSeconds);

    /// <summary>Somebody who is called.</summary>
    internal sealed record Party(DateTime? LastSuccess, DateTime? LastFailure, string? LastFailureReason)
    {
        public static Party Of(DependencyStatus status) =>
            new(status.LastSuccess?.UtcDateTime, status.LastFailure?.UtcDateTime, status.LastFailureReason);
    }

    internal sealed record Limit([property: JsonPropertyName("limit")] int? Max, int? Remaining);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Health))]
    [JsonSerializable(typeof(DeepHealth))]
    internal sealed partial class HealthJson : JsonSerializerContext;
}
