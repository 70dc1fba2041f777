using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Http;

/// <summary>Answers with a problem.</summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => problem.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (problem.WwwAuthenticate is { } challenge)
        {
            headers.WWWAuthenticate = challenge;
        }

        if (problem.RetryAfterSeconds is { } seconds)
        {
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return TypedResults.Problem(problem.ToDetails(httpContext.TraceIdentifier)).ExecuteAsync(httpContext);
    }
}
