using AdminFunctions.Access;
using AdminFunctions.Export;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/users/export</c>: all of the tenant's users, past the first thousand, for callers with <c>read:users</c>.</summary>
/// <param name="pipeline">What every function needs.</param>
/// <param name="tenant">The tenant's users.</param>
/// <param name="slots">How many exports there may be at once.</param>
/// <param name="pace">How fast exports go.</param>
/// <param name="time">The clock.</param>
/// <param name="instruments">Count the users.</param>
public sealed class ExportUsers(
    RequestPipeline pipeline,
    TenantUsers tenant,
    ExportSlots slots,
    WalkPace pace,
    TimeProvider time,
    Instruments instruments)
{
    /// <summary>Answers with the users as a stream, oldest first.</summary>
    /// <param name="request">The request, with the parameters of <see cref="UserExportQuery"/>.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    [Function(nameof(ExportUsers))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/export")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            nameof(ExportUsers),
            request,
            Permissions.ReadUsers,
            async (caller, _) =>
            {
                var query = UserExportQuery.Parse(request.Query);
                var slot = slots.Take(caller.Subject);

                try
                {
                    var pages = new UserWalk(tenant, pace, time, query.ToListUsersRequest())
                        .RunAsync(cancellationToken)
                        .GetAsyncEnumerator(cancellationToken);

                    // Up to here a failure is an answer of its own.
                    var hasUsers = await pages.MoveNextAsync();

                    // Given back at the end of the request at the latest, whatever becomes of the answer.
                    request.HttpContext.Response.RegisterForDispose(slot);
                    return new ExportResult(pages, hasUsers, slot, query, pipeline, time, instruments, cancellationToken);
                }
                catch
                {
                    slot.Dispose();
                    throw;
                }
            },
            cancellationToken);
}
