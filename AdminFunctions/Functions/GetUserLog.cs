using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/users/{id}/log</c>: what Auth0 has logged about a user, newest first.</summary>
public sealed class GetUserLog(RequestPipeline pipeline, TenantUsers tenant, TenantLogs logs)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(GetUserLog), Permissions.ReadLogs);

    /// <summary>Responds with an array of events or, with <c>include_totals=true</c>, with a page that has totals.</summary>
    /// <param name="id">The user's ID, percent-encoded in the address.</param>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(GetUserLog))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{id}/log")] HttpRequest request,
        string id,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            Policy,
            request,
            async call =>
            {
                var userId = Auth0UserId.Parse(id).Value;
                var query = LogQuery.Parse(request.Query);

                // Auth0's log of a user who does not exist is empty.
                await tenant.GetAsync(userId, ["user_id"], call.Budget);
                var page = await logs.ListAsync(userId, query.Page, query.PerPage, call.Budget);
                return new BodyResult(LogPage.From(page, query).ToJson(query.IncludeTotals), UsersJson.ContentType);
            },
            cancellationToken);
}
