using AdminFunctions.Access;
using AdminFunctions.Deletions;
using AdminFunctions.Http;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>POST /api/deletion-plans</c>: finds the users of a search, and makes a plan to block or delete them.</summary>
public sealed class PlanDeletions(RequestPipeline pipeline, DeletionPlans plans)
{
    /// <summary>Who may call this function. What the plan does requires its own permission too.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(PlanDeletions), Permissions.ReadUsers);

    /// <summary>Responds with the plan as a stream. Nothing is changed.</summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(PlanDeletions))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deletion-plans")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            Policy,
            request,
            async call =>
            {
                ParameterReader.RefuseAll(request.Query);
                var query = await PlanRequest.ReadAsync(request, call.Budget);
                call.Caller.Require(query.Action!.Value.Permission());
                var plan = await plans.StartAsync(query, call.Caller, call.TraceId, call.Budget, cancellationToken);

                // Ends the plan with the request, even if the response is never written.
                request.HttpContext.Response.RegisterForDisposeAsync(plan);
                return pipeline.Stream(plan, cancellationToken);
            },
            cancellationToken);
}
