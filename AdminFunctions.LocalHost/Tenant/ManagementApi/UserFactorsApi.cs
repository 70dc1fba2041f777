using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// The authentication methods of users, and the browsers that remember one.
/// https://auth0.com/docs/api/management/v2/users/get-authentication-methods.
/// </summary>
internal sealed class UserFactorsApi(UserDirectory users, UserActivity activity, TenantStats stats)
{
    public async Task ListAsync(HttpContext context, string id)
    {
        if (users.Find(id) is not { } user)
        {
            await context.NoSuchUserAsync();
            return;
        }

        int page, perPage;
        bool totals;
        try
        {
            (page, perPage, totals) = QueryParameters.Paging(context.Request.Query);
        }
        catch (UserQueryException exception)
        {
            await context.ErrorAsync(400, "Bad Request", exception.Message, "invalid_query_string");
            return;
        }

        var methods = activity.Methods.Of(user);
        await context.WriteAsync(json =>
        {
            if (totals)
            {
                json.WriteStartObject();
                json.WriteNumber("start", page * perPage);
                json.WriteNumber("limit", perPage);
                json.WriteNumber("total", methods.Count);
                json.WritePropertyName("authenticators");
            }

            json.WriteStartArray();
            foreach (var method in methods.Skip(page * perPage).Take(perPage))
            {
                json.WriteStartObject();
                json.WriteString("id", method.Id);
                json.WriteString("type", method.Type);
                json.WriteBoolean("confirmed", true);
                json.WriteString("created_at", user.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (totals)
            {
                json.WriteEndObject();
            }
        });
    }

    public Task DeleteAsync(HttpContext context, string id, string method)
    {
        if (users.Find(id) is not { } user)
        {
            return context.NoSuchUserAsync();
        }

        if (!activity.Methods.Delete(user, method))
        {
            return context.ErrorAsync(404, "Not Found", "The authentication method does not exist.");
        }

        stats.CountMethodDelete();
        activity.Log.Add(user, "gd_unenroll", "Second factor deleted", context);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    public Task InvalidateRememberedBrowsersAsync(HttpContext context, string id)
    {
        if (users.Find(id) is not { } user)
        {
            return context.NoSuchUserAsync();
        }

        activity.Log.Add(user, "sapi", "Invalidate all remembered browsers", context);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}
