using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Auth0.Core.Exceptions;
using Auth0.ManagementApi;
using Polly.Timeout;

namespace AdminFunctions.Management;

/// <summary>
/// Translates the exceptions of the client libraries into a <see cref="TenantException"/>. There are two families: the token endpoint's
/// <see cref="ApiException"/> and the Management API's <see cref="ManagementApiException"/>; in addition those of HttpClient, Polly, the
/// JSON reader and IdentityModel.
/// </summary>
/// <remarks>In each method, <c>what</c> is what was requested, to follow "the request for".</remarks>
internal static partial class TenantErrors
{
    private const string TimedOut = "Auth0 did not respond in time. Try again shortly.";

    private const string PerhapsDone = "Auth0 may have carried out the request all the same.";

    /// <summary>What a grant requests.</summary>
    public const string Token = "a Management API token";

    private const string CheckProxies =
        "Check that Auth0__Domain is the tenant's domain and that no proxy or firewall intercepts the requests of the function app.";

    /// <summary>Auth0 returned a response that cannot be used.</summary>
    public static TenantException Unreadable(string what, Exception? exception = null) => new(
        TenantFailure.Unavailable,
        $"Auth0's response to the request for {what} could not be read{WhyUnreadable(exception)}. {CheckProxies}",
        exception);

    private static string WhyUnreadable(Exception? exception) => exception switch
    {
        null => ", because it has an unexpected shape",

        // A syntax error has a line, and no path in the document.
        JsonException { Path: null, LineNumber: not null } => ", because it is not JSON",
        JsonException => ", because it has an unexpected shape",
        { InnerException: JsonException inner } => WhyUnreadable(inner),
        _ => "",
    };

    /// <summary>Translates an exception.</summary>
    /// <param name="exception">The client library's exception.</param>
    /// <param name="what">What was requested.</param>
    /// <param name="scope">The scope that the Management API requires for it.</param>
    /// <param name="list">The parameters, if a list of users was requested.</param>
    public static TenantException Translate(
        Exception exception,
        string what,
        string? scope = null,
        ListUsersRequestParameters? list = null) => exception switch
        {
            TenantException translated => translated,
            ManagementApiException api => FromManagementApi(api, what, scope, list),
            RateLimitApiException limited => RateLimited(
                limited.RateLimit is { RetryAfter: > 0 } limit ? TimeSpan.FromSeconds(limit.RetryAfter) : null,
                limited),
            ErrorApiException api when IsPage(api.ApiError?.Message) => FromIntermediary((int)api.StatusCode, what, api),
            ErrorApiException api => FromStatus((int)api.StatusCode, what, api),
            OperationCanceledException or TimeoutRejectedException => new(TenantFailure.Timeout, TimedOut, exception),
            HttpRequestException { StatusCode: null } or IOException => FromTransport(exception, what),
            _ => Unreadable(what, exception),
        };

    /// <summary>Translates an exception of a write, and says whether the write may have been carried out all the same.</summary>
    /// <inheritdoc cref="Translate"/>
    public static TenantException TranslateWrite(Exception exception, string what, string scope)
    {
        var translated = Translate(exception, what, scope);
        return RequestBudget.Current is not { WriteMayBeDone: true }
            ? translated
            : new(translated.Failure, $"{translated.Message} {PerhapsDone}", exception)
            {
                RetryAfter = translated.RetryAfter,
                MayBeDone = true,
            };
    }

    /// <summary>A write may have been carried out, although the client secret could not be read in the end.</summary>
    public static TenantException MayBeDone(VaultException exception) =>
        new(TenantFailure.OutcomeUnknown, $"{exception.Message} {PerhapsDone}", exception) { MayBeDone = true };

    /// <summary>A write may have been carried out, and that cannot be found out.</summary>
    /// <param name="advice">What to do before the caller tries again.</param>
    public static TenantException OutcomeUnknown(TenantException uncertain, string advice) => new(
        TenantFailure.OutcomeUnknown, $"{uncertain.Message} {advice}", uncertain)
    {
        MayBeDone = true,
    };

    /// <summary>A write failed: its outcome was uncertain, and reading the user afterwards showed that nothing had changed.</summary>
    public static Exception NotDone(TenantException uncertain) => uncertain.InnerException is VaultException vault
        ? vault
        : new TenantException(
            uncertain.Failure,
            uncertain.Message.Replace(PerhapsDone, "The user was read afterwards: nothing has changed.", StringComparison.Ordinal),
            uncertain)
        {
            RetryAfter = uncertain.RetryAfter,
        };

