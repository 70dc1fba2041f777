using AdminFunctions.Access;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/users</c>: a page of the tenant's users.</summary>
public sealed class GetUsers(RequestPipeline pipeline, TenantUsers tenant)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(GetUsers), Permissions.ReadUsers);

    /// <summary>Responds with an array of users or, with <c>include_totals=true</c>, with a page that has totals.</summary>
    /// <param name="request">The request, with the parameters of <see cref="UserListQuery"/>.</param>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(GetUsers))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            Policy,
            request,
            async call =>
            {
                var query = UserListQuery.Parse(request.Query);
                var page = await tenant.ListAsync(query.ToListUsersRequest(), call.Budget);
                return new BodyResult(UserPage.From(page, query).ToJson(query.IncludeTotals), UsersJson.ContentType);
            },
            cancellationToken);
}
