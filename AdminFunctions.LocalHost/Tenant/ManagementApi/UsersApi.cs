using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// The users of the Management API, <c>/api/v2/users</c>: list, read and delete, with rate limit and bearer tokens.
/// https://auth0.com/docs/api/management/v2/users/get-users.
/// </summary>
/// <param name="users">The users.</param>
/// <param name="tokens">Validates bearer tokens.</param>
/// <param name="bucket">The rate limit.</param>
/// <param name="stats">Counts successful responses.</param>
/// <param name="options">The options of the tenant.</param>
internal sealed partial class UsersApi(UserDirectory users, Tokens tokens, TokenBucket bucket, TenantStats stats, TenantOptions options)
{
    /// <summary>The base path.</summary>
    public const string BasePath = "/api/v2";

    private const int MaxPerPage = 100;
    private const int MaxResults = 1000;

    // Auth0 documents that there is a default order (primary_order), but not which. This is oldest first.
    private static readonly UserField DefaultSort = UserField.All["created_at"];

    // Like Auth0, escape only what JSON requires.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Handles all requests under <see cref="BasePath"/>.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var rate = bucket.Take();
        var headers = context.Response.Headers;
        headers["X-RateLimit-Limit"] = bucket.Limit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = rate.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = rate.Reset.ToString(CultureInfo.InvariantCulture);
        if (!rate.Allowed)
        {
            headers.RetryAfter = rate.RetryAfter.ToString(CultureInfo.InvariantCulture);
            await ErrorAsync(context, 429, "Too Many Requests", "Global limit has been reached", "too_many_requests");
            return;
        }

        if (BearerToken(context.Request) is not { } bearer)
        {
            headers.WWWAuthenticate = "Bearer";
            await ErrorAsync(context, 401, "Unauthorized", "Missing authentication");
            return;
        }
        var (token, fault) = await tokens.CheckAsync(bearer, tokens.ManagementAudience);
        if (token is null)
        {
            headers.WWWAuthenticate = $"Bearer error=\"{fault}\"";
            await ErrorAsync(context, 401, "Unauthorized", fault!);
            return;
        }
        string[] scopes = token.TryGetPayloadValue("scope", out string scope) ? scope.Split(' ') : [];

