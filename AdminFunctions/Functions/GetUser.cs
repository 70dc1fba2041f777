using System.Text.Json;
using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/users/{id}</c>: one user, as Auth0 has them now. The list may lag by seconds.</summary>
public sealed class GetUser(RequestPipeline pipeline, TenantUsers tenant)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(GetUser), Permissions.ReadUsers);

    /// <summary>Responds with the user and, with <c>blocks=true</c>, with the blocks by brute-force protection.</summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(GetUser))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            Policy,
            request,
            async call =>
            {
                var userId = Auth0UserId.Parse(id).Value;
                var parameters = new ParameterReader(request.Query);
                var fields = parameters.ReadFields();
                var withBlocks = parameters.ReadFlag("blocks");
                parameters.ThrowIfFaulty();

                var user = User.From(await tenant.GetAsync(userId, fields, call.Budget));
                var blocks = withBlocks ? await tenant.ListBruteForceBlocksAsync(userId, call.Budget) : null;
                var details = new UserDetails(user) { BlockedFor = blocks?.Select(BruteForceBlock.From).ToList() };
                return TypedResults.Bytes(
                    JsonSerializer.SerializeToUtf8Bytes(details, UsersJson.Unescaped.UserDetails), UsersJson.ContentType);
            },
            cancellationToken);
}
