namespace Auth0.AuthenticationApi;

/// <summary>How an <see cref="AuthenticationApiClient"/> sends its requests.</summary>
public interface IAuthenticationConnection
{
    /// <summary>Sends a GET and reads the JSON answer.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="uri">An absolute address.</param>
    /// <param name="headers">Headers to add.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<T> GetAsync<T>(Uri uri, IDictionary<string, string> headers = null!, CancellationToken cancellationToken = default);

    /// <summary>Sends a body, a dictionary as a form, and reads the JSON answer.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="uri">An absolute address.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">Headers to add.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<T> SendAsync<T>(HttpMethod method, Uri uri, object body, IDictionary<string, string> headers = null!, CancellationToken cancellationToken = default);
}
