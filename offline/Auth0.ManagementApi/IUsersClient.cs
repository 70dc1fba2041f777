using Auth0.ManagementApi.Core;
using Auth0.ManagementApi.Users;

namespace Auth0.ManagementApi;

/// <summary>The users of a tenant.</summary>
public interface IUsersClient
{
    /// <summary>Their authentication methods.</summary>
    IAuthenticationMethodsClient AuthenticationMethods { get; }

    /// <summary>Their logs.</summary>
    ILogsClient Logs { get; }

    /// <summary>Their refresh tokens.</summary>
    IRefreshTokenClient RefreshToken { get; }

    /// <summary>Their sessions.</summary>
    ISessionsClient Sessions { get; }

    /// <summary>Their multi-factor authentication.</summary>
    IMultifactorClient Multifactor { get; }

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

    /// <summary>Changes a user.</summary>
    /// <param name="id">The user's id, not escaped.</param>
    /// <param name="request">What changes.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    WithRawResponseTask<UpdateUserResponseContent> UpdateAsync(string id, UpdateUserRequestContent request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Ends sessions of a user and revokes refresh tokens.</summary>
    /// <param name="id">The user's id, not escaped.</param>
    /// <param name="request">Which.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer.</exception>
    WithRawResponseTask RevokeAccessAsync(string id, RevokeUserAccessRequestContent request, RequestOptions? options = null, CancellationToken cancellationToken = default);
}
