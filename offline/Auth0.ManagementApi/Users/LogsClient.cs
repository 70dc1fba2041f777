using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi.Users;

/// <summary>The logs of users.</summary>
public interface ILogsClient
{
    /// <summary>Lists events: one request, of the page asked for.</summary>
    /// <param name="id">The user's id, not escaped.</param>
    /// <param name="request">Which page.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    Task<Pager<Log>> ListAsync(
        string id, ListUserLogsRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default);
}

internal sealed class LogsClient(RawClient client) : ILogsClient
{
    public Task<Pager<Log>> ListAsync(
        string id, ListUserLogsRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        request = request with { };
        return OffsetPager<Log, UserListLogOffsetPaginatedResponseContent>.StartAsync(
            ended => client.SendAsync(
                HttpMethod.Get,
                $"{UsersClient.PathOf(id)}/logs{request.ToQueryString()}",
                body: null,
                ManagementJson.Default.UserListLogOffsetPaginatedResponseContent,
                alsoMaps: null,
                options,
                ended),
            static page => page?.Logs,
            () => request.Page = OffsetPager.Next(request.Page),
            cancellationToken);
    }
}
