using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>The blocks by brute-force protection.</summary>
public interface IUserBlocksClient
{
    /// <summary>Lists the blocks of a user.</summary>
    /// <param name="id">The user's id, not escaped.</param>
    /// <param name="request">Which.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    WithRawResponseTask<ListUserBlocksResponseContent> ListAsync(
        string id, ListUserBlocksRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Removes the blocks of a user.</summary>
    /// <param name="id">The user's id, not escaped.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    WithRawResponseTask DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);
}

internal sealed class UserBlocksClient(RawClient client) : IUserBlocksClient
{
    public WithRawResponseTask<ListUserBlocksResponseContent> ListAsync(
        string id, ListUserBlocksRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(
            HttpMethod.Get,
            $"{PathOf(id)}{request.ToQueryString()}",
            body: null,
            ManagementJson.Default.ListUserBlocksResponseContent,
            alsoMaps: 404,
            options,
            cancellationToken);

    public WithRawResponseTask DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(HttpMethod.Delete, PathOf(id), body: null, alsoMaps: 404, options, cancellationToken);

    private static string PathOf(string id) => $"user-blocks/{PercentEncoding.PathSegment(id)}";
}
