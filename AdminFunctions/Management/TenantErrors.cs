using System.Net;
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

    /// <summary>Auth0 returned a response that cannot be used.</summary>
    public static TenantException Unreadable(string what, Exception? exception = null) => new(
        TenantFailure.Refused,
        $"Auth0's response to the request for {what} could not be read. Check that Auth0__Domain is the tenant's domain "
            + "and that no proxy intercepts the requests of the function app.",
        exception);

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
        ErrorApiException api => FromTokenEndpoint(api, what),
        OperationCanceledException or TimeoutRejectedException => new(TenantFailure.Timeout, TimedOut, exception),
        HttpRequestException { StatusCode: null } => new(
            TenantFailure.Timeout,
            "Auth0 could not be reached. Try again shortly; if this persists, check that Auth0__Domain is the tenant's domain.",
            exception),
        _ => Unreadable(what, exception),
    };

    /// <summary>Translates an exception of a write, and says whether the write may have been carried out all the same.</summary>
    /// <inheritdoc cref="Translate"/>
    public static TenantException TranslateWrite(Exception exception, string what, string scope)
    {
        var translated = Translate(exception, what, scope);
        return RequestBudget.Current is not { WriteMayBeDone: true }
            ? translated
            : new(translated.Failure, $"{translated.Message} Auth0 may have carried out the request all the same.", exception)
            {
                RetryAfter = translated.RetryAfter,
                MayBeDone = true,
            };
    }

    /// <summary>Translates an unsuccessful response that was read without a client library.</summary>
    public static TenantException FromResponse(HttpResponseMessage response, string what) =>
        response.StatusCode is HttpStatusCode.TooManyRequests
            ? RateLimited(response.Headers.RetryAfter?.Delta)
            : FromStatus((int)response.StatusCode, what);

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
            400 => new(TenantFailure.InvalidRequest, exception.ApiError?.Message ?? "Auth0 rejected the request.", exception)
            {
                Parameter = list is null ? null : Rejected(exception, list),
            },
            414 => new(TenantFailure.InvalidRequest, "The search is too long for Auth0. Shorten q.", exception)
            {
                Parameter = list?.Q.GetValueOrDefault() is null ? null : "q",
            },
            401 => new(
                TenantFailure.Refused,
                "Auth0 rejects the Management API tokens that it has granted. Check that Auth0__Domain is the tenant's own domain.",
                exception),
            403 => new(
                TenantFailure.Refused,
                $"Auth0 denied the request for {what} ({Reason(exception.ApiError?.Message)}). "
                    + $"Grant the application in Auth0__ClientId the scope {scope} of the Auth0 Management API.",
                exception),
            429 => RateLimited(exception.RateLimit?.RetryAfter, exception),
            var status => FromStatus(status, what, exception),
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

    private static TenantException FromTokenEndpoint(ErrorApiException exception, string what) => (int)exception.StatusCode switch
    {
        401 => new(
            TenantFailure.Refused,
            "Auth0 rejects the credentials of the application in Auth0__ClientId. Check that this is its client ID "
                + "and that the secret in Key Vault is its current client secret.",
            exception),
        403 => new(
            TenantFailure.Refused,
            $"Auth0 grants the application in Auth0__ClientId no Management API token ({Reason(exception.ApiError?.Message)}). "
                + "Check that it is a machine-to-machine application, and authorize it for the Auth0 Management API "
                + "with the scopes read:users and delete:users.",
            exception),
        var status => FromStatus(status, what, exception),
    };

    private static TenantException FromStatus(int status, string what, Exception? exception = null) => status switch
    {
        408 => new(TenantFailure.Timeout, TimedOut, exception),
        429 => RateLimited(wait: null, exception),
        >= 500 => new(
            TenantFailure.Refused,
            $"Auth0 returned status {status} to every attempt of the request for {what}. Try again shortly.",
            exception),
        >= 400 => new(
            TenantFailure.Refused,
            $"Auth0 returned status {status} to the request for {what}. Check Auth0__Domain and Auth0__ClientId.",
            exception),
        _ => Unreadable(what, exception),
    };

    /// <summary>Auth0's message, but not the HTML page of a proxy that has responded in its place.</summary>
    private static string Reason(string? message) =>
        message is { Length: > 0 and <= 300 } && !message.StartsWith('<') ? message : "no reason given";

    /// <summary>Such as: Query validation error: 'String does not match pattern …' on property sort (Field to sort by. …).</summary>
    [GeneratedRegex(
        @"\AQuery validation error: .* on property (?<parameter>\w+) \(",
        RegexOptions.CultureInvariant | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ValidationError();
}
