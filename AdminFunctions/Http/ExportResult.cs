using System.Text.Json;
using AdminFunctions.Export;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AdminFunctions.Http;

/// <summary>
/// Streams an export. The status is sent before all users are known, so a failure in the middle breaks the connection: the client cannot
/// take what has arrived for the whole.
/// </summary>
/// <param name="report">Translates and logs a failure.</param>
/// <param name="cancellationToken">Canceled when the caller hangs up.</param>
internal sealed class ExportResult(
    UserExport export,
    Func<Exception, HttpContext, Problem> report,
    TimeProvider time,
    CancellationToken cancellationToken) : IResult
{
    /// <summary>The wait between the last line and the break of the connection, which could otherwise overtake it.</summary>
    private static readonly TimeSpan DelayBeforeAbort = TimeSpan.FromSeconds(1);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var _ = export;
        var response = httpContext.Response;
        response.ContentType = export.ContentType;
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = export.FileName }.ToString();
        try
        {
            await export.WriteAsync(response.BodyWriter, cancellationToken);
        }
        catch (Exception exception) when (RequestPipeline.IsCallersLeaving(exception, cancellationToken))
        {
            CallTelemetry.Fail(httpContext, RequestPipeline.ClientClosed);
            httpContext.Abort();
        }
        catch (Exception exception)
        {
            var problem = report(exception, httpContext).ToDetails(httpContext.TraceIdentifier);
            export.WriteFailure(response.BodyWriter, JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Unescaped.ProblemDetails));

            // Without the caller's token: the failure is the same even if the caller has hung up as well.
            await response.BodyWriter.FlushAsync(CancellationToken.None);
            await Task.Delay(DelayBeforeAbort, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            httpContext.Abort();
        }
    }
}
