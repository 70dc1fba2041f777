using System.Reflection;
using System.Text.Json.Serialization;
using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary>
/// <c>GET /api/health</c>: whether this process can serve. With <c>deep=true</c>, callers with a permission learn when Auth0 and Key Vault
/// were last called, and with what result. With <c>check=true</c> both are called first.
/// </summary>
public sealed partial class GetHealth(
    RequestPipeline pipeline,
    TenantHttp http,
    ManagementTokenProvider tokens,
    ClientSecret secret,
    DependencyCheck dependencies)
{
    /// <summary>The informational version without the commit's hash, which follows a plus sign.</summary>
    private static readonly string Version = typeof(GetHealth).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Who may call this function without parameters.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.AllowAnonymous(nameof(GetHealth));

    /// <summary>Who may call this function with <c>deep=true</c> or <c>check=true</c>.</summary>
    public static FunctionPolicy DeepPolicy { get; } = FunctionPolicy.RequirePermission(nameof(GetHealth), Permissions.ReadUsers);

    /// <summary>Responds 200, or 503 if the settings are not valid.</summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(GetHealth))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var isDeep = request.Query["deep"] == "true" || request.Query["check"] == "true";
        return pipeline.RunAsync(
            isDeep ? DeepPolicy : Policy,
            request,
            async call =>
            {
                var parameters = new ParameterReader(call.Request.Query);
                parameters.ReadFlag("deep");
                var check = parameters.ReadFlag("check");
                parameters.ThrowIfFaulty();
                if (check)
                {
                    await dependencies.RunAsync(call.Budget);
                }

                return isDeep
                    ? TypedResults.Json(GetDeepHealth(), HealthJson.Default.DeepHealth)
                    : TypedResults.Json(new Health("healthy"), HealthJson.Default.Health);
            },
            cancellationToken);
    }

    private DeepHealth GetDeepHealth() => new(
        http.Resilience.Status.IsFailing || secret.Vault.IsFailing ? "degraded" : "healthy",
        Version,
        new CachedValue((long?)tokens.Age?.TotalSeconds),
        new CachedValue((long?)secret.Age?.TotalSeconds),
        Dependency.Of(http.Resilience.Status),
        Dependency.Of(secret.Vault),
        new Limit(http.RateLimits.ReadUsers.Limit, http.RateLimits.ReadUsers.Remaining));

    internal sealed record Health(string Status);

    /// <summary>What is unknown or absent is null.</summary>
    internal sealed record DeepHealth(
        string Status, string Version, CachedValue Token, CachedValue Secret, Dependency Tenant, Dependency Vault, Limit RateLimit);

    internal sealed record CachedValue(long? AgeSeconds);

    internal sealed record Dependency(DateTime? LastSuccess, DateTime? LastFailure, string? LastFailureReason)
    {
        public static Dependency Of(DependencyStatus status) =>
            new(status.LastSuccess?.UtcDateTime, status.LastFailure?.UtcDateTime, status.LastFailureReason);
    }

    internal sealed record Limit([property: JsonPropertyName("limit")] int? Max, int? Remaining);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Health))]
    [JsonSerializable(typeof(DeepHealth))]
    internal sealed partial class HealthJson : JsonSerializerContext;
}
