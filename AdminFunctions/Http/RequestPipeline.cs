using System.Diagnostics;
using AdminFunctions.Access;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Http;

/// <summary>
/// What every function needs, in one place that each calls: it admits the caller, limits the time, turns every failure into
/// a problem and sets the headers. It is no middleware, so that it is the same under every host.
/// </summary>
/// <param name="faults">What is wrong with the settings.</param>
/// <param name="authentication">Admits callers.</param>
/// <param name="time">The clock of the budget.</param>
/// <param name="logger">Told of failures that are ours or our tenant's, by trace id.</param>
public sealed partial class RequestPipeline(SettingsFaults faults, BearerAuthentication authentication, TimeProvider time, ILogger<RequestPipeline> logger)
{
    /// <summary>Runs a function that anyone may call.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">The function.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    /// <returns>The function's answer, or a problem.</returns>
    public Task<IResult> RunAsync(HttpRequest request, Func<CancellationToken, Task<IResult>> answer, CancellationToken cancellationToken) =>
        GuardAsync(request, answer, cancellationToken);

    /// <summary>Runs a function for callers with a permission.</summary>
    /// <param name="request">The request.</param>
    /// <param name="permission">The permission, one of <see cref="Permissions"/>.</param>
    /// <param name="answer">The function. Its token is cancelled when the time is spent or the caller goes away.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    /// <returns>The function's answer, or a problem.</returns>
    public Task<IResult> RunAsync(
        HttpRequest request,
        string permission,
        Func<Caller, CancellationToken, Task<IResult>> answer,
        CancellationToken cancellationToken) =>
        GuardAsync(
            request,
            async budget => await answer(await authentication.AdmitAsync(request, permission, budget), budget),
            cancellationToken);

    private async Task<IResult> GuardAsync(HttpRequest request, Func<CancellationToken, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        var context = request.HttpContext;
        context.TraceIdentifier = TraceIdOf(request);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";

        if (faults.Sentences.Count > 0)
        {
            return new ProblemResult(Problem.Misconfigured(faults.Sentences));
        }

        using var budget = RequestBudget.Start(time, RequestBudget.ForRequest, cancellationToken);
        try
        {
            return await answer(budget.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody is there to read an answer; 499 is what logs commonly call this.
            return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (Exception exception)
        {
            return new ProblemResult(Report(exception, context.TraceIdentifier));
        }
    }

    /// <summary>Says what went wrong and logs it.</summary>
    /// <param name="exception">What a room below threw.</param>
    /// <param name="traceId">The request's trace id.</param>
    public Problem Report(Exception exception, string traceId)
    {
        var problem = Problem.From(
            exception is OperationCanceledException ? TenantErrors.Translate(exception, "this request") : exception);
        Log(problem, exception, traceId);
        return problem;
    }

    /// <summary>
    /// The trace that this request belongs to (W3C Trace Context). Under the Functions host there is an activity only if a
    /// telemetry library makes one, while the caller's header always arrives.
    /// </summary>
    private static string TraceIdOf(HttpRequest request) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString()
        : ActivityContext.TryParse(request.Headers.TraceParent, traceState: null, out var parent) ? parent.TraceId.ToHexString()
        : ActivityTraceId.CreateRandom().ToHexString();

    private void Log(Problem problem, Exception exception, string traceId)
    {
        if (problem.Slug is "unexpected")
        {
            LogUnexpected(exception, traceId);
        }
        else if (problem.Status >= StatusCodes.Status500InternalServerError)
        {
            LogFailure(problem.Slug, problem.Detail, (exception.InnerException ?? exception).GetType().Name, traceId);
        }
        else if (problem.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
        {
            LogTurnedAway(problem.Slug, problem.Detail, traceId);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Unexpected failure, traceId {TraceId}.")]
    private partial void LogUnexpected(Exception exception, string traceId);

    [LoggerMessage(2, LogLevel.Error, "{Slug}: {Detail} ({Exception}, traceId {TraceId})")]
    private partial void LogFailure(string slug, string detail, string exception, string traceId);

    [LoggerMessage(3, LogLevel.Information, "{Slug}: {Detail} (traceId {TraceId})")]
    private partial void LogTurnedAway(string slug, string detail, string traceId);
}
