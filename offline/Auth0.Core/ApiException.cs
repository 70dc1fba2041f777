using System.Net;

namespace Auth0.Core.Exceptions;

/// <summary>An error answer of the Authentication API.</summary>
/// <param name="message">What went wrong.</param>
public abstract class ApiException(string? message) : Exception(message)
{
    /// <summary>The exception for an error answer: <see cref="RateLimitApiException"/> for a 429, else <see cref="ErrorApiException"/>.</summary>
    /// <param name="response">The answer.</param>
    public static async Task<ApiException> CreateSpecificExceptionAsync(HttpResponseMessage response)
    {
        var error = await ApiError.Parse(response);
        return response.StatusCode == HttpStatusCode.TooManyRequests
            ? new RateLimitApiException(RateLimit.Parse(response.Headers), error)
            : new ErrorApiException(response.StatusCode, error);
    }
}

/// <summary>An error answer other than a 429.</summary>
/// <param name="statusCode">Its status.</param>
/// <param name="apiError">What its body says.</param>
public class ErrorApiException(HttpStatusCode statusCode, ApiError? apiError = null)
    : ApiException(apiError is null ? statusCode.ToString() : apiError.Message)
{
    /// <summary>The answer's status.</summary>
    public HttpStatusCode StatusCode => statusCode;

    /// <summary>What its body says.</summary>
    public ApiError? ApiError => apiError;
}

/// <summary>A 429.</summary>
/// <param name="rateLimit">What its headers say.</param>
/// <param name="apiError">What its body says.</param>
public class RateLimitApiException(RateLimit? rateLimit, ApiError? apiError = null) : ApiException("Rate limits exceeded")
{
    /// <summary>What the answer's headers say.</summary>
    public RateLimit? RateLimit => rateLimit;

    /// <summary>What its body says.</summary>
    public ApiError? ApiError => apiError;
}
