using Auth0.ManagementApi;
using Auth0.ManagementApi.Core;
using Auth0.ManagementApi.Users;

namespace AdminFunctions.Management;

/// <summary>
/// When users were last active. <c>last_login</c> does not say: silent sign-ins and exchanges of refresh tokens do not move it. The
/// endpoints are for Enterprise plans (https://auth0.com/docs/api/management/v2/users/get-refresh-tokens-for-user and
/// https://auth0.com/docs/api/management/v2/users/get-sessions-for-user). <see cref="TenantCall"/> lists the exceptions.
/// </summary>
public sealed class TenantActivity(SharedManagementClient shared)
{
    /// <summary>How many requests this takes for a user with a handful of refresh tokens and sessions.</summary>
    internal const int Requests = 2;

    private const int Take = 50;

    /// <summary>How many pages are read. A user has a handful of each.</summary>
    private const int MaxPages = 20;

    /// <summary>Returns when the user last used a refresh token or a session; <see langword="null"/> if they have none.</summary>
    /// <exception cref="TenantException">
    /// Among others, <see cref="TenantFailure.NotInPlan"/>: the tenant's plan does not include these endpoints.
    /// </exception>
    public async Task<DateTime?> GetLastActiveAsync(string id, CancellationToken budget)
    {
        try
        {
            var exchanged = await LatestAsync(
                "the refresh tokens of a user",
                "read:refresh_tokens",
                () => shared.Client.Users.RefreshToken.ListAsync(
                    AddressText.SpellOut(id),
                    new ListRefreshTokensRequestParameters { Take = Take },
                    cancellationToken: budget),
                static token => DateOf(token.LastExchangedAt) ?? DateOf(token.CreatedAt),
                budget);
            var interacted = await LatestAsync(
                "the sessions of a user",
                "read:sessions",
                () => shared.Client.Users.Sessions.ListAsync(
                    AddressText.SpellOut(id), new ListUserSessionsRequestParameters { Take = Take }, cancellationToken: budget),
                static session => DateOf(session.LastInteractedAt) ?? DateOf(session.CreatedAt),
                budget);
            return exchanged > interacted || interacted is null ? exchanged : interacted;
        }
        catch (TenantException exception) when (TenantErrors.IsNotInPlan(exception))
        {
            throw new TenantException(
                TenantFailure.NotInPlan,
                "The tenant's plan does not include the lists of a user's refresh tokens and sessions (an Enterprise feature).",
                exception);
        }
    }

    private static async Task<DateTime?> LatestAsync<T>(
        string what, string scope, Func<Task<Pager<T>>> list, Func<T, DateTime?> lastUsed, CancellationToken budget)
    {
        DateTime? latest = null;
        var pager = await TenantCall.ReadAsync(what, scope, list);
        for (var page = 1; ; page++)
        {
            foreach (var item in pager.CurrentPage.Items)
            {
                latest = lastUsed(item) is { } at && !(at <= latest) ? at : latest;
            }

            if (!pager.HasNextPage)
            {
                return latest;
            }

            if (page >= MaxPages)
            {
                throw TenantErrors.Unreadable(what);
            }

            await TenantCall.ReadAsync(what, scope, () => pager.GetNextPageAsync(budget));
        }
    }

    private static DateTime? DateOf(Optional<RefreshTokenDate?> date) =>
        date is { IsDefined: true, Value: { } value } && value.TryGetDateTime(out var at) ? at?.ToUniversalTime() : null;

    private static DateTime? DateOf(Optional<SessionDate?> date) =>
        date is { IsDefined: true, Value: { } value } && value.TryGetDateTime(out var at) ? at?.ToUniversalTime() : null;
}
