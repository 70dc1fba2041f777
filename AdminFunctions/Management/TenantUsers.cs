using System.Net;
using Auth0.ManagementApi;

namespace AdminFunctions.Management;

/// <summary>
/// The tenant's users, through the Management API (https://auth0.com/docs/api/management/v2/users).
/// </summary>
/// <remarks>
/// IDs are decoded. A <c>correlationId</c> has at most 64 characters; the tenant's log names the request by it (<c>X-Correlation-ID</c>).
/// A <c>budget</c> is that of the call. <see cref="TenantCall"/> lists the exceptions.
/// </remarks>
public sealed class TenantUsers(SharedManagementClient shared, TimeProvider time)
{
    private const string Read = "read:users", Update = "update:users";

    /// <summary>Returns one page of users, with totals.</summary>
    /// <param name="request"><c>IncludeTotals</c> must be true, because the SDK cannot read a bare array.</param>
    public async Task<ListUsersOffsetPaginatedResponseContent> ListAsync(ListUsersRequestParameters request, CancellationToken budget)
    {
        const string what = "the list of users";
        var q = request.Q is { IsDefined: true, Value: { } text } ? AddressText.SpellOut(text) : request.Q;
        try
        {
            var pager = await shared.Client.Users.ListAsync(request with { Q = q }, cancellationToken: budget);
            return pager.CurrentPage.Response is ListUsersOffsetPaginatedResponseContent { Users: { } users } page && users.All(IsWhole)
                ? page
                : throw TenantErrors.Unreadable(what);
        }
        catch (Exception exception) when (TenantCall.IsAboutTheTenant(exception))
        {
            throw TenantErrors.Translate(exception, what, Read, request);
        }
    }

    /// <summary>Returns a user. Unlike the list, this is what Auth0 has now.</summary>
    /// <param name="fields">Some of <see cref="UserFields.Names"/>.</param>
    public Task<GetUserResponseContent> GetAsync(string id, IReadOnlyList<string> fields, CancellationToken budget)
    {
        const string what = "a user";
        return TenantCall.ReadAsync(what, Read, async () =>
        {
            var request = UserFields.RequestOne(fields);
            return await shared.Client.Users.GetAsync(AddressText.SpellOut(id), request, cancellationToken: budget)
                ?? throw TenantErrors.Unreadable(what);
        });
    }

    /// <summary>
    /// Returns all IDs of a person and their addresses. An account that cannot be read is an error, because it may be a protected one.
    /// </summary>
    /// <param name="withEmail">Whether the addresses are needed.</param>
    /// <exception cref="NoSuchUserException">There is no such user.</exception>
    public async Task<IdentifiedUser> IdentifyAsync(string id, CancellationToken budget, bool withEmail = false)
    {
        string[] fields = withEmail ? ["user_id", "email", "identities"] : ["user_id", "identities"];
        return (await GetIdentifiedAsync(id, fields, budget)).Identified;
    }

    /// <summary>Returns a user and who that is, as <see cref="IdentifyAsync"/> does, in one request.</summary>
    /// <param name="fields">Some of <see cref="UserFields.Names"/>, with <c>user_id</c> and <c>identities</c>.</param>
    /// <exception cref="NoSuchUserException">There is no such user.</exception>
    public Task<(GetUserResponseContent User, IdentifiedUser Identified)> GetIdentifiedAsync(
        string id, IReadOnlyList<string> fields, CancellationToken budget)
    {
        const string what = "a user";
        return TenantCall.ReadAsync(what, Read, async () =>
        {
            var options = new RequestOptions { AdditionalHeaders = [ResponseFields.Strict] };
            var user = await shared.Client.Users.GetAsync(
                AddressText.SpellOut(id), UserFields.RequestOne(fields), options, budget);
            return IdentifiedUser.From(user) is { } identified ? (user, identified) : throw TenantErrors.Unreadable(what);
        });
    }

