namespace Auth0.ManagementApi;

/// <summary>An error answer of the Management API, or one that could not be read. Switch on <see cref="StatusCode"/>: not every status has a subclass.</summary>
/// <param name="message">What went wrong, unless the body says it.</param>
/// <param name="statusCode">The answer's status.</param>
/// <param name="body">Its body.</param>
/// <param name="innerException">Why it could not be read.</param>
/// <param name="rawResponse">The answer.</param>
public class ManagementApiException(
    string message, int statusCode, object body, Exception? innerException = null, RawResponse? rawResponse = null)
    : ManagementException(message, innerException)
{
    /// <summary>The answer's status.</summary>
    public int StatusCode => statusCode;

    /// <summary>Its body: a JsonElement in a subclass, a string in this class, null when a good answer could not be read.</summary>
    public object Body => body;

    /// <summary>The answer.</summary>
    public RawResponse? RawResponse => rawResponse;

    /// <summary>What a JSON body says.</summary>
    public ApiError? ApiError { get; } = ApiError.TryParse(body);

    /// <summary>The body's <c>message</c>.</summary>
    public string? Description => ApiError?.Message;

    /// <summary>The body's <c>errorCode</c>.</summary>
    public string? ErrorCode => ApiError?.ErrorCode;

    /// <summary>What the answer's headers say.</summary>
    public RateLimit? RateLimit => rawResponse is null ? null : RateLimit.Parse(rawResponse.Headers);

    /// <inheritdoc/>
    public override string Message => ApiError?.Message ?? base.Message;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{GetType().FullName}: {Message} (Status Code: {StatusCode})"
        + (InnerException is null ? "" : $"\n ---> {InnerException}\n --- End of inner exception stack trace ---")
        + (StackTrace is null ? "" : $"\n{StackTrace}");
}

/// <summary>A 400.</summary>
/// <param name="body">Its JSON.</param>
/// <param name="rawResponse">The answer.</param>
public class BadRequestError(object body, RawResponse? rawResponse = null)
    : ManagementApiException(nameof(BadRequestError), 400, body, rawResponse: rawResponse);

/// <summary>A 401.</summary>
/// <param name="body">Its JSON.</param>
/// <param name="rawResponse">The answer.</param>
public class UnauthorizedError(object body, RawResponse? rawResponse = null)
    : ManagementApiException(nameof(UnauthorizedError), 401, body, rawResponse: rawResponse);

/// <summary>A 403.</summary>
/// <param name="body">Its JSON.</param>
/// <param name="rawResponse">The answer.</param>
public class ForbiddenError(object body, RawResponse? rawResponse = null)
    : ManagementApiException(nameof(ForbiddenError), 403, body, rawResponse: rawResponse);

/// <summary>A 404.</summary>
/// <param name="body">Its JSON.</param>
/// <param name="rawResponse">The answer.</param>
public class NotFoundError(object body, RawResponse? rawResponse = null)
    : ManagementApiException(nameof(NotFoundError), 404, body, rawResponse: rawResponse);

/// <summary>A 429.</summary>
/// <param name="body">Its JSON.</param>
/// <param name="rawResponse">The answer.</param>
public class TooManyRequestsError(object body, RawResponse? rawResponse = null)
    : ManagementApiException(nameof(TooManyRequestsError), 429, body, rawResponse: rawResponse);

/// <summary>A 503.</summary>
/// <param name="body">Its JSON.</param>
/// <param name="rawResponse">The answer.</param>
public class ServiceUnavailableError(object body, RawResponse? rawResponse = null)
    : ManagementApiException(nameof(ServiceUnavailableError), 503, body, rawResponse: rawResponse);
