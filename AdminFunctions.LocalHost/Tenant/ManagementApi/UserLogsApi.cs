using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>The logs of users. https://auth0.com/docs/api/management/v2/users/get-logs-by-user.</summary>
internal sealed class UserLogsApi(UserActivity activity, TenantStats stats)
{
    /// <summary>Lists the events of a user, who does not have to exist (any more).</summary>
    public async Task ListAsync(HttpContext context, string id)
    {
        int page, perPage;
        bool totals, ascending;
        try
        {
            (page, perPage, totals) = QueryParameters.Paging(context.Request.Query);
            ascending = context.Request.Query["sort"].ToString() switch
            {
                "" or "date:-1" => false,
                "date:1" => true,
                var sort => throw QueryParameters.Invalid(
                    $"Sorting by {sort} is not supported", "sort", "Field to sort by. Use field:order where order is 1 or -1"),
            };
        }
        catch (UserQueryException exception)
        {
            await context.ErrorAsync(400, "Bad Request", exception.Message, "invalid_query_string");
            return;
        }

        if ((page + 1L) * perPage > QueryParameters.MaxResults)
        {
            await context.ErrorAsync(400, "Bad Request", "You can only page through the first 1000 records.", "invalid_paging");
            return;
        }

        var events = activity.Log.Of(id);
        var ordered = (ascending ? events.OrderBy(static item => item.Date) : events.OrderByDescending(static item => item.Date))
            .Skip(page * perPage).Take(perPage).ToList();
        stats.CountLogRead();
        await context.WriteAsync(json =>
        {
            if (totals)
            {
                json.WriteStartObject();
                json.WriteNumber("start", page * perPage);
                json.WriteNumber("limit", perPage);
                json.WriteNumber("length", ordered.Count);
                json.WriteNumber("total", events.Count);
                json.WritePropertyName("logs");
            }

            json.WriteStartArray();
            foreach (var item in ordered)
            {
                item.Write(json);
            }

            json.WriteEndArray();
            if (totals)
            {
                json.WriteEndObject();
            }
        });
    }
}
