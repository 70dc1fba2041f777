using System.Diagnostics;
using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Http;

/// <summary>
/// The span and the metrics of a function call, from its arrival to the end of its response. A stream ends long after the function has
/// returned, so this wraps the function's result.
/// </summary>
internal sealed class CallTelemetry(string function, Activity? span, Instruments instruments, TimeProvider time) : IResult
{
    private readonly long _started = time.GetTimestamp();
    private IResult? _result;
    private string? _problem;

    /// <summary>Starts the telemetry of a call; <see langword="null"/> if nobody listens.</summary>
    public static CallTelemetry? Start(string function, HttpRequest request, Instruments instruments, TimeProvider time)
    {
        var span = Spans.StartCall(function, request.Headers.TraceParent);
        if (span is null && !instruments.MeasureCalls)
        {
            return null;
        }

        var call = new CallTelemetry(function, span, instruments, time);
        request.HttpContext.Features.Set(call);
        return call;
    }

    /// <summary>Records a problem in the middle of a response.</summary>
    public static void Fail(HttpContext context, string problem)
    {
        if (context.Features.Get<CallTelemetry>() is { } call)
        {
            call._problem = problem;
        }
    }

    /// <summary>Wraps the function's result.</summary>
    /// <param name="problem">The slug of the problem, if there is one.</param>
    public IResult Observe(IResult result, string? problem)
    {
        _result = result;
        _problem = problem;
        return this;
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        Activity.Current = span ?? Activity.Current;
        try
        {
            await _result!.ExecuteAsync(httpContext);
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
            // A response to a caller who has hung up is never written, so its status is not in the context.
            var status = _result is IStatusCodeHttpResult { StatusCode: { } known } ? known : httpContext.Response.StatusCode;
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
