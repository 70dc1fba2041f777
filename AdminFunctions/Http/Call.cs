using System.Diagnostics;
using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Http;

/// <summary>
/// A call of a function as telemetry sees it, from its arrival to the end of its answer: a stream ends long after the function
/// has returned.
/// </summary>
internal sealed class Call(string function, Activity? span, Instruments instruments, TimeProvider time) : IResult
{
    private readonly long _started = time.GetTimestamp();
    private IResult? _answer;
    private string? _problem;

    /// <summary>Has the call seen, if anybody looks.</summary>
    public static Call? Start(string function, HttpRequest request, Instruments instruments, TimeProvider time)
    {
        var span = Spans.StartCall(function, request.Headers.TraceParent);
        if (span is null && !instruments.MeasureCalls)
        {
            return null;
        }

        var call = new Call(function, span, instruments, time);
        request.HttpContext.Features.Set(call);
        return call;
    }

    /// <summary>Notes what went wrong in the middle of an answer.</summary>
    public static void Fail(HttpContext context, string problem)
    {
        if (context.Features.Get<Call>() is { } call)
        {
            call._problem = problem;
        }
    }

    /// <summary>The answer, to be seen off.</summary>
    /// <param name="answer">The answer itself.</param>
    /// <param name="problem">What went wrong.</param>
    public IResult Answer(IResult answer, string? problem)
    {
        _answer = answer;
        _problem = problem;
        return this;
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        Activity.Current = span ?? Activity.Current;
        try
        {
            await _answer!.ExecuteAsync(httpContext);
        }
        catch (Exception exception)
        {
            _problem ??= RequestPipeline.IsCallersLeaving(exception, httpContext.RequestAborted)
                ? RequestPipeline.ClientClosed
                : "broken-answer";
            throw;
        }
        finally
        {
            // The answer to a caller who has gone is never written.
            var status = _answer is IStatusCodeHttpResult { StatusCode: { } known } ? known : httpContext.Response.StatusCode;
            instruments.Called(function, status, _problem, time.GetElapsedTime(_started));
            span?.SetTag("http.response.status_code", status);
            if (_problem is not null)
            {
                span.Fail(_problem);
            }

            span?.Dispose();
        }
    }
}
