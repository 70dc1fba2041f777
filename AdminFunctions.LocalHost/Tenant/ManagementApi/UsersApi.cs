using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// The users of the Management API, <c>/api/v2/users</c>: list, read, update and delete.
/// https://auth0.com/docs/api/management/v2/users/get-users.
/// </summary>
internal sealed partial class UsersApi(
    UserDirectory users, UserActivity activity, LoginSessions sessions, TenantStats stats, TenantOptions options)
{
    // Auth0 documents that there is a default order (primary_order), but not which. This is oldest first.
    private static readonly UserField DefaultSort = UserField.All["created_at"];

    public async Task ListAsync(HttpContext context, string[] scopes)
    {
        var query = context.Request.Query;
        int page, perPage;
        bool totals;
        Predicate<string> asked;
        Predicate<TenantUser>? search;
        (UserField Field, bool Descending) sort;
        try
        {
            (page, perPage, totals) = QueryParameters.Paging(query);
            asked = Asked(query);
            sort = Sort(query);
            QueryParameters.Flag(query, "primary_order", true);
            if (query["search_engine"] is { Count: > 0 } engine && engine.ToString() is not "v3")
            {
                throw new UserQueryException($"You are not allowed to use search_engine={engine}. Use search_engine=v3 instead.");
            }

            search = query["q"].ToString() is { Length: > 0 } q && !string.IsNullOrWhiteSpace(q) ? UserQuery.Parse(q) : null;
        }
        catch (UserQueryException exception)
        {
            await context.ErrorAsync(400, "Bad Request", exception.Message, "invalid_query_string");
            return;
        }
        if ((page + 1L) * perPage > QueryParameters.MaxResults)
        {
            await context.ErrorAsync(
                400,
                "Bad Request",
                "You can only page through the first 1000 records. "
                    + "See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation",
                "invalid_paging");
            return;
        }

        var found = users.List(search, sort.Field, sort.Descending, page * perPage, perPage);
        stats.CountUserList();
        await context.WriteAsync(json =>
        {
            if (totals)
            {
                json.WriteStartObject();
                json.WriteNumber("start", page * perPage);
                json.WriteNumber("limit", perPage);
                json.WriteNumber("length", found.Users.Count);
                json.WritePropertyName("users");
            }
            json.WriteStartArray();
            foreach (var user in found.Users)
            {
                UserJson.Write(json, user, asked, ShowsProviderTokens(scopes));
            }

            json.WriteEndArray();
            if (totals)
            {
                json.WriteNumber("total", Math.Min(found.Total, options.MostTotal));
                json.WriteEndObject();
            }
        });
    }

    public async Task ReadAsync(HttpContext context, string id, string[] scopes)
    {
        if (!await context.IsUserIdAsync(id, "ID of the user to retrieve"))
        {
            return;
        }

        if (users.Find(id) is not { } user)
        {
            await context.NoSuchUserAsync();
            return;
        }
        Predicate<string> asked;
        try
        {
            asked = Asked(context.Request.Query);
        }
        catch (UserQueryException exception)
        {
            await context.ErrorAsync(400, "Bad Request", exception.Message, "invalid_query_string");
            return;
        }
        stats.CountUserRead();
        await context.WriteAsync(json => UserJson.Write(json, user, asked, ShowsProviderTokens(scopes)));
    }

    public async Task UpdateAsync(HttpContext context, string id, string[] scopes)
    {
        if (!await context.IsUserIdAsync(id, "ID of the user to update") || await context.BodyAsync() is not { } body)
        {
            return;
        }

        if (body.FirstOrDefault(static member => member.Key is not "blocked") is { Key: { } other })
        {
            await context.InvalidBodyAsync($"The local tenant changes only the field blocked, not {other}");
            return;
        }

        if (body["blocked"] is not JsonValue value || !value.TryGetValue<bool>(out var blocked))
        {
            await context.InvalidBodyAsync("Expected type boolean on property blocked (Whether this user was blocked by an administrator)");
            return;
        }

        if (users.Update(id, user => user with { Blocked = blocked, UpdatedAt = activity.Now }) is not { } user)
        {
            await context.NoSuchUserAsync();
            return;
        }

        stats.CountUserUpdate();
        activity.Log.Add(user, "sapi", "Update a User", context);
        await context.WriteAsync(json => UserJson.Write(json, user, static _ => true, ShowsProviderTokens(scopes)));
    }

    public async Task DeleteAsync(HttpContext context, string id)
    {
        if (!await context.IsUserIdAsync(id, "ID of the user to delete"))
        {
            return;
        }

        if (users.Find(id) is { } user && users.Delete(id))
        {
            sessions.End(id, sessionId: null, keepsRefreshTokens: false);
            activity.Forget(id);
            activity.Log.Add(user, "sdu", "", context);
        }

        stats.CountUserDelete();
        context.Response.StatusCode = 204;
    }

    private bool ShowsProviderTokens(string[] scopes) => options.AlwaysShowProviderTokens || scopes.Contains("read:user_idp_tokens");

    private static Predicate<string> Asked(IQueryCollection query)
    {
        var include = QueryParameters.Flag(query, "include_fields", true);
        if (query["fields"].ToString() is not { Length: > 0 } fields)
        {
            return _ => true;
        }

        var named = fields.Split(',').ToHashSet(StringComparer.Ordinal);
        return named.IsSubsetOf(UserJson.Fields)
            ? name => named.Contains(name) == include
            : throw QueryParameters.Invalid(
                $"String '{fields}' does not match pattern. Must be a comma separated list of the following values: "
                    + string.Join(',', UserJson.Fields),
                "fields",
                "Comma-separated list of fields to include or exclude (based on value provided for include_fields) in the result. "
                    + "Leave empty to retrieve all fields");
    }

    private static (UserField Field, bool Descending) Sort(IQueryCollection query)
    {
        if (!query.TryGetValue("sort", out var text))
        {
            return (DefaultSort, false);
        }

        const string Description =
            "Field to sort by. Use field:order where order is 1 for ascending and -1 for descending. e.g. created_at:1";
        var match = SortPattern().Match(text.ToString());
        if (!match.Success)
        {
            throw QueryParameters.Invalid($"String '{text}' does not match pattern ^([a-zA-Z0-9_\\.]+):(1|-1)$", "sort", Description);
        }

        return UserField.All.TryGetValue(match.Groups["field"].Value, out var field)
            ? (field, match.Groups["order"].Value is "-1")
            : throw QueryParameters.Invalid($"Sorting by {match.Groups["field"].Value} is not supported", "sort", Description);
    }

    [GeneratedRegex(@"^(?<field>[a-zA-Z0-9_.]+):(?<order>1|-1)\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SortPattern();
}
