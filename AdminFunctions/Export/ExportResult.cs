using System.Globalization;
using System.Text.Json;
using AdminFunctions.Http;
using AdminFunctions.Telemetry;
using AdminFunctions.Users;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AdminFunctions.Export;

/// <summary>
/// Streams an export. Its status is sent before all users are known, so a failure in the middle breaks the connection: what
/// has arrived cannot be taken for the whole.
/// </summary>
/// <param name="pages">The users, page by page, on the first page.</param>
/// <param name="hasUsers">Whether there is a first page.</param>
/// <param name="slot">Given back when the last page is sent, before the caller learns that it was the last.</param>
/// <param name="query">What is exported.</param>
/// <param name="pipeline">Told of failures.</param>
/// <param name="time">The clock of the file's date.</param>
/// <param name="instruments">Count the users.</param>
/// <param name="cancellationToken">Cancelled when the caller goes away.</param>
internal sealed class ExportResult(
    IAsyncEnumerator<IReadOnlyList<UserResponseSchema>> pages,
    bool hasUsers,
    IDisposable slot,
    UserExportQuery query,
    RequestPipeline pipeline,
    TimeProvider time,
    Instruments instruments,
    CancellationToken cancellationToken) : IResult
{
    /// <summary>The last line's head start on the break of the connection, which could overtake it.</summary>
    private static readonly TimeSpan LastLinesStart = TimeSpan.FromSeconds(1);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var _ = pages;
        IExportFormat format = query.AsCsv ? new CsvFormat(query.Fields) : new NdjsonFormat(query.WithEnd);
        var response = httpContext.Response;
        var output = response.BodyWriter;
        response.ContentType = format.ContentType;
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment")
        {
            FileName = $"users-{time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.{format.Extension}",
        }.ToString();

        var users = 0L;
        try
        {
            format.Begin(output);
            for (var more = hasUsers; more; more = await pages.MoveNextAsync())
            {
                foreach (var user in pages.Current)
                {
                    format.Write(output, query.Shape(User.From(user)));
                }

                users += pages.Current.Count;
                await output.FlushAsync(cancellationToken);
                instruments.Exported(pages.Current.Count);
            }

            slot.Dispose();
            format.End(output, users);
            await output.FlushAsync(cancellationToken);
        }
        catch (Exception exception) when (RequestPipeline.IsCallersLeaving(exception, cancellationToken))
        {
            Call.Fail(httpContext, RequestPipeline.ClientClosed);
            httpContext.Abort();
        }
        catch (Exception exception)
        {
            var problem = pipeline.Report(exception, httpContext).ToDetails(httpContext.TraceIdentifier);
            format.Fail(output, JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Unescaped.ProblemDetails));

            // Not the caller's token: that the caller has gone as well changes nothing about what went wrong.
            await output.FlushAsync(CancellationToken.None);
            await Task.Delay(LastLinesStart, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            httpContext.Abort();
        }
    }
}
