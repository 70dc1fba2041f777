using System.Globalization;
using System.Text.Json;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>
/// The sessions and the refresh tokens of users. https://auth0.com/docs/api/management/v2/users/get-sessions-for-user,
/// https://auth0.com/docs/api/management/v2/users/get-refresh-tokens-for-user.
/// </summary>
internal sealed class UserSessionsApi(UserDirectory users, LoginSessions sessions, TenantOptions options)
{
    public Task ListSessionsAsync(HttpContext context, string id) =>
        ListAsync(context, id, "sessions", sessions.SessionsOf, static session => session.Number, WriteSession);

    public Task ListRefreshTokensAsync(HttpContext context, string id) =>
        ListAsync(context, id, "tokens", sessions.RefreshTokensOf, static token => token.Number, WriteRefreshToken);

    private async Task ListAsync<T>(
        HttpContext context,
        string id,
        string name,
        Func<string, IReadOnlyList<T>> itemsOf,
        Func<T, long> numberOf,
        Action<Utf8JsonWriter, T> write)
    {
        if (!options.HasSessionManagement)
        {
            await context.NotInPlanAsync();
            return;
        }

        if (!await context.IsUserIdAsync(id, "ID of the user"))
        {
            return;
        }

        if (users.Find(id) is null)
        {
            await context.NoSuchUserAsync();
            return;
        }

        long from;
        int take;
        try
        {
            (from, take) = QueryParameters.Checkpoint(context.Request.Query);
        }
        catch (UserQueryException exception)
        {
            await context.ErrorAsync(400, "Bad Request", exception.Message, "invalid_query_string");
            return;
        }

        var rest = itemsOf(id).Where(item => numberOf(item) > from).ToList();
        await context.WriteAsync(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray(name);
            foreach (var item in rest.Take(take))
            {
                write(json, item);
            }

            json.WriteEndArray();
            if (rest.Count > take)
            {
                json.WriteString("next", numberOf(rest[take - 1]).ToString(CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
        });
    }

    private void WriteSession(Utf8JsonWriter json, LoginSession session)
    {
        json.WriteStartObject();
        json.WriteString("id", session.Id);
        json.WriteString("user_id", session.UserId);
        WriteDate(json, "created_at", session.AuthenticatedAt);
        WriteDate(json, "updated_at", session.LastInteractedAt);
        WriteDate(json, "authenticated_at", session.AuthenticatedAt);
        WriteDate(json, "idle_expires_at", session.LastInteractedAt + LoginSession.IdleLifetime);
        WriteDate(json, "expires_at", null);
        WriteDate(json, "last_interacted_at", session.LastInteractedAt);
        WriteDevice(json, session.Device);
        json.WriteStartArray("clients");
        json.WriteStartObject();
        json.WriteString("client_id", options.SpaClientId);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("authentication");
        json.WriteStartArray("methods");
        json.WriteStartObject();
        json.WriteString("name", "pwd");
        WriteDate(json, "timestamp", session.AuthenticatedAt);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("cookie");
        json.WriteString("mode", "persistent");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteRefreshToken(Utf8JsonWriter json, RefreshToken token)
    {
        var (userId, sessionId, request) = token.Authorization;
        json.WriteStartObject();
        json.WriteString("id", token.Id);
        json.WriteString("user_id", userId);
        WriteDate(json, "created_at", token.CreatedAt);
        WriteDate(json, "idle_expires_at", null);
        WriteDate(json, "expires_at", null);
        WriteDevice(json, token.Device);
        json.WriteString("client_id", options.SpaClientId);
        json.WriteString("session_id", sessionId);
        json.WriteBoolean("rotating", true);
        json.WriteStartArray("resource_servers");
        if (request.Audience is not null)
        {
            json.WriteStartObject();
            json.WriteString("audience", request.Audience);
            json.WriteString("scopes", string.Join(' ', request.Scopes));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteDate(json, "last_exchanged_at", token.LastExchangedAt);
        json.WriteEndObject();
    }

    private static void WriteDevice(Utf8JsonWriter json, Device device)
    {
        json.WriteStartObject("device");
        json.WriteString("initial_ip", device.Ip);
        json.WriteString("initial_user_agent", device.UserAgent);
        json.WriteString("last_ip", device.Ip);
        json.WriteString("last_user_agent", device.UserAgent);
        json.WriteEndObject();
    }

    private static void WriteDate(Utf8JsonWriter json, string name, DateTime? date) =>
        json.WriteString(name, date?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
