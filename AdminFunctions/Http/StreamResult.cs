using System.Text.Json;
using AdminFunctions.Export;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AdminFunctions.Http;

/// <summary>
/// Streams a body while it is made. The status is sent first, so a failure in the middle breaks the connection: the client cannot take
/// what has arrived for the whole.
/// </summary>
/// <param name="report">Translates and logs a failure.</param>
/// <param name="cancellationToken">Canceled when the caller hangs up.</param>
internal sealed class StreamResult(
    IStreamedBody body,
    Func<Exception, HttpContext, Problem> report,
    TimeProvider time,
    CancellationToken cancellationToken) : IResult
{
    /// <summary>The wait between the last line and the break of the connection, which could otherwise overtake it.</summary>
    private static readonly TimeSpan DelayBeforeAbort = TimeSpan.FromSeconds(1);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var _ = body;
        var response = httpContext.Response;
        response.ContentType = body.ContentType;
        if (body.FileName is { } name)
        {
            response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = name }.ToString();
        }

        try
        {
            await body.WriteAsync(response.BodyWriter, cancellationToken);
        }
        catch (Exception exception) when (RequestPipeline.IsCallersLeaving(exception, cancellationToken))
        {
            CallTelemetry.Fail(httpContext, RequestPipeline.ClientClosed);
            httpContext.Abort();
        }
        catch (Exception exception)
        {
            var problem = report(exception, httpContext).ToDetails(httpContext.TraceIdentifier);
            body.WriteFailure(response.BodyWriter, JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Unescaped.ProblemDetails));

            // Without the caller's token: the failure is the same even if the caller has hung up as well.
            await response.BodyWriter.FlushAsync(CancellationToken.None);
            await Task.Delay(DelayBeforeAbort, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            httpContext.Abort();
        }
    }
}
