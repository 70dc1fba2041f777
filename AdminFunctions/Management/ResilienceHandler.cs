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
/// Retries on 408, 429 and 5xx responses, broken connections and attempts that hang. A request that Auth0 may have received is sent again
/// only if that changes nothing: if its method is idempotent (RFC 9110, section 9.2.2), if it is a PATCH, which only sets values here, or
/// if it is a grant. Any other POST, above all one that sends an email, is sent again only after a 429, or if there was no connection.
/// </summary>
/// <remarks>
/// A wait that Auth0 requests is kept to the second. A wait that would exceed the <see cref="RequestBudget"/> is not started, so that
/// the caller learns immediately when to try again. Bodies are buffered here, because the SDK reads them without a cancellation token.
/// </remarks>
internal sealed class ResilienceHandler : DelegatingHandler
{
    /// <summary>The timeout of one attempt. Auth0 ends a search after 2 s; after twice that time, no response will come.</summary>
    internal static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(4);

    /// <summary>How often a failure other than a 429 is retried.</summary>
    internal const int RetriesOfFailures = 3;

    /// <summary>The size of the largest response that is read. A page of 100 users with all their fields has some 200 KB.</summary>
    internal const int LongestBodyInBytes = 16 * 1024 * 1024;

    private static readonly ResiliencePropertyKey<TenantCall> Call = new("call");

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
        Status = new DependencyStatus(time);
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                // The budget limits the retries of a 429, not their number.
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Context.Properties.TryGetValue(Call, out var call) && call.MayBeSentAgain
                    && ShouldRetry(arguments.Outcome, arguments.AttemptNumber, call)),
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
            .AddTimeout(AttemptTimeout)
            .Build();
    }

    /// <summary>When requests to the tenant last succeeded and failed.</summary>
    public DependencyStatus Status { get; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = new TenantCall(this, request, TenantOperation.Of(request));
        using var span = Spans.Start(call.Operation, ActivityKind.Client);
        try
        {
            var response = await SendAsync(call, cancellationToken);
            Record(response.StatusCode, span);
            return response;
        }
        catch (Exception exception)
        {
            // A caller who hangs up says nothing about the tenant.
            if (exception is not OperationCanceledException || RequestBudget.Current is not { Remaining.Ticks: > 0 })
            {
                Status.Failed(exception.GetType().Name);
            }

            span.IsFailedBy(exception);
            throw;
        }
        finally
        {
            span?.SetTag("admin_functions.tenant.tries", call.Attempts);
            if (RequestBudget.Current is { } budget && request.Method != HttpMethod.Get)
            {
                budget.WriteMayBeDone |= call.MayBeDone;
            }
        }
    }

    /// <summary>A 4xx about the requested resource is a success. A status about this application, its rate or the server is not.</summary>
    private void Record(HttpStatusCode status, Activity? span)
    {
        span?.SetTag("http.response.status_code", (int)status);
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout
            or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
        {
            Status.Failed($"HTTP {(int)status}");
            span.Fail($"{(int)status}");
        }
        else
        {
            Status.Succeeded();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(TenantCall tenantCall, CancellationToken cancellationToken)
    {
        // The SDKs do not pass on every cancellation token.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, RequestBudget.Current?.Token ?? default);
        var response = await ExecuteAsync(tenantCall, ended.Token);
        if (response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
            && RequestedWait(response) is { } wait)
        {
            // The wait arrives in one of three forms. The SDK reads only this one.
            var seconds = Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue);
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        }

        return response;
    }

    private async Task<HttpResponseMessage> ExecuteAsync(TenantCall tenantCall, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(Call, tenantCall);
            return await _pipeline.ExecuteAsync(
                static (context, call) => call.Handler.SendOnceAsync(call, context.CancellationToken), context, tenantCall);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<HttpResponseMessage> SendOnceAsync(TenantCall call, CancellationToken cancellationToken)
    {
        if (++call.Attempts > 1)
        {
            _instruments.TenantRetried(call.Operation);
        }

        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(call.Request, cancellationToken);
            using (var body = response.Content)
            {
                response.Content = await RentedBody.ReadAsync(body, LongestBodyInBytes, cancellationToken);
            }

            _instruments.TenantAnswered(call.Operation, (int)response.StatusCode);
            call.MayBeDone |= (int)response.StatusCode is < 400 or 408 or >= 500;
            return response;
        }
        catch (Exception exception)
        {
            response?.Dispose();
            call.MayBeDone |= !IsNeverSent(exception);
            _instruments.TenantFailed(call.Operation, exception.GetType().Name);
            throw;
        }
    }

    /// <summary>Whether an attempt failed before there was a connection to send the request on.</summary>
    private static bool IsNeverSent(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    private bool ShouldRetry(Outcome<HttpResponseMessage> outcome, int retries, TenantCall call)
    {
        var isTransient = outcome switch
        {
            { Result.StatusCode: HttpStatusCode.TooManyRequests } => call.MayBeSentAgainAfterRefusal,
            { Result.StatusCode: HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError } => retries < RetriesOfFailures,
            { Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } } => false,
            { Exception: HttpRequestException or IOException or TimeoutRejectedException } => retries < RetriesOfFailures,
            _ => false,
        };
        var wait = RequestedWait(outcome.Result) ?? LongestBackoff(retries);
        return isTransient && wait < (RequestBudget.Current?.Remaining ?? RequestBudget.ForRequest);
    }

    /// <summary>The upper bound of the pipeline's backoff, including its jitter.</summary>
    private static TimeSpan LongestBackoff(int retries) =>
        retries < 3 ? FirstDelay * (2 << retries) : LongestDelay;

    /// <summary>The wait that Auth0 requests: Retry-After, or, on a 429 without it, the time until the bucket is refilled.</summary>
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
        public int Attempts { get; set; }

        public bool MayBeDone { get; set; }

        public bool MayBeSentAgain => !MayBeDone || Request.Method != HttpMethod.Post || Operation is "oauth.token";

        public bool MayBeSentAgainAfterRefusal => Request.Method == HttpMethod.Get || Operation is "oauth.token"
            || RequestBudget.Current?.RepeatsRefusedWrites is not false;
    }
}
