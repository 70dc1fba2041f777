using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AdminFunctions.Http;

/// <summary>Answers with a problem.</summary>
internal sealed class ProblemResult(Problem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (problem.WwwAuthenticate is { } challenge)
        {
            headers.WWWAuthenticate = challenge;
        }

        if (problem.RetryAfter is { } wait)
        {
            headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var details = new ProblemDetails
        {
            Type = $"urn:admin-functions:problem:{problem.Slug}",
            Title = problem.Title,
            Status = problem.Status,
            Detail = problem.Detail,
            Extensions = { ["traceId"] = httpContext.TraceIdentifier },
        };
        if (problem.Errors is { } errors)
        {
            details.Extensions["errors"] = errors;
        }

        return TypedResults.Problem(details).ExecuteAsync(httpContext);
    }
}