    /// <summary>A change that takes several writes failed after some of them.</summary>
    /// <param name="done">What has been done and what to do, in sentences.</param>
    public static TenantException DoneInPart(TenantException exception, string done) =>
        new(exception.Failure, $"{exception.Message} {done}", exception) { RetryAfter = exception.RetryAfter, MayBeDone = true };

    /// <summary>Whether Auth0 denied an endpoint for another reason than a scope that the application lacks.</summary>
    public static bool IsNotInPlan(TenantException exception) =>
        exception is { Failure: TenantFailure.Refused, InnerException: ManagementApiException { StatusCode: 402 or 403 or 404 } api }
        && api.ErrorCode is not "insufficient_scope";

    /// <summary>Whether the tenant's plan or the application's scopes do not include an endpoint.</summary>
    public static bool IsDenied(TenantException exception) =>
        exception is { Failure: TenantFailure.NotInPlan }
            or { Failure: TenantFailure.Refused, InnerException: ManagementApiException { StatusCode: 403 } };

    /// <summary>Whether Auth0 says that what was to be changed does not exist.</summary>
    public static bool IsNotFound(TenantException exception) =>
        exception is { Failure: TenantFailure.Refused, InnerException: ManagementApiException { StatusCode: 404 } };

    /// <summary>Translates an unsuccessful response that was read without a client library.</summary>
    public static TenantException FromResponse(HttpResponseMessage response, string what) =>
        response is { Content.Headers.ContentType.MediaType: "text/html", StatusCode: not HttpStatusCode.TooManyRequests }
            ? FromIntermediary((int)response.StatusCode, what)
            : FromStatus((int)response.StatusCode, what, retryAfter: response.Headers.RetryAfter?.Delta);

    /// <summary>The rate limit has been reached.</summary>
    /// <param name="wait">How long until the next request; <see langword="null"/> if that is not known.</param>
    /// <param name="exception">The client library's exception.</param>
    public static TenantException RateLimited(TimeSpan? wait, Exception? exception = null)
    {
        var retryAfter = wait ?? TimeSpan.FromSeconds(1);
        return new TenantException(
            TenantFailure.RateLimited,
            $"Auth0's rate limit has been reached. Try again in {Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)):0} s.",
            exception)
        {
            RetryAfter = retryAfter,
        };
    }

    private static TenantException FromManagementApi(
        ManagementApiException exception,
        string what,
        string? scope,
        ListUsersRequestParameters? list) => exception.StatusCode switch
        {
            var status and >= 400 and not 429 when exception.Body is string page && IsPage(page) =>
                FromIntermediary(status, what, exception),
            400 when list is not null => new(
                TenantFailure.InvalidRequest, exception.ApiError?.Message ?? "Auth0 rejected the request.", exception)
            {
                Parameter = Rejected(exception, list),
            },
            414 when list is not null => new(TenantFailure.InvalidRequest, "The search is too long for Auth0. Shorten q.", exception)
            {
                Parameter = list.Q.GetValueOrDefault() is null ? null : "q",
            },

            // Auth0's message may contain the user's ID, which is not for the log.
            400 => new(
                TenantFailure.Refused,
                $"Auth0 rejected the request for {what} as invalid (error code {exception.ErrorCode ?? "none"}).",
                exception),
            401 => new(
                TenantFailure.Refused,
                "Auth0 rejects the Management API tokens that it has granted. Check that Auth0__Domain is the tenant's own domain.",
                exception),
            403 => new(
                TenantFailure.Refused,
                $"Auth0 denied the request for {what} ({Reason(exception.ApiError?.Message)}). "
                    + $"Grant the application in Auth0__ClientId the {(scope?.Contains(' ') is true ? "scopes" : "scope")} {scope} of the "
                    + "Auth0 Management API.",
                exception),
            429 => RateLimited(exception.RateLimit?.RetryAfter, exception),
            var status => FromStatus(status, what, exception, exception.RateLimit?.RetryAfter),
        };

    /// <summary>
    /// Which parameter of a list Auth0 rejects. A validation error names it. Any other error is about the search if there is one and
    /// the order cannot be at fault.
    /// </summary>
    private static string? Rejected(ManagementApiException exception, ListUsersRequestParameters list)
    {
        if (ValidationError().Match(exception.ApiError?.Message ?? "") is { Success: true } match)
        {
            return match.Groups["parameter"].Value is var parameter and ("q" or "sort") ? parameter : null;
        }

        var hasGoodOrder = list.Sort.GetValueOrDefault()?.Split(':')[0] is null or "created_at" or "user_id";
        return hasGoodOrder && list.Q.GetValueOrDefault() is not null && exception.ErrorCode is not "invalid_paging" ? "q" : null;
    }

