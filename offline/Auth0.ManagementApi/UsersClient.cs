using System.Text.Json;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

internal sealed class UsersClient(ManagementClientOptions client) : IUsersClient
{
    public async Task<Pager<UserResponseSchema>> ListAsync(
        ListUsersRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var pager = new UserPager(this, request with { }, options);
        await pager.GetNextPageAsync(cancellationToken);
        return pager;
    }

    public WithRawResponseTask<GetUserResponseContent> GetAsync(
        string id, GetUserRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        return new(GetAsync());

        async Task<WithRawResponse<GetUserResponseContent>> GetAsync()
        {
            var response = await SendAsync(HttpMethod.Get, $"users/{PercentEncoding.PathSegment(id)}{request.ToQueryString()}", options, cancellationToken);
            if (!IsGood(response))
            {
                throw await ErrorAsync(response, alsoMaps: 404, cancellationToken);
            }

            var body = await ReadAsync(response, cancellationToken);
            try
            {
                return new() { Data = JsonSerializer.Deserialize(body, ManagementJson.Default.GetUserResponseContent)!, RawResponse = Raw(response) };
            }
            catch (JsonException exception)
            {
                throw new ManagementApiException("Failed to deserialize response", (int)response.StatusCode, null!, exception, Raw(response));
            }
        }
    }

    public WithRawResponseTask DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        return new(DeleteAsync());

        async Task<RawResponse> DeleteAsync()
        {
            var response = await SendAsync(HttpMethod.Delete, $"users/{PercentEncoding.PathSegment(id)}", options, cancellationToken);
            if (IsGood(response))
            {
                return Raw(response);
            }

            throw await ErrorAsync(response, alsoMaps: null, cancellationToken);
        }
    }

    internal async Task<(ListUsersOffsetPaginatedResponseContent Content, RawResponse Response)> ListPageAsync(
        ListUsersRequestParameters request, RequestOptions? options, CancellationToken cancellationToken)
    {
        var response = await SendAsync(HttpMethod.Get, $"users{request.ToQueryString()}", options, cancellationToken);
        if (!IsGood(response))
        {
            throw await ErrorAsync(response, alsoMaps: 503, cancellationToken);
        }

        var body = await ReadAsync(response, cancellationToken);
        try
        {
            return (JsonSerializer.Deserialize(body, ManagementJson.Default.ListUsersOffsetPaginatedResponseContent)!, Raw(response));
        }
        catch (JsonException exception)
        {
            throw new ManagementApiException("Failed to deserialize response", (int)response.StatusCode, null!, exception, Raw(response));
        }
    }

    /// <summary>Sends a request and waits for the answer's headers. As in the package, nobody disposes the answer: read it or buffer it.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, RequestOptions? options, CancellationToken cancellationToken)
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

        var request = new HttpRequestMessage(method, $"https://{client.Domain}/api/v2/{path}");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.HttpClient!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
    }

    /// <summary>The exception for an error answer: the status's own class when its body is JSON, else the base class with the text.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="alsoMaps">The status that has a class of its own at this endpoint alone.</param>
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
