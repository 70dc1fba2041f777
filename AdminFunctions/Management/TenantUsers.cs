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
    /// <exception cref="OperationCanceledException">The caller has gone. A spent budget is a <see cref="TenantException"/>.</exception>
    public async Task<ListUsersOffsetPaginatedResponseContent> ListAsync(
        ListUsersRequestParameters request,
        CancellationToken cancellationToken)
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
        catch (Exception exception) when (IsTenants(exception))
        {
            throw TenantErrors.Translate(exception, what, "read:users", request);
        }
    }

    /// <summary>
    /// All ids of a person: the user's own and that of each account linked to it, by which tokens that were issued before the link
    /// still name the person. Read by id, so that it is what Auth0 has now: the search index lags.
    /// </summary>
    /// <param name="id">The user's id, as it is, not encoded.</param>
    /// <param name="cancellationToken">The request's budget.</param>
    /// <returns>The ids; <see langword="null"/> if there is no such user.</returns>
    /// <exception cref="TenantException">Auth0 did not tell.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    /// <exception cref="OperationCanceledException">The caller has gone. A spent budget is a <see cref="TenantException"/>.</exception>
    public async Task<IReadOnlyList<string>?> GetIdsAsync(string id, CancellationToken cancellationToken)
    {
        const string what = "the reading of a user";
        try
        {
            var request = new GetUserRequestParameters { Fields = "user_id,identities", IncludeFields = true };
            var spelledOut = SupplementaryCharacters.SpellOut(id);
            var user = await shared.Client.Users.GetAsync(spelledOut, request, cancellationToken: cancellationToken);
            return user is { UserId.Length: > 0 }
                ? [user.UserId, .. (user.Identities ?? []).Select(IdOf).OfType<string>()]
                : throw TenantErrors.Unreadable(what);
        }
        catch (ManagementApiException exception) when (SaysThereIsNoSuchUser(exception))
        {
            return null;
        }
        catch (Exception exception) when (IsTenants(exception))
        {
            throw TenantErrors.Translate(exception, what, "read:users");
        }
    }

    /// <summary>Deletes a user. A user who does not exist (any more) is no failure.</summary>
    /// <param name="id">The user's ID, decoded.</param>
    /// <param name="correlationId">At most 64 characters, by which the tenant's log names this request (<c>X-Correlation-ID</c>).</param>
    /// <param name="cancellationToken">The request's budget.</param>
    /// <exception cref="TenantException">Auth0 did not confirm the deletion, but may have deleted the user (<c>MayBeDone</c>).</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public async Task DeleteAsync(string id, string correlationId, CancellationToken cancellationToken)
    {
        const string what = "the deletion of a user";
        RequestBudget.Current?.WriteMayBeDone = false;
        try
        {
            var options = new RequestOptions { AdditionalHeaders = [new("X-Correlation-ID", correlationId)] };
            var response = await shared.Client.Users.DeleteAsync(SupplementaryCharacters.SpellOut(id), options, cancellationToken)
                .WithRawResponse();
            if (response.StatusCode is not HttpStatusCode.NoContent)
            {
                // The SDK takes every 2xx and 3xx for success, a proxy's sign-in page among them.
                throw TenantErrors.Unreadable(what);
            }
        }
        catch (ManagementApiException exception) when (SaysThereIsNoSuchUser(exception))
        {
        }
        catch (Exception exception) when (IsTenants(exception))
        {
            throw TenantErrors.TranslateWrite(exception, what, "delete:users");
        }
    }

    /// <summary>Whether an exception says something about the tenant: the vault's does not, nor that the caller has gone.</summary>
    private static bool IsTenants(Exception exception) =>
        exception is not VaultException && !(exception is OperationCanceledException && RequestBudget.Current is { IsAbandoned: true });

    /// <summary>
    /// The id of a user who has this account alone: the provider and the id there, which for enterprise connections and custom
    /// social ones begins with the connection. Nobody is named by an account that lacks either.
    /// </summary>
    private static string? IdOf(UserIdentitySchema? identity) =>
        identity is { Provider: { Value: var provider }, UserId: { } id } ? $"{provider}|{IdentityIds.Read(id).Text}" : null;

    /// <summary>A null in the place of a user or of an identity is none: the SDK lets both pass.</summary>
    private static bool IsWhole(UserResponseSchema? user) =>
        user is not null && user.Identities?.Any(static identity => identity is null) is not true;

    /// <summary>Auth0's own 404, not that of a server which is no tenant. The SDK leaves the body of a deletion's 404 unread.</summary>
    private static bool SaysThereIsNoSuchUser(ManagementApiException exception) =>
        exception.StatusCode == (int)HttpStatusCode.NotFound
        && (exception.ErrorCode is "inexistent_user"
            || (exception.Body is string body && body.Contains("\"inexistent_user\"", StringComparison.Ordinal)));
}
