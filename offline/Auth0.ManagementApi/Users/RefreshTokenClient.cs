using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi.Users;

/// <summary>The refresh tokens of users.</summary>
public interface IRefreshTokenClient
{
    /// <summary>Lists refresh tokens: one request, of the first page.</summary>
    /// <param name="userId">The user's id, not escaped.</param>
    /// <param name="request">Which page.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    Task<Pager<RefreshTokenResponseContent>> ListAsync(
        string userId,
        ListRefreshTokensRequestParameters request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default);
}

internal sealed class RefreshTokenClient(RawClient client) : IRefreshTokenClient
{
    public Task<Pager<RefreshTokenResponseContent>> ListAsync(
        string userId,
        ListRefreshTokensRequestParameters request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        CursorPager<RefreshTokenResponseContent, ListRefreshTokensPaginatedResponseContent>.StartAsync(
            (cursor, ended) => client.SendAsync(
                HttpMethod.Get,
                $"{UsersClient.PathOf(userId)}/refresh-tokens{request.ToQueryString(cursor)}",
                body: null,
                ManagementJson.Default.ListRefreshTokensPaginatedResponseContent,
                alsoMaps: 404,
                options,
                ended),
            static page => page?.Tokens,
            static page => page?.Next,
            cancellationToken);
}
