using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>Sends the requests of the clients and reads the answers.</summary>
internal sealed class RawClient(ManagementClientOptions client)
{
    /// <summary>Sends a request whose answer has a result.</summary>
    /// <param name="alsoMaps">The status that has an exception of its own at this endpoint alone.</param>
    public WithRawResponseTask<T> SendAsync<T>(
        HttpMethod method,
        string path,
        HttpContent? body,
        JsonTypeInfo<T> result,
        int? alsoMaps,
        RequestOptions? options,
        CancellationToken cancellationToken) =>
        new(ReadAsync(method, path, body, result, alsoMaps, options, cancellationToken));

    /// <summary>Sends a request whose answer has none.</summary>
    /// <param name="alsoMaps">The status that has an exception of its own at this endpoint alone.</param>
    public WithRawResponseTask SendAsync(
        HttpMethod method, string path, HttpContent? body, int? alsoMaps, RequestOptions? options, CancellationToken cancellationToken)
    {
        return new(SendAsync());

        async Task<RawResponse> SendAsync()
        {
            var response = await this.SendAsync(method, path, body, options, cancellationToken);
            return IsGood(response) ? Raw(response) : throw await ErrorAsync(response, alsoMaps, cancellationToken);
        }
    }

    public static StringContent Json<T>(T body, JsonTypeInfo<T> type) =>
        new(JsonSerializer.Serialize(body, type), Encoding.UTF8, "application/json");

    private async Task<WithRawResponse<T>> ReadAsync<T>(
        HttpMethod method,
        string path,
        HttpContent? body,
        JsonTypeInfo<T> result,
        int? alsoMaps,
        RequestOptions? options,
        CancellationToken cancellationToken)
    {
        var response = await SendAsync(method, path, body, options, cancellationToken);
        if (!IsGood(response))
        {
            throw await ErrorAsync(response, alsoMaps, cancellationToken);
        }

        var text = await ReadAsync(response, cancellationToken);
        try
        {
            return new() { Data = JsonSerializer.Deserialize(text, result)!, RawResponse = Raw(response) };
        }
        catch (JsonException exception)
        {
            throw new ManagementApiException("Failed to deserialize response", (int)response.StatusCode, null!, exception, Raw(response));
        }
    }

    /// <summary>Sends a request and waits for the answer's headers. As in the package, nobody disposes the answer: read it or buffer it.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, RequestOptions? options, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in options?.AdditionalHeaders ?? [])
        {
            if (value is not null)
            {
                headers[name] = value;
            }
        }

        if (!headers.ContainsKey("Authorization"))
        {
            headers["Authorization"] = $"Bearer {await client.TokenProvider.GetTokenAsync(CancellationToken.None)}";
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options?.Timeout ?? client.Timeout ?? TimeSpan.FromSeconds(30));

        var request = new HttpRequestMessage(method, $"https://{client.Domain}/api/v2/{path}") { Content = body };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.HttpClient!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
    }

    /// <summary>The exception for an error answer: the status's own class when its body is JSON, else the base class with the text.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="alsoMaps">The status that has a class of its own at some endpoints alone.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private static async Task<ManagementApiException> ErrorAsync(HttpResponseMessage response, int? alsoMaps, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(response, cancellationToken);
        var raw = Raw(response);
        try
        {
            switch ((int)response.StatusCode)
            {
                case 400: return new BadRequestError(Json(), raw);
                case 401: return new UnauthorizedError(Json(), raw);
                case 403: return new ForbiddenError(Json(), raw);
                case 404 when alsoMaps is 404: return new NotFoundError(Json(), raw);
                case 429: return new TooManyRequestsError(Json(), raw);
                case 503 when alsoMaps is 503: return new ServiceUnavailableError(Json(), raw);
            }
        }
        catch (JsonException)
        {
            // The text says it.
        }

        return new ManagementApiException($"Error with status code {(int)response.StatusCode}", (int)response.StatusCode, body, rawResponse: raw);

        object Json() => JsonSerializer.Deserialize(body, ManagementJson.Default.Object)!;
    }

    private static bool IsGood(HttpResponseMessage response) => (int)response.StatusCode is >= 200 and < 400;

    // The package's netstandard2.0 build cannot cancel the reading either.
    private static Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return response.Content.ReadAsStringAsync(CancellationToken.None);
    }

    private static RawResponse Raw(HttpResponseMessage response) => new()
    {
        StatusCode = response.StatusCode,
        Url = response.RequestMessage?.RequestUri ?? new Uri("about:blank"),
        Headers = ResponseHeaders.FromHttpResponseMessage(response),
    };
}
