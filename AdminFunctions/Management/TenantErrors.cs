using System.Net;
using Auth0.Core.Exceptions;
using Auth0.ManagementApi;
using Polly.Timeout;

namespace AdminFunctions.Management;

/// <summary>
/// What the client libraries throw, as what happened. Two families of exceptions meet here: <see cref="ApiException"/> of the
/// token endpoint and <see cref="ManagementApiException"/> of the Management API; around them HttpClient's, Polly's, the
/// JSON reader's, and IdentityModel's.
/// </summary>
internal static class TenantErrors
{
    /// <summary>Auth0 gave an answer that is no answer.</summary>
    /// <param name="what">What was asked for.</param>
    /// <param name="exception">What could not be done with the answer.</param>
    public static TenantException Unreadable(string what, Exception? exception = null) => new(
        TenantFailure.Refused,
        $"Auth0's answer to {what} could not be read. See that Auth0__Domain is the tenant's domain and that nothing stands between the function app and Auth0.",
        exception);

    /// <summary>Says what happened.</summary>
    /// <param name="exception">What a client library threw.</param>
    /// <param name="what">What was asked for, to begin or end a sentence with.</param>
    /// <param name="scope">The scope that the Management API wants for it.</param>
    public static TenantException Translate(Exception exception, string what, string? scope = null) => exception switch
    {
        TenantException known => known,
        ManagementApiException api => OfManagementApi(api, what, scope),
        RateLimitApiException limited => RateLimited(limited.RateLimit is { RetryAfter: > 0 } limit ? TimeSpan.FromSeconds(limit.RetryAfter) : null, what, limited),
        ErrorApiException api => OfTokenEndpoint(api, what),
        OperationCanceledException or TimeoutRejectedException => new(
            TenantFailure.Timeout,
            $"Auth0 did not answer to {what} in time. Try again shortly.",
            exception),
        HttpRequestException { StatusCode: null } => new(
            TenantFailure.Timeout,
            $"Auth0 could not be reached for {what}. Try again shortly; if this lasts, see that Auth0__Domain is the tenant's domain.",
            exception),
        _ => Unreadable(what, exception),
    };

    /// <summary>An answer, read without a client library, that is no success.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="what">What was asked for.</param>
    public static TenantException OfAnswer(HttpResponseMessage answer, string what) => answer.StatusCode is HttpStatusCode.TooManyRequests
        ? RateLimited(answer.Headers.RetryAfter?.Delta, what)
        : OfStatus((int)answer.StatusCode, what);

    private static TenantException OfManagementApi(ManagementApiException exception, string what, string? scope) => exception.StatusCode switch
    {
        400 => new(TenantFailure.InvalidRequest, exception.ApiError?.Message ?? "Auth0 refused the request.", exception),
        414 => new(TenantFailure.InvalidRequest, "Auth0 finds the search too long. Make q shorter.", exception),
        401 => new(
            TenantFailure.Refused,
            "Auth0 refuses the Management API token that it has granted, a new one too. See that Auth0__Domain is the tenant's own domain.",
            exception),
        403 => new(
            TenantFailure.Refused,
            $"Auth0 forbids {what} ({Reason(exception.ApiError?.Message)}). "
                + $"Grant the application in Auth0__ClientId the scope {scope} of the Auth0 Management API.",
            exception),
        429 => RateLimited(exception.RateLimit?.RetryAfter, what, exception),
        var status => OfStatus(status, what, exception),
    };

    private static TenantException OfTokenEndpoint(ErrorApiException exception, string what) => (int)exception.StatusCode switch
    {
        401 => new(
            TenantFailure.Refused,
            "Auth0 refuses the credentials of the application in Auth0__ClientId. See that this is its client id and that the secret in Key Vault is its current client secret.",
            exception),
        403 => new(
            TenantFailure.Refused,
            $"Auth0 gives the application in Auth0__ClientId no Management API token ({Reason(exception.ApiError?.Message)}). See that it is a machine-to-machine application and authorize it for the Auth0 Management API with the scopes read:users and delete:users.",
            exception),
        var status => OfStatus(status, what, exception),
    };

    private static TenantException OfStatus(int status, string what, Exception? exception = null) => status switch
    {
        408 => new(TenantFailure.Timeout, $"Auth0 did not answer to {what} in time. Try again shortly.", exception),
        429 => RateLimited(null, what, exception),
        >= 500 => new(TenantFailure.Refused, $"Auth0 answered to {what} with status {status}, at every try. Try again shortly.", exception),
        >= 400 => new(TenantFailure.Refused, $"Auth0 answered to {what} with status {status}. See that Auth0__Domain and Auth0__ClientId are right.", exception),
        _ => Unreadable(what, exception),
    };

    /// <summary>There is no room for a request before some time has passed.</summary>
    /// <param name="wait">How long that is; <see langword="null"/> when it is not known.</param>
    /// <param name="what">What was asked for.</param>
    /// <param name="exception">What the client library threw.</param>
    public static TenantException RateLimited(TimeSpan? wait, string what, Exception? exception = null)
    {
        var retryAfter = wait ?? TimeSpan.FromSeconds(1);
        return new TenantException(
            TenantFailure.RateLimited,
            $"Auth0's rate limit leaves no room for {what} just now. Try again in {Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)):0} s.",
            exception)
        {
            RetryAfter = retryAfter,
        };
    }

    /// <summary>Auth0's words; not the page of whatever else may have answered in its place.</summary>
    private static string Reason(string? message) =>
        message is { Length: > 0 and <= 300 } && !message.StartsWith('<') ? message : "it gives no reason";
}
