using System.Diagnostics;
using System.Text.Json;
using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Export;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Http;

/// <summary>
/// What every function needs: it admits the caller, limits the time, turns every failure into a problem, sets the headers and, for a
/// function that writes, keeps the audit trail. Each function calls it. It is not middleware, so that it is the same under every host.
/// </summary>
public sealed partial class RequestPipeline(
    SettingsFaults faults,
    SettingsReport report,
    BearerAuthentication authentication,
    AuditTrail audit,
    TimeProvider time,
    Instruments instruments,
    ILogger<RequestPipeline> logger) : IDisposable
{
    /// <summary>The outcome of a call whose caller hung up, in metrics and spans. The name is common in logs.</summary>
    internal const string ClientClosed = "client-closed-request";

    private readonly LineLimit _lines = new(time, (slug, count) => LogLeftOut(logger, slug, count));

    /// <summary>Runs a function that reads.</summary>
    /// <param name="body">Parses, calls and shapes.</param>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    /// <returns>The function's response, or a problem.</returns>
    public Task<IResult> RunAsync(
        FunctionPolicy policy,
        HttpRequest request,
        Func<FunctionCall, Task<IResult>> body,
        CancellationToken cancellationToken) =>
        RunAsync(policy, request, entry: null, body, cancellationToken);

    /// <summary>Runs a function that changes a user. The attempt is in the audit trail, whatever becomes of it.</summary>
    /// <remarks>
    /// It does not stop when its caller hangs up. That cannot take back a request that has been sent; it would only leave its outcome
    /// open, and hide that a caller was refused.
    /// </remarks>
    /// <param name="id">The user's ID, as it is in the route.</param>
    /// <param name="body">Parses, calls and shapes. It asks Auth0 for the change through <see cref="AuditEntry.RequestAsync"/>.</param>
    /// <returns>The function's response, or a problem.</returns>
    public Task<IResult> RunWriteAsync(
        FunctionPolicy policy,
        HttpRequest request,
        string id,
        Func<FunctionCall, AuditEntry, Task<IResult>> body)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(request);
        var entry = audit.Open(policy.Function, id, request.HttpContext);
        return RunAsync(policy, request, entry, call => body(call, entry), CancellationToken.None);
    }

    /// <summary>Runs a function that changes many users. Each of them has an entry of their own in the audit trail.</summary>
    /// <param name="body">
    /// Parses, calls and shapes. Its second argument is the entry of the call, for a refusal of all of it, and the origin of the others.
    /// </param>
    /// <inheritdoc cref="RunWriteAsync"/>
    public Task<IResult> RunWritesAsync(
        FunctionPolicy policy,
        HttpRequest request,
        Func<FunctionCall, AuditEntry, Task<IResult>> body) =>
        RunWriteAsync(policy, request, id: "", body);

    /// <summary>Describes a failure that is not that of the whole call, and logs it if that is due.</summary>
    /// <returns>The slug of the problem, and its details as JSON.</returns>
    internal (string Slug, byte[] Details) Describe(Exception exception, HttpContext context)
    {
        var problem = Translate(exception);
        Log(problem, exception, context.TraceIdentifier);
        return (
            problem.Slug,
            JsonSerializer.SerializeToUtf8Bytes(problem.ToDetails(context.TraceIdentifier), ProblemJson.Unescaped.ProblemDetails));
    }

    /// <summary>Streams a body. A failure in the middle is reported as a problem, as far as the format allows.</summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    public IResult Stream(IStreamedBody body, CancellationToken cancellationToken) =>
        new StreamResult(body, Report, time, cancellationToken);

    private async Task<IResult> RunAsync(
        FunctionPolicy policy,
        HttpRequest request,
        AuditEntry? entry,
        Func<FunctionCall, Task<IResult>> body,
        CancellationToken cancellationToken)
    {
        _lines.WriteLeftOut();
        var context = request.HttpContext;
        var telemetry = CallTelemetry.Start(policy.Function, request, instruments, time);
        context.TraceIdentifier = TraceIdOf(request);
        report.Write(context.TraceIdentifier);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";

        var (result, problem, exception) = await RespondAsync(policy, request, entry, body, cancellationToken);
        entry?.Close(problem, exception);
        return telemetry?.Observe(result, problem) ?? result;
    }

    private async Task<(IResult Result, string? Problem, Exception? Exception)> RespondAsync(
        FunctionPolicy policy,
        HttpRequest request,
        AuditEntry? entry,
        Func<FunctionCall, Task<IResult>> body,
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
            var caller = await AdmitAsync(policy, request, budget.Token);
            entry?.Admit(caller);
            return (await body(new FunctionCall(request, caller, request.HttpContext.TraceIdentifier, budget.Token)), null, null);
        }
        catch (Exception exception) when (IsCallersLeaving(exception, cancellationToken))
        {
            return (TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest), ClientClosed, exception);
        }
        catch (Exception exception)
        {
            var problem = Report(exception, request.HttpContext);
            return (new ProblemResult(problem), problem.Slug, exception);
        }
    }

    private async Task<Caller> AdmitAsync(FunctionPolicy policy, HttpRequest request, CancellationToken budget)
    {
        if (!policy.RequiresToken)
        {
            return Caller.Anonymous;
        }

        using var span = Spans.Start("admit");
        try
        {
            return await authentication.AdmitAsync(request, policy.Permission, budget);
        }
        catch (Exception exception) when (span.IsFailedBy(exception))
        {
            throw;
        }
    }

    /// <summary>
    /// Whether an exception only means that the caller has hung up. Any other exception keeps its slug, even if the caller is gone;
    /// otherwise hanging up would hide who was refused.
    /// </summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    internal static bool IsCallersLeaving(Exception exception, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
        && exception is (OperationCanceledException or ConnectionResetException or BadHttpRequestException);

    /// <summary>Translates an exception into a problem, and logs it if that is due.</summary>
    private Problem Report(Exception exception, HttpContext context)
    {
        var problem = Translate(exception);
        CallTelemetry.Fail(context, problem.Slug);
        Log(problem, exception, context.TraceIdentifier);
        return problem;
    }

    private static Problem Translate(Exception exception) => Problem.From(
        exception is OperationCanceledException ? TenantErrors.Translate(exception, "this request") : exception);

    /// <summary>Logs how many lines were left out.</summary>
    public void Dispose() => _lines.Dispose();

    /// <summary>
    /// The trace of the request (W3C Trace Context). It is the caller's, whichever trace the Functions host is in, as in
    /// <see cref="Spans.StartCall"/>. Without a caller's, it is that of the current span, which exists only if telemetry is exported.
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

    [LoggerMessage(1, LogLevel.Error, "unexpected: an exception that the code does not handle (traceId {TraceId})")]
    private partial void LogUnexpected(Exception exception, string traceId);

    [LoggerMessage(2, LogLevel.Error, "{Slug}: {Detail} ({Exception}, traceId {TraceId})")]
    private partial void LogFailure(string slug, string detail, string exception, string traceId);

    [LoggerMessage(3, LogLevel.Information, "{Slug}: {Detail} (traceId {TraceId})")]
    private partial void LogTurnedAway(string slug, string detail, string traceId);

    [LoggerMessage(4, LogLevel.Warning, "{Slug}: {Count} more such lines were left out")]
    private static partial void LogLeftOut(ILogger logger, string slug, int count);
}