    /// <summary>
    /// Deletes a user. A user who does not exist (any more) is not an error. If the outcome is uncertain, the user is read: one who is
    /// gone has been deleted.
    /// </summary>
    public Task DeleteAsync(string id, string correlationId, CancellationToken budget)
    {
        const string what = "the deletion of a user";
        return WriteAsync(DeleteOnceAsync, IsGoneAsync, budget);

        async Task DeleteOnceAsync(CancellationToken write)
        {
            try
            {
                await TenantCall.WriteAsync(what, "delete:users", HttpStatusCode.NoContent, () =>
                    shared.Client.Users.DeleteAsync(AddressText.SpellOut(id), Correlated(correlationId), write));
            }
            catch (NoSuchUserException)
            {
            }
        }

        async Task<bool> IsGoneAsync()
        {
            try
            {
                return (await GetAsync(id, ["user_id"], budget)).UserId is { Length: > 0 } ? false : throw TenantErrors.Unreadable(what);
            }
            catch (NoSuchUserException)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Blocks a user, or removes that block. If the outcome is uncertain, the user is read: what is there is the outcome.
    /// </summary>
    public Task SetBlockedAsync(string id, bool blocked, string correlationId, CancellationToken budget)
    {
        var what = blocked ? "a user's block" : "the removal of a user's block";
        return WriteAsync(SetOnceAsync, IsSetAsync, budget);

        Task SetOnceAsync(CancellationToken write) => TenantCall.WriteAsync(what, Update, async () =>
        {
            var request = new UpdateUserRequestContent { Blocked = blocked };
            var user = await shared.Client.Users.UpdateAsync(
                AddressText.SpellOut(id), request, Correlated(correlationId), write);
            return user?.Blocked == blocked ? user : throw TenantErrors.Unreadable(what);
        });

        async Task<bool> IsSetAsync()
        {
            var user = await GetAsync(id, ["user_id", "blocked"], budget);
            return user.UserId is { Length: > 0 } ? user.Blocked is true == blocked : throw TenantErrors.Unreadable(what);
        }
    }

    /// <summary>
    /// Ends the user's sessions at Auth0 and revokes their refresh tokens. Auth0 accepts this and does it later. Access tokens stay valid
    /// until they expire (https://auth0.com/docs/api/management/v2/users/post-revoke-access).
    /// </summary>
    public async Task RevokeAccessAsync(string id, string correlationId, CancellationToken budget)
    {
        try
        {
            await TenantCall.WriteAsync(
                "the revocation of a user's access", "delete:sessions and delete:refresh_tokens", HttpStatusCode.Accepted, () =>
                shared.Client.Users.RevokeAccessAsync(
                    AddressText.SpellOut(id),
                    new RevokeUserAccessRequestContent { PreserveRefreshTokens = false },
                    Correlated(correlationId),
                    budget));
        }
        catch (TenantException exception) when (TenantErrors.IsNotInPlan(exception))
        {
            throw new TenantException(
                TenantFailure.NotInPlan,
                "The tenant's plan does not include the revocation of sessions (an Enterprise feature).",
                exception);
        }
        catch (TenantException exception) when (exception.MayBeDone)
        {
            throw TenantErrors.OutcomeUnknown(exception, "It does no harm to try again.");
        }
    }

    /// <summary>Returns the blocks by brute-force protection, which are independent of an administrator's block.</summary>
    public Task<IReadOnlyList<UserBlockIdentifier>> ListBruteForceBlocksAsync(string id, CancellationToken budget)
    {
        const string what = "the brute-force blocks of a user";
        return TenantCall.ReadAsync<IReadOnlyList<UserBlockIdentifier>>(what, Read, async () =>
        {
            var blocks = await shared.Client.UserBlocks.ListAsync(
                AddressText.SpellOut(id), new ListUserBlocksRequestParameters(), cancellationToken: budget);
            return blocks is null ? throw TenantErrors.Unreadable(what) : [.. blocks.BlockedFor ?? []];
        });
    }

    /// <summary>Removes all blocks by brute-force protection.</summary>
    public Task RemoveBruteForceBlocksAsync(string id, string correlationId, CancellationToken budget) =>
        TenantCall.WriteAsync("the removal of a user's brute-force blocks", Update, HttpStatusCode.NoContent, () =>
            shared.Client.UserBlocks.DeleteAsync(AddressText.SpellOut(id), Correlated(correlationId), budget));

    /// <summary>A header by which the tenant's log names the request, and another one if there is one.</summary>
    internal static RequestOptions Correlated(string correlationId, KeyValuePair<string, string?>? other = null) => new()
    {
        AdditionalHeaders = other is { } header
            ? [new("X-Correlation-ID", correlationId), header]
            : [new("X-Correlation-ID", correlationId)],
    };

    /// <summary>How much of a call's budget is kept for reading a user after a write whose outcome is uncertain.</summary>
    private static readonly TimeSpan TimeForReadingBack = TimeSpan.FromSeconds(2);

    /// <summary>Writes and, if the outcome is uncertain, finds out whether the write has been carried out.</summary>
    /// <param name="write">Its argument is canceled while there is still time to read the user.</param>
    /// <param name="isDone">Reads the user.</param>
    /// <exception cref="TenantException">The write has not been carried out, or that could not be found out.</exception>
    private async Task WriteAsync(Func<CancellationToken, Task> write, Func<Task<bool>> isDone, CancellationToken budget)
    {
        try
        {
            using var shorter = RequestBudget.StartShorter(time, TimeForReadingBack, budget);
            await write(shorter.Token);
        }
        catch (TenantException uncertain) when (uncertain.MayBeDone)
        {
            if (!await FindOutAsync(uncertain, isDone))
            {
                // Auth0 may still be at work on a request that has timed out.
                throw uncertain.Failure is TenantFailure.Timeout
                    ? TenantErrors.OutcomeUnknown(uncertain, "The user was read afterwards: nothing had changed by then.")
                    : TenantErrors.NotDone(uncertain);
            }
        }
    }

    private static async Task<bool> FindOutAsync(TenantException uncertain, Func<Task<bool>> isDone)
    {
        try
        {
            return await isDone();
        }
        catch (Exception exception) when (exception is TenantException or VaultException)
        {
            throw TenantErrors.OutcomeUnknown(uncertain, "Look at the user before you try again.");
        }
    }

    /// <summary>A null in the place of a user or of an identity is none: the SDK lets both pass.</summary>
    private static bool IsWhole(UserResponseSchema? user) =>
        user is not null && user.Identities?.Any(static identity => identity is null) is not true;
}