    /// <summary>Translates an exception of the request for a Management API token.</summary>
    public static TenantException TranslateGrant(Exception exception) => exception switch
    {
        ErrorApiException api when IsPage(api.ApiError?.Message) => FromIntermediary((int)api.StatusCode, Token, api),
        ErrorApiException { StatusCode: HttpStatusCode.Unauthorized } => new(
            TenantFailure.Refused,
            "Auth0 rejects the credentials of the application in Auth0__ClientId. Check that this is its client ID "
                + "and that the secret in Key Vault is its current client secret.",
            exception),
        ErrorApiException { StatusCode: HttpStatusCode.Forbidden } api => new(
            TenantFailure.Refused,
            $"Auth0 grants the application in Auth0__ClientId no Management API token ({Reason(api.ApiError?.Message)}). "
                + "Check that it is a machine-to-machine application, and authorize it for the Auth0 Management API "
                + "with the scopes of the functions that you use, such as read:users and delete:users.",
            exception),
        _ => Translate(exception, Token),
    };

    private static TenantException FromStatus(int status, string what, Exception? exception = null, TimeSpan? retryAfter = null) =>
        status switch
        {
            408 => new(TenantFailure.Timeout, TimedOut, exception),
            429 => RateLimited(retryAfter, exception),
            >= 500 => new(
                TenantFailure.Unavailable,
                $"Auth0 returned status {status} to every attempt of the request for {what}. Try again shortly.",
                exception)
            {
                RetryAfter = retryAfter,
            },
            >= 400 => new(
                TenantFailure.Refused,
                $"Auth0 returned status {status} to the request for {what}. Check Auth0__Domain and Auth0__ClientId.",
                exception),
            _ => Unreadable(what, exception),
        };

    /// <summary>A web page in place of JSON: it is a proxy's or a firewall's, not Auth0's.</summary>
    private static TenantException FromIntermediary(int status, string what, Exception? exception = null) => new(
        TenantFailure.Unavailable,
        $"A web page with status {status} came in place of Auth0's response to the request for {what}, probably from a proxy or a "
            + $"firewall. {CheckProxies}",
        exception);

    /// <summary>There was no complete response.</summary>
    private static TenantException FromTransport(Exception exception, string what)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is UntrustedCertificateException untrusted)
            {
                return Unreachable(
                    $"The server at Auth0__Domain could not be authenticated. {untrusted.Message} If a proxy inspects the traffic of the "
                        + "function app, add its certificate authority to those that the app trusts: on Linux by SSL_CERT_DIR or "
                        + "SSL_CERT_FILE, on Windows in the certificate store.");
            }
        }

        return (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => Unreachable("The name in Auth0__Domain could not be resolved. Check it, and the DNS."),
            HttpRequestError.ConnectionError => Unreachable("The connection to Auth0 was refused or could not be made. Check that "
                + "Auth0__Domain is the tenant's domain and that the network lets the function app reach it."),
            HttpRequestError.SecureConnectionError => Unreachable($"A TLS connection to Auth0 could not be made. {CheckProxies}"),
            HttpRequestError.ConfigurationLimitExceeded => Unreachable($"Auth0's response to the request for {what} is larger than "
                + $"{ResilienceHandler.LongestBodyInBytes / (1024 * 1024)} MiB. Ask for fewer users, or for fewer fields."),
            _ => Unreachable("The connection to Auth0 broke before the response was complete. Try again shortly."),
        };

        TenantException Unreachable(string message) => new(TenantFailure.Unavailable, message, exception);
    }

    /// <summary>Whether the body of an error is a web page: Auth0's are JSON.</summary>
    internal static bool IsPage(string? body) => body is not null && body.TrimStart().StartsWith('<');

    private static string Reason(string? message) => message is { Length: > 0 and <= 300 } ? message : "no reason given";

    /// <summary>Such as: Query validation error: 'String does not match pattern …' on property sort (Field to sort by. …).</summary>
    [GeneratedRegex(
        @"\AQuery validation error: .* on property (?<parameter>\w+) \(",
        RegexOptions.CultureInvariant | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ValidationError();
}
