using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.Activity;

/// <summary>
/// The log of the tenant, by user (https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes). Users who have logged in or signed up
/// before the tenant started have an event for each.
/// </summary>
internal sealed class TenantLog(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<LogEvent>> _events = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>Adds an event about a user.</summary>
    /// <param name="type">Auth0's code, such as <c>s</c>.</param>
    /// <param name="context">The request that caused it; null for none.</param>
    public void Add(TenantUser user, string type, string description, HttpContext? context = null) => Add(
        user,
        type,
        description,
        clock.GetUtcNow().UtcDateTime,
        context?.Connection.RemoteIpAddress?.ToString() ?? "127.0.0.1",
        context?.Request.Headers.UserAgent.ToString());

    /// <summary>The events of a user, in no particular order.</summary>
    public IReadOnlyList<LogEvent> Of(string userId) => _events.TryGetValue(userId, out var events) ? [.. events] : [];

    /// <summary>Adds the events that lie before the start of the tenant.</summary>
    public void Seed(IEnumerable<TenantUser> users)
    {
        foreach (var user in users)
        {
            Add(user, "ss", "", user.CreatedAt, user.LastIp ?? "203.0.113.7", "Mozilla/5.0");
            if (user.LastLogin is { } login)
            {
                Add(user, "s", "", login, user.LastIp ?? "203.0.113.7", "Mozilla/5.0");
            }
        }
    }

    private void Add(TenantUser user, string type, string description, DateTime date, string ip, string? userAgent) =>
        _events.GetOrAdd(user.UserId, static _ => new()).Enqueue(new LogEvent(
            $"9002025{Interlocked.Increment(ref _count):D18}", date, type, description, user, ip, userAgent ?? ""));
}

/// <summary>
/// An event, as Auth0 writes it: with a scope that is a string or an array, and more in the details than anyone should pass on.
/// </summary>
internal sealed record LogEvent(string Id, DateTime Date, string Type, string Description, TenantUser User, string Ip, string UserAgent)
{
    public void Write(Utf8JsonWriter json)
    {
        var identity = User.Identities[0];
        json.WriteStartObject();
        json.WriteString("date", Date.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("type", Type);
        json.WriteString("description", Description);
        json.WriteString("connection", identity.Connection.Name);
        json.WriteString("connection_id", "con_0000000000000001");
        json.WriteString("client_id", "local-dashboard");
        json.WriteString("client_name", "Local dashboard");
        json.WriteString("ip", Ip);
        json.WriteString("user_agent", UserAgent);
        json.WriteStartObject("details");
        json.WriteNumber("stats_loginsCount", User.LoginsCount ?? 0);
        json.WriteString("session_id", "secret-session-of-the-details");
        json.WriteEndObject();
        json.WriteString("hostname", "localhost");
        if (identity.Connection.NumericIds && long.TryParse(identity.UserId, CultureInfo.InvariantCulture, out var number))
        {
            json.WriteNumber("user_id", number);
        }
        else
        {
            json.WriteString("user_id", User.UserId);
        }

        json.WriteString("user_name", User.Email ?? User.Name);
        json.WriteString("strategy", identity.Connection.Provider);
        json.WriteString("strategy_type", identity.Connection.IsSocial ? "social" : "database");
        if ((Id[^1] - '0') % 2 is 0)
        {
            json.WriteString("scope", "openid profile");
        }
        else
        {
            json.WriteStartArray("scope");
            json.WriteStringValue("openid");
            json.WriteStringValue("profile");
            json.WriteEndArray();
        }

        json.WriteString("log_id", Id);
        json.WriteString("_id", Id);
        json.WriteBoolean("isMobile", value: false);
        json.WriteEndObject();
    }
}
