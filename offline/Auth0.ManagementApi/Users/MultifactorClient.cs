namespace Auth0.ManagementApi.Users;

/// <summary>The multi-factor authentication of users.</summary>
public interface IMultifactorClient
{
    /// <summary>Makes all browsers ask for a second factor again.</summary>
    /// <param name="id">The user's id, not escaped.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    WithRawResponseTask InvalidateRememberBrowserAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default);
}

internal sealed class MultifactorClient(RawClient client) : IMultifactorClient
{
    public WithRawResponseTask InvalidateRememberBrowserAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(
            HttpMethod.Post,
            $"{UsersClient.PathOf(id)}/multifactor/actions/invalidate-remember-browser",
            body: null,
            alsoMaps: null,
            options,
            cancellationToken);
}
