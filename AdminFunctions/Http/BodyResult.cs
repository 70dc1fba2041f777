using AdminFunctions.Management;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Http;

/// <summary>Sends a body that is complete before the response begins.</summary>
/// <param name="body">The body. It is disposed.</param>
/// <param name="contentType">The media type.</param>
internal sealed class BodyResult(RentedBody body, string contentType) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var _ = body;
        var response = httpContext.Response;
        response.ContentType = contentType;
        response.ContentLength = body.Written.Length;
        try
        {
            await response.Body.WriteAsync(body.Written, httpContext.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // As TypedResults.Bytes does: the caller has hung up, and must not mistake a part for the whole.
            httpContext.Abort();
        }
    }
}
