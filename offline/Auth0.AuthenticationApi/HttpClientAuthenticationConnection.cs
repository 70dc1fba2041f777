using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Auth0.Core.Exceptions;

namespace Auth0.AuthenticationApi;

/// <summary>Sends an <see cref="AuthenticationApiClient"/>'s requests through an HttpClient, which stays its owner's to dispose.</summary>
/// <param name="httpClient">The client.</param>
public class HttpClientAuthenticationConnection(HttpClient httpClient) : IAuthenticationConnection
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNameCaseInsensitive = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <inheritdoc/>
    public async Task<T> GetAsync<T>(Uri uri, IDictionary<string, string> headers = null!, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        return await SendAsync<T>(request, headers, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ApiException">The answer was an error.</exception>
    public async Task<T> SendAsync<T>(HttpMethod method, Uri uri, object body, IDictionary<string, string> headers = null!, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, uri)
        {
            Content = body is IDictionary<string, string> form
                ? new FormUrlEncodedContent(form)
                : new StringContent(JsonSerializer.Serialize(body, body.GetType(), Json), Encoding.UTF8, "application/json"),
        };
        return await SendAsync<T>(request, headers, cancellationToken);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, IDictionary<string, string>? headers, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            request.Headers.Add(name, value);
        }

        using var response = await httpClient.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await ApiException.CreateSpecificExceptionAsync(response);
        }

        if (typeof(T) == typeof(string))
        {
            return (T)(object)await response.Content.ReadAsStringAsync(CancellationToken.None);
        }

        // An answer without a body is a null, though the signature does not say so: the package's way.
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
        return string.IsNullOrWhiteSpace(text) ? default! : JsonSerializer.Deserialize<T>(text, Json)!;
    }
}
