using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi.Users;

/// <summary>The authentication methods of users.</summary>
public interface IAuthenticationMethodsClient
{
    /// <summary>Lists methods: one request, of the page asked for.</summary>
    /// <param name="id">The user's id, not escaped.</param>
    /// <param name="request">Which page.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    Task<Pager<UserAuthenticationMethod>> ListAsync(
        string id,
        ListUserAuthenticationMethodsRequestParameters request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a method.</summary>
    /// <param name="id">The user's id, not escaped.</param>
    /// <param name="authenticationMethodId">The method's id, not escaped.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    WithRawResponseTask DeleteAsync(
        string id, string authenticationMethodId, RequestOptions? options = null, CancellationToken cancellationToken = default);
}

internal sealed class AuthenticationMethodsClient(RawClient client) : IAuthenticationMethodsClient
{
    public Task<Pager<UserAuthenticationMethod>> ListAsync(
        string id,
        ListUserAuthenticationMethodsRequestParameters request,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        request = request with { };
        return OffsetPager<UserAuthenticationMethod, ListUserAuthenticationMethodsOffsetPaginatedResponseContent>.StartAsync(
            ended => client.SendAsync(
                HttpMethod.Get,
                $"{UsersClient.PathOf(id)}/authentication-methods{request.ToQueryString()}",
                body: null,
                ManagementJson.Default.ListUserAuthenticationMethodsOffsetPaginatedResponseContent,
                alsoMaps: 404,
                options,
                ended),
            static page => page?.Authenticators,
            () => request.Page = OffsetPager.Next(request.Page),
            cancellationToken);
    }

    public WithRawResponseTask DeleteAsync(
        string id, string authenticationMethodId, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(
            HttpMethod.Delete,
            $"{UsersClient.PathOf(id)}/authentication-methods/{PercentEncoding.PathSegment(authenticationMethodId)}",
            body: null,
            alsoMaps: 404,
            options,
            cancellationToken);
}
