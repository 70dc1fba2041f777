using System.Text.Json;
using AdminFunctions.Access;
using AdminFunctions.Deletions;
using AdminFunctions.Http;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>POST /api/deletion-plans/approvals</c>: approves another administrator's plan.</summary>
public sealed class ApprovePlan(RequestPipeline pipeline, PlanApprovals approvals)
{
    /// <summary>Who may call this function. What the plan does requires its own permission too.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(ApprovePlan), Permissions.ReadUsers);

    /// <summary>Responds with what is approved, and with the approval. Nothing is changed.</summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(ApprovePlan))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deletion-plans/approvals")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            Policy,
            request,
            async call =>
            {
                ParameterReader.RefuseAll(request.Query);
                var approval = await ApprovalRequest.ReadAsync(request, call.Budget);
                var approved = await approvals.ApproveAsync(approval, call.Caller, call.TraceId, call.Budget);
                return TypedResults.Bytes(
                    JsonSerializer.SerializeToUtf8Bytes(approved, PlanLinesJson.Unescaped.ApprovedPlan), UsersJson.ContentType);
            },
            cancellationToken);
}
