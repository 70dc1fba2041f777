using AdminFunctions.Access;
using AdminFunctions.Deletions;
using AdminFunctions.Http;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>POST /api/deletions</c>: blocks or deletes the users of one batch of a plan who are as planned.</summary>
public sealed class ExecutePlan(RequestPipeline pipeline, PlanExecutions executions)
{
    /// <summary>Who may call this function. What the plan does requires its own permission too.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(ExecutePlan), Permissions.ReadUsers);

    /// <summary>Responds with a line for each user as a stream. If the caller hangs up, no further user is begun.</summary>
    [Function(nameof(ExecutePlan))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deletions")] HttpRequest request) =>
        pipeline.RunWritesAsync(Policy, request, async (call, audit) =>
        {
            ParameterReader.RefuseAll(request.Query);
            var batch = await ExecutionRequest.ReadAsync(request, call.Budget);
            var execution = await executions.StartAsync(
                batch, call.Caller, call.TraceId, audit, exception => pipeline.Describe(exception, request.HttpContext), call.Budget);

            // Ends the execution with the request, even if the response is never written.
            request.HttpContext.Response.RegisterForDisposeAsync(execution);
            return pipeline.Stream(execution, request.HttpContext.RequestAborted);
        });
}
