using Auth0.ManagementApi.Core;
using Auth0.ManagementApi.Users;

namespace Auth0.ManagementApi;

internal sealed class UsersClient(RawClient client) : IUsersClient
{
    public IAuthenticationMethodsClient AuthenticationMethods { get; } = new AuthenticationMethodsClient(client);

    public ILogsClient Logs { get; } = new LogsClient(client);

    public IRefreshTokenClient RefreshToken { get; } = new RefreshTokenClient(client);

    public ISessionsClient Sessions { get; } = new SessionsClient(client);

    public IMultifactorClient Multifactor { get; } = new MultifactorClient(client);

    public Task<Pager<UserResponseSchema>> ListAsync(
        ListUsersRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        request = request with { };
        return OffsetPager<UserResponseSchema, ListUsersOffsetPaginatedResponseContent>.StartAsync(
            ended => client.SendAsync(
                HttpMethod.Get,
                $"users{request.ToQueryString()}",
                body: null,
                ManagementJson.Default.ListUsersOffsetPaginatedResponseContent,
                alsoMaps: 503,
                options,
                ended),
            static page => page?.Users,
            () => request.Page = OffsetPager.Next(request.Page),
            cancellationToken);
    }

    public WithRawResponseTask<GetUserResponseContent> GetAsync(
        string id, GetUserRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(
            HttpMethod.Get,
            $"{PathOf(id)}{request.ToQueryString()}",
            body: null,
            ManagementJson.Default.GetUserResponseContent,
            alsoMaps: 404,
            options,
            cancellationToken);

    public WithRawResponseTask DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(HttpMethod.Delete, PathOf(id), body: null, alsoMaps: null, options, cancellationToken);

    public WithRawResponseTask<UpdateUserResponseContent> UpdateAsync(
        string id, UpdateUserRequestContent request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(
            HttpMethod.Patch,
            PathOf(id),
            RawClient.Json(request, ManagementJson.Default.UpdateUserRequestContent),
            ManagementJson.Default.UpdateUserResponseContent,
            alsoMaps: 404,
            options,
            cancellationToken);

    public WithRawResponseTask RevokeAccessAsync(
        string id, RevokeUserAccessRequestContent request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(
            HttpMethod.Post,
            $"{PathOf(id)}/revoke-access",
            RawClient.Json(request, ManagementJson.Default.RevokeUserAccessRequestContent),
            alsoMaps: null,
            options,
            cancellationToken);

    internal static string PathOf(string id) => $"users/{PercentEncoding.PathSegment(id)}";
}
