using Auth0.ManagementApi;
using Auth0.ManagementApi.Users;

namespace AdminFunctions.Management;

/// <summary>
/// The tenant's log (https://auth0.com/docs/api/management/v2/users/get-logs-by-user). <see cref="TenantCall"/> lists the exceptions.
/// </summary>
public sealed class TenantLogs(SharedManagementClient shared)
{
    /// <summary>Returns one page of the events of a user, newest first, with totals.</summary>
    /// <param name="perPage">1 to 100.</param>
    public Task<UserListLogOffsetPaginatedResponseContent> ListAsync(string id, int page, int perPage, CancellationToken budget)
    {
        const string what = "the log of a user";
        return TenantCall.ReadAsync(what, "read:logs_users", async () =>
        {
            var request = new ListUserLogsRequestParameters { Page = page, PerPage = perPage, Sort = "date:-1", IncludeTotals = true };
            var pager = await shared.Client.Users.Logs.ListAsync(AddressText.SpellOut(id), request, cancellationToken: budget);
            return pager.CurrentPage.Response is UserListLogOffsetPaginatedResponseContent { Logs: { } events } found
                && events.All(static item => item is not null)
                    ? found
                    : throw TenantErrors.Unreadable(what);
        });
    }
}
