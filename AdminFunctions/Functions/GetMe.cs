using System.Text.Json.Serialization;
using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Settings;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/me</c>: who the caller is and what they may do, so that a front end offers nothing else.</summary>
public sealed partial class GetMe(RequestPipeline pipeline, IOptions<UsersOptions> users)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequireToken(nameof(GetMe));

    /// <summary>
    /// Responds with the token's subject and permissions and, for callers who may delete, with the IDs of the protected users.
    /// </summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(GetMe))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "me")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            Policy,
            request,
            call =>
            {
                ParameterReader.RefuseAll(request.Query);
                var mayDelete = call.Caller.Permissions.Contains(Permissions.DeleteUsers);
                var me = new Me(
                    call.Caller.Subject,
                    call.Caller.Permissions,
                    mayDelete ? [.. users.Value.ProtectedIds.Order(StringComparer.Ordinal)] : null);
                return Task.FromResult<IResult>(TypedResults.Json(me, MeJson.Default.Me));
            },
            cancellationToken);

    internal sealed record Me(string Sub, IReadOnlyList<string> Permissions, IReadOnlyList<string>? ProtectedUsers);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Me))]
    internal sealed partial class MeJson : JsonSerializerContext;
}
