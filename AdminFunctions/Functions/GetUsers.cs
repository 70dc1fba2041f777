using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/users</c>: a page of the tenant's users, for callers with <c>read:users</c>.</summary>
/// <param name="pipeline">What every function needs.</param>
/// <param name="tenant">The tenant's users.</param>
public sealed class GetUsers(RequestPipeline pipeline, TenantUsers tenant)
{
    /// <summary>Answers with the users, in a bare array or, on <c>include_totals=true</c>, in a page with totals.</summary>
    /// <param name="request">The request, with the parameters of <see cref="UserListQuery"/>.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    [Function(nameof(GetUsers))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            nameof(GetUsers),
            request,
            Permissions.ReadUsers,
            async (_, budget) =>
            {
                var query = UserListQuery.Parse(request.Query);
                var answer = await tenant.ListAsync(query.ToListUsersRequest(), budget);
                return TypedResults.Bytes(UserPage.From(answer, query).ToJson(query.IncludeTotals), UsersJson.ContentType);
            },
            cancellationToken);
}
