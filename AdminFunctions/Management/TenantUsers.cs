using System.Net;
using Auth0.ManagementApi;

namespace AdminFunctions.Management;

/// <summary>
/// The tenant's users, through the Management API (https://auth0.com/docs/api/management/v2/users). Here are the SDK's traps
/// closed: answers that it takes for success and that are none, and the many exceptions that it lets through.
/// </summary>
/// <param name="shared">The client.</param>
public sealed class TenantUsers(SharedManagementClient shared)
{
    /// <summary>One page of users, with totals.</summary>
    /// <param name="request">What is asked for; <c>IncludeTotals</c> must stay true, since the SDK cannot read a bare array.</param>
    /// <param name="cancellationToken">The request's budget.</param>
    /// <exception cref="TenantException">Auth0 did not list them.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public async Task<ListUsersOffsetPaginatedResponseContent> ListAsync(ListUsersRequestParameters request, CancellationToken cancellationToken)
    {
        const string what = "the list of users";
        try
        {
            var q = request.Q is { IsDefined: true, Value: { } text } ? SupplementaryCharacters.SpellOut(text) : request.Q;
            var pager = await shared.Client.Users.ListAsync(request with { Q = q }, cancellationToken: cancellationToken);
            return pager.CurrentPage.Response is ListUsersOffsetPaginatedResponseContent { Users: { } users } answer && users.All(IsWhole)
                ? answer
                : throw TenantErrors.Unreadable(what);
        }
        catch (Exception exception) when (exception is not VaultException)
        {
            throw TenantErrors.Translate(exception, what);
        }
    }

    /// <summary>Deletes a user; that there is no such user (any more) is as good.</summary>
    /// <param name="id">The user's id, as it is, not encoded.</param>
    /// <param name="correlationId">At most 64 characters, by which the tenant's log names this request (<c>X-Correlation-ID</c>).</param>
    /// <param name="cancellationToken">The request's budget.</param>
    /// <exception cref="TenantException">Auth0 did not delete it.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public async Task DeleteAsync(string id, string correlationId, CancellationToken cancellationToken)
    {
        const string what = "the deletion of a user";
        try
        {
            var options = new RequestOptions { AdditionalHeaders = [new("X-Correlation-ID", correlationId)] };
            var answer = await shared.Client.Users.DeleteAsync(SupplementaryCharacters.SpellOut(id), options, cancellationToken).WithRawResponse();
            if (answer.StatusCode is not HttpStatusCode.NoContent)
            {
                // The SDK takes every 2xx and 3xx for success, a proxy's sign-in page among them.
                throw TenantErrors.Unreadable(what);
            }
        }
        catch (ManagementApiException exception) when (SaysThereIsNoSuchUser(exception))
        {
        }
        catch (Exception exception) when (exception is not VaultException)
        {
            throw TenantErrors.Translate(exception, what);
        }
    }

    /// <summary>A null in the place of a user or of an identity is none: the SDK lets both pass.</summary>
    private static bool IsWhole(UserResponseSchema? user) =>
        user is not null && user.Identities?.Any(static identity => identity is null) is not true;

    /// <summary>Auth0's own 404, not that of a server which is no tenant. The SDK leaves the body of a 404 unread.</summary>
    private static bool SaysThereIsNoSuchUser(ManagementApiException exception) =>
        exception.StatusCode == (int)HttpStatusCode.NotFound
        && exception.Body is string body
        && body.Contains("\"inexistent_user\"", StringComparison.Ordinal);
}