        var path = context.Request.Path.Value![BasePath.Length..];
        var oneUser = path.StartsWith("/users/", StringComparison.Ordinal) && path.LastIndexOf('/') is 6 && path.Length > 7;
        await ((context.Request.Method, path, oneUser) switch
        {
            ("GET", "/users", _) => IfAnyAsync(context, scopes, ["read:users"], () => ListAsync(context, scopes)),
            ("GET", _, true) => IfAnyAsync(context, scopes, ["read:users", "read:current_user"], () => ReadAsync(context, scopes)),
            ("DELETE", _, true) => IfAnyAsync(context, scopes, ["delete:users", "delete:current_user"], () => DeleteAsync(context)),
            _ => ErrorAsync(context, 404, "Not Found", "Not Found"),
        });
    }

    private async Task ListAsync(HttpContext context, string[] scopes)
    {
        var query = context.Request.Query;
        int page, perPage;
        bool totals;
        Predicate<string> asked;
        Predicate<TenantUser>? search;
        (UserField Field, bool Descending) sort;
        try
        {
            page = Number(query, "page", 0, int.MaxValue, 0, "Page index of the results to return. First page is 0");
            perPage = Number(query, "per_page", 0, MaxPerPage, 50, "Number of results per page");
            totals = Flag(query, "include_totals", false);
            asked = Asked(query);
            sort = Sort(query);
            Flag(query, "primary_order", true);
            if (query["search_engine"] is { Count: > 0 } engine && engine.ToString() is not "v3")
            {
                throw new UserQueryException($"You are not allowed to use search_engine={engine}. Use search_engine=v3 instead.");
            }

            search = query["q"].ToString() is { Length: > 0 } q && !string.IsNullOrWhiteSpace(q) ? UserQuery.Parse(q) : null;
        }
        catch (UserQueryException exception)
        {
            await ErrorAsync(context, 400, "Bad Request", exception.Message, "invalid_query_string");
            return;
        }
        if ((page + 1L) * perPage > MaxResults)
        {
            await ErrorAsync(
                context,
                400,
                "Bad Request",
                "You can only page through the first 1000 records. "
                    + "See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation",
                "invalid_paging");
            return;
        }

        var found = users.List(search, sort.Field, sort.Descending, page * perPage, perPage);
        stats.CountUserList();
        await WriteAsync(context, json =>
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

    private async Task ReadAsync(HttpContext context, string[] scopes)
    {
        if (await UserIdAsync(context, "ID of the user to retrieve") is not { } id)
        {
            return;
        }

        if (users.Find(id) is not { } user)
        {
            await ErrorAsync(context, 404, "Not Found", "The user does not exist.", "inexistent_user");
            return;
        }
        Predicate<string> asked;
        try
        {
            asked = Asked(context.Request.Query);
        }
        catch (UserQueryException exception)
        {
            await ErrorAsync(context, 400, "Bad Request", exception.Message, "invalid_query_string");
            return;
        }
        stats.CountUserRead();
        await WriteAsync(context, json => UserJson.Write(json, user, asked, ShowsProviderTokens(scopes)));
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await UserIdAsync(context, "ID of the user to delete") is not { } id)
        {
            return;
        }

        users.Delete(id);
        stats.CountUserDelete();
        context.Response.StatusCode = 204;
    }

    private bool ShowsProviderTokens(string[] scopes) => options.AlwaysShowProviderTokens || scopes.Contains("read:user_idp_tokens");

    private static Task IfAnyAsync(HttpContext context, string[] scopes, string[] expected, Func<Task> answer) =>
        expected.Any(scopes.Contains)
            ? answer()
            : ErrorAsync(
                context, 403, "Forbidden", $"Insufficient scope, expected any of: {string.Join(',', expected)}", "insufficient_scope");

    private static string? BearerToken(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim()
            : null;

    /// <summary>The ID in the raw path. It is decoded only once, including %2F.</summary>
    private static async Task<string?> UserIdAsync(HttpContext context, string description)
    {
        var path = context.RawTarget().Split('?')[0];
        var id = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        if (UserIdPattern().IsMatch(id))
        {
            return id;
        }

        await ErrorAsync(
            context,
            400,
            "Bad Request",
            $@"Path validation error: 'String does not match pattern ^.+\|.+$: {id}' on property id ({description}).",
            "invalid_uri");
        return null;
    }

    private static int Number(IQueryCollection query, string name, int min, int max, int otherwise, string description)
    {
        if (!query.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        var problem = !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? "Expected type integer but found type string"
            : number < min ? $"Value {number} is less than minimum {min}."
            : number > max ? $"Value {number} is greater than maximum {max}."
            : null;
        return problem is null ? (int)number : throw Invalid(problem, name, description);
    }

    private static bool Flag(IQueryCollection query, string name, bool otherwise)
    {
        if (!query.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        return text.ToString() switch
        {
            "true" => true,
            "false" => false,
            _ => throw Invalid("Expected type boolean but found type string", name, "true or false"),
        };
    }

    private static Predicate<string> Asked(IQueryCollection query)
    {
        var include = Flag(query, "include_fields", true);
        if (query["fields"].ToString() is not { Length: > 0 } fields)
        {
            return _ => true;
        }

        var named = fields.Split(',').ToHashSet(StringComparer.Ordinal);
        return named.IsSubsetOf(UserJson.Fields)
            ? name => named.Contains(name) == include
            : throw Invalid(
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
            throw Invalid($"String '{text}' does not match pattern ^([a-zA-Z0-9_\\.]+):(1|-1)$", "sort", Description);
        }

        return UserField.All.TryGetValue(match.Groups["field"].Value, out var field)
            ? (field, match.Groups["order"].Value is "-1")
            : throw Invalid($"Sorting by {match.Groups["field"].Value} is not supported", "sort", Description);
    }

    private static UserQueryException Invalid(string problem, string parameter, string description) =>
        new($"Query validation error: '{problem}' on property {parameter} ({description}).");

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Json))
        {
            write(json);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static Task ErrorAsync(HttpContext context, int status, string error, string message, string? code = null)
    {
        var body = new JsonObject { ["statusCode"] = status, ["error"] = error, ["message"] = message };
        if (code is not null)
        {
            body["errorCode"] = code;
        }
        else if (status is 401)
        {
            body["attributes"] = new JsonObject { ["error"] = message };
        }

        return context.AnswerAsync(status, body);
    }

    [GeneratedRegex(@"^(?<field>[a-zA-Z0-9_.]+):(?<order>1|-1)\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SortPattern();

    [GeneratedRegex(@"^.+\|.+$", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserIdPattern();
}
