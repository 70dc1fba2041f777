using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using AdminFunctions.Telemetry;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AdminFunctions.Management;

/// <summary>
/// Sends again what may succeed at another try: 408, 429, 5xx, broken connections and tries that hang. Every request that
/// comes this way may be sent twice: lists and grants change nothing, and a delete is idempotent (RFC 9110, section 9.2.2).
/// </summary>
/// <remarks>
/// A wait that Auth0 asks for is honoured to the second; one that would outlast the <see cref="RequestBudget"/> is not
/// begun, so that the caller learns at once when to come again. Answers are read whole, under the request's own token,
/// because the SDK reads bodies without one.
/// </remarks>
internal sealed class ResilienceHandler : DelegatingHandler
{
    /// <summary>How long one try may take. Auth0 ends a search after 2 s: an answer that takes twice as long is not coming.</summary>
    internal static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(4);

    /// <summary>How often a failure, other than the rate limit, is tried again.</summary>
    internal const int RetriesOfFailures = 3;

    private const int LongestBodyInBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly Instruments _instruments;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;

    public ResilienceHandler(HttpMessageHandler inner, TimeProvider time, Instruments instruments)
        : base(inner)
    {
        _time = time;
        _instruments = instruments;
        Outcomes = new LastOutcomes(time);
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                // The budget ends the tries, not their number.
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = arguments => ValueTask.FromResult(MaySucceedAgain(arguments.Outcome, arguments.AttemptNumber)),
                DelayGenerator = arguments => ValueTask.FromResult(RequestedWait(arguments.Outcome.Result)),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstDelay,
                MaxDelay = LongestDelay,
                OnRetry = static arguments =>
                {
                    arguments.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(TryTimeout)
            .Build();
    }

    /// <summary>When the tenant was last heard from.</summary>
    public LastOutcomes Outcomes { get; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = new TenantCall(this, request, TenantOperation.Of(request));
        using var span = Spans.Start(call.Operation, ActivityKind.Client);
        try
        {
            var response = await SendAsync(call, cancellationToken);
            Note(response.StatusCode, span);
            return response;
        }
        catch (Exception exception)
        {
            // That the caller has gone says nothing about the tenant.
            if (exception is not OperationCanceledException || RequestBudget.Current is not { Remaining.Ticks: > 0 })
            {
                Outcomes.Failed(exception.GetType().Name);
            }

            span.IsFailedBy(exception);
            throw;
        }
        finally
        {
            span?.SetTag("admin_functions.tenant.tries", call.Tries);
        }
    }

    /// <summary>An answer about what was asked for is a success, whatever it says; one about us, or about the tenant, is none.</summary>
    private void Note(HttpStatusCode status, Activity? span)
    {
        span?.SetTag("http.response.status_code", (int)status);
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
        {
            Outcomes.Failed($"HTTP {(int)status}");
            span.Fail($"{(int)status}");
        }
        else
        {
            Outcomes.Succeeded();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(TenantCall tenantCall, CancellationToken cancellationToken)
    {
        // Not every client library hands its caller's token on.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, RequestBudget.Current?.Token ?? default);
        var response = await _pipeline.ExecuteAsync(
            static (call, token) => call.Handler.SendOnceAsync(call, token),
            tenantCall,
            ended.Token);

        if (response.StatusCode is HttpStatusCode.TooManyRequests && RequestedWait(response) is { } wait)
        {
            // One form of the three that it comes in, and the one that the SDK reads.
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue)));
        }

        return response;
    }

    private async ValueTask<HttpResponseMessage> SendOnceAsync(TenantCall call, CancellationToken cancellationToken)
    {
        if (++call.Tries > 1)
        {
            _instruments.TenantRetried(call.Operation);
        }

        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(call.Request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(LongestBodyInBytes, cancellationToken);
            _instruments.TenantAnswered(call.Operation, (int)response.StatusCode);
            return response;
        }
        catch (Exception exception)
        {
            response?.Dispose();
            _instruments.TenantFailed(call.Operation, exception.GetType().Name);
            throw;
        }
    }

    private bool MaySucceedAgain(Outcome<HttpResponseMessage> outcome, int retries)
    {
        var mayAgain = outcome switch
        {
            { Result.StatusCode: HttpStatusCode.TooManyRequests } => true,
            { Result.StatusCode: HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError } => retries < RetriesOfFailures,
            { Exception: HttpRequestException or IOException or TimeoutRejectedException } => retries < RetriesOfFailures,
            _ => false,
        };
        return mayAgain && (RequestedWait(outcome.Result) ?? LongestBackoff(retries)) < (RequestBudget.Current?.Remaining ?? RequestBudget.ForRequest);
    }

    /// <summary>What the pipeline's backoff with its jitter comes to at the most.</summary>
    private static TimeSpan LongestBackoff(int retries) =>
        retries < 3 ? FirstDelay * (2 << retries) : LongestDelay;

    /// <summary>The wait that Auth0 asks for: Retry-After, else, on a 429, the moment at which its bucket is refilled.</summary>
    private TimeSpan? RequestedWait(HttpResponseMessage? response) =>
        response is null ? null : Positive(RetryAfter(response) ?? RateLimitReset(response));

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header
            ? header.Delta ?? (header.Date is { } date ? RateLimit.Until(date, _time) : null)
            : null;

    private TimeSpan? RateLimitReset(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.TooManyRequests
        && response.Headers.TryGetValues("X-RateLimit-Reset", out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var epochSeconds)
        && epochSeconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? RateLimit.Until(DateTimeOffset.FromUnixTimeSeconds(epochSeconds), _time)
            : null;

    private static TimeSpan? Positive(TimeSpan? wait) => wait > TimeSpan.Zero ? wait : null;

    private sealed record TenantCall(ResilienceHandler Handler, HttpRequestMessage Request, string Operation)
    {
        public int Tries { get; set; }
    }
}
