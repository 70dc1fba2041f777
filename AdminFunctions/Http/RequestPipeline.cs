using System.Diagnostics;
using AdminFunctions.Access;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Http;

/// <summary>
/// What every function needs, in one place that each calls: it admits the caller, limits the time, turns every failure into
/// a problem and sets the headers. It is no middleware, so that it is the same under every host.
/// </summary>
/// <param name="faults">What is wrong with the settings.</param>
/// <param name="report">Tells the log of it.</param>
/// <param name="authentication">Admits callers.</param>
/// <param name="time">The clock of the budget.</param>
/// <param name="instruments">Count the calls.</param>
/// <param name="logger">Told of failures that are ours or our tenant's, by trace id, and of callers who are turned away.</param>
public sealed partial class RequestPipeline(
    SettingsFaults faults,
    SettingsReport report,
    BearerAuthentication authentication,
    TimeProvider time,
    Instruments instruments,
    ILogger<RequestPipeline> logger) : IDisposable
{
    /// <summary>What became of a call that nobody waited for to its end. Nobody is told; logs commonly call it so.</summary>
    internal const string ClientClosed = "client-closed-request";

    private readonly LineLimit _lines = new(time, (slug, count) => LogLeftOut(logger, slug, count));

    /// <summary>Runs a function that anyone may call.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="request">The request.</param>
    /// <param name="answer">The function.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    /// <returns>The function's answer, or a problem.</returns>
    public Task<IResult> RunAsync(string function, HttpRequest request, Func<CancellationToken, Task<IResult>> answer, CancellationToken cancellationToken) =>
        GuardAsync(function, request, answer, ended: null, cancellationToken);

    /// <summary>Runs a function for callers with a permission.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="request">The request.</param>
    /// <param name="permission">The permission, one of <see cref="Permissions"/>.</param>
    /// <param name="answer">The function. Its token is cancelled when the time is spent or the caller goes away.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    /// <param name="ended">Told once, before the answer is sent, what became of it: nothing, or the problem's slug and what was thrown.</param>
    /// <returns>The function's answer, or a problem.</returns>
    public Task<IResult> RunAsync(
        string function,
        HttpRequest request,
        string permission,
        Func<Caller, CancellationToken, Task<IResult>> answer,
        CancellationToken cancellationToken,
        Action<string?, Exception?>? ended = null) =>
        GuardAsync(
            function,
            request,
            async budget => await answer(await AdmitAsync(request, permission, budget), budget),
            ended,
            cancellationToken);

    private async Task<Caller> AdmitAsync(HttpRequest request, string permission, CancellationToken budget)
    {
        using var span = Spans.Start("admit");
        try
        {
            return await authentication.AdmitAsync(request, permission, budget);
        }
        catch (Exception exception) when (span.IsFailedBy(exception))
        {
            throw;
        }
    }

    private async Task<IResult> GuardAsync(
        string function,
        HttpRequest request,
        Func<CancellationToken, Task<IResult>> answer,
        Action<string?, Exception?>? ended,
        CancellationToken cancellationToken)
    {
        _lines.WriteLeftOut();
        var context = request.HttpContext;
        var call = Call.Start(function, request, instruments, time);
        context.TraceIdentifier = TraceIdOf(request);
        report.Write(context.TraceIdentifier);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";

        var (result, problem, exception) = await AnswerAsync(context, answer, cancellationToken);
        ended?.Invoke(problem, exception);
        return call?.Answer(result, problem) ?? result;
    }

    private async Task<(IResult Result, string? Problem, Exception? Exception)> AnswerAsync(
        HttpContext context,
        Func<CancellationToken, Task<IResult>> answer,
        CancellationToken cancellationToken)
    {
        if (faults.Sentences.Count > 0)
        {
            var misconfigured = Problem.Misconfigured(faults.Sentences);
            return (new ProblemResult(misconfigured), misconfigured.Slug, null);
        }

        using var budget = RequestBudget.Start(time, RequestBudget.ForRequest, cancellationToken);
        try
        {
            return (await answer(budget.Token), null, null);
        }
        catch (Exception exception) when (IsCallersLeaving(exception, cancellationToken))
        {
            return (TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest), ClientClosed, exception);
        }
        catch (Exception exception)
        {
            var problem = Report(exception, context);
            return (new ProblemResult(problem), problem.Slug, exception);
        }
    }

    /// <summary>
    /// Whether something was thrown because the caller has gone. Whatever else is thrown keeps its name, though nobody is there to
    /// read it: else hanging up would hide who was refused.
    /// </summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    internal static bool IsCallersLeaving(Exception exception, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
        && exception is (OperationCanceledException or ConnectionResetException or BadHttpRequestException);

    /// <summary>Says what went wrong and logs it.</summary>
    /// <param name="exception">What a room below threw.</param>
    /// <param name="context">The request and its trace id.</param>
    public Problem Report(Exception exception, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var problem = Problem.From(
            exception is OperationCanceledException ? TenantErrors.Translate(exception, "this request") : exception);
        Call.Fail(context, problem.Slug);
        Log(problem, exception, context.TraceIdentifier);
        return problem;
    }

    /// <summary>Writes how many lines were left out.</summary>
    public void Dispose() => _lines.Dispose();

    /// <summary>
    /// The trace that this request belongs to (W3C Trace Context): the caller's, whatever trace the Functions host is in, as
    /// <see cref="Spans.StartCall"/> has it too. Without a caller's, that of the current span, which is there only if telemetry is exported.
    /// </summary>
    private static string TraceIdOf(HttpRequest request) =>
        ActivityContext.TryParse(request.Headers.TraceParent, traceState: null, out var caller) ? caller.TraceId.ToHexString()
        : Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString()
        : ActivityTraceId.CreateRandom().ToHexString();

    private void Log(Problem problem, Exception exception, string traceId)
    {
        switch (problem)
        {
            case { Slug: "unexpected" }:
                LogUnexpected(exception, traceId);
                break;
            case { Status: >= StatusCodes.Status500InternalServerError } when _lines.TryTake(problem.Slug):
                LogFailure(problem.Slug, problem.Detail, (exception.InnerException ?? exception).GetType().Name, traceId);
                break;
            case { Status: StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden } when _lines.TryTake(problem.Slug):
                LogTurnedAway(problem.Slug, problem.Detail, traceId);
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "unexpected: nobody has foreseen this (traceId {TraceId})")]
    private partial void LogUnexpected(Exception exception, string traceId);

    [LoggerMessage(2, LogLevel.Error, "{Slug}: {Detail} ({Exception}, traceId {TraceId})")]
    private partial void LogFailure(string slug, string detail, string exception, string traceId);

    [LoggerMessage(3, LogLevel.Information, "{Slug}: {Detail} (traceId {TraceId})")]
    private partial void LogTurnedAway(string slug, string detail, string traceId);

    [LoggerMessage(4, LogLevel.Warning, "{Slug}: {Count} more such lines were left out")]
    private static partial void LogLeftOut(ILogger logger, string slug, int count);
}
