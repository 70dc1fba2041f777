using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi.Users;

/// <summary>The sessions of users.</summary>
public interface ISessionsClient
{
    /// <summary>Lists sessions: one request, of the first page.</summary>
    /// <param name="userId">The user's id, not escaped.</param>
    /// <param name="request">Which page.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    Task<Pager<SessionResponseContent>> ListAsync(
        string userId,
        ListUserSessionsRequestParameters request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default);
}

internal sealed class SessionsClient(RawClient client) : ISessionsClient
{
    public Task<Pager<SessionResponseContent>> ListAsync(
        string userId,
        ListUserSessionsRequestParameters request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        CursorPager<SessionResponseContent, ListUserSessionsPaginatedResponseContent>.StartAsync(
            (cursor, ended) => client.SendAsync(
                HttpMethod.Get,
                $"{UsersClient.PathOf(userId)}/sessions{request.ToQueryString(cursor)}",
                body: null,
                ManagementJson.Default.ListUserSessionsPaginatedResponseContent,
                alsoMaps: 404,
                options,
                ended),
            static page => page?.Sessions,
            static page => page?.Next,
            cancellationToken);
}
