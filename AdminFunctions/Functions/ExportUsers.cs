using AdminFunctions.Access;
using AdminFunctions.Export;
using AdminFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Functions;

/// <summary><c>GET /api/users/export</c>: all of the tenant's users, past the first thousand.</summary>
public sealed class ExportUsers(RequestPipeline pipeline, UserExports exports)
{
    /// <summary>Who may call this function.</summary>
    public static FunctionPolicy Policy { get; } = FunctionPolicy.RequirePermission(nameof(ExportUsers), Permissions.ReadUsers);

    /// <summary>Responds with the users as a stream, oldest first. A failure before the first page is a problem.</summary>
    /// <param name="request">The request, with the parameters of <see cref="UserExportQuery"/>.</param>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    [Function(nameof(ExportUsers))]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/export")] HttpRequest request,
        CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            Policy,
            request,
            async call =>
            {
                var query = UserExportQuery.Parse(request.Query);
                var export = await exports.StartAsync(query, call.Caller.Subject, cancellationToken);

                // Ends the export with the request, even if the response is never written.
                request.HttpContext.Response.RegisterForDisposeAsync(export);
                return pipeline.Stream(export, cancellationToken);
            },
            cancellationToken);
}
