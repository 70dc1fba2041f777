using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>The users of a tenant.</summary>
public interface IUsersClient
{
    /// <summary>Lists users: one request, of the page asked for.</summary>
    /// <param name="request">Which page, of which users.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    Task<Pager<UserResponseSchema>> ListAsync(ListUsersRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a user.</summary>
    /// <param name="id">The user's id, not escaped. An id of <c>..</c> would reach above the users: check ids first.</param>
    /// <param name="request">Which fields.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    WithRawResponseTask<GetUserResponseContent> GetAsync(string id, GetUserRequestParameters request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a user.</summary>
    /// <param name="id">The user's id, not escaped. An id of <c>..</c> would reach above the users: check ids first.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer.</exception>
    WithRawResponseTask DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);
}
