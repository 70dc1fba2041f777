using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>
/// <c>/dbconnections/change_password</c> of the Authentication API: sends a mail with a link to set a new password
/// (https://auth0.com/docs/api/authentication#change-password). It responds the same whether there is such an account or not.
/// </summary>
internal sealed class ChangePasswordEndpoint(TenantOptions options, UserDirectory users, UserActivity activity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Email, IPAddress? Ip), TokenBucket> _buckets = [];

    /// <summary>Adds the route.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/dbconnections/change_password", ChangeAsync);

    private async Task ChangeAsync(HttpContext context)
    {
        JsonObject? body;
        try
        {
            body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            body = null;
        }

        if (Text("email") is not { Length: > 0 } email)
        {
            await context.AnswerAsync(400, new JsonObject { ["error"] = "email is required" });
            return;
        }

        if (Text("connection") is not { Length: > 0 } connection)
        {
            await context.AnswerAsync(400, new JsonObject { ["error"] = "connection is required" });
            return;
        }

        if (Text("client_id") is { } client && client != options.SpaClientId)
        {
            await context.AnswerAsync(400, new JsonObject { ["error"] = "invalid client_id" });
            return;
        }

        var rate = BucketOf(email, context.Connection.RemoteIpAddress).Take();
        if (!rate.Allowed)
        {
            context.Response.Headers.RetryAfter = $"{rate.RetryAfter}";
            await context.AnswerAsync(429, new JsonObject
            {
                ["error"] = "too_many_requests",
                ["error_description"] = "Too many requests. Try again later.",
            });
            return;
        }

        foreach (var user in users.All.Where(user =>
            user.Identities.Any(identity => identity.Connection.Provider is "auth0"
                && identity.Connection.Name == connection
                && string.Equals(identity.Email ?? user.Email, email, StringComparison.OrdinalIgnoreCase))))
        {
            activity.Mails.Send(email, "password-reset", connection);
            activity.Log.Add(user, "scpr", "Password change requested", context);
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync("We've just sent you an email to reset your password.", context.RequestAborted);

        string? Text(string name) => body?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    /// <summary>From an IP address, ten mails at once to an email address, then one a minute.</summary>
    private TokenBucket BucketOf(string email, IPAddress? ip)
    {
        var key = (email.ToUpperInvariant(), ip);
        lock (_lock)
        {
            return _buckets.TryGetValue(key, out var bucket)
                ? bucket
                : _buckets[key] = new TokenBucket(limit: 10, perSecond: 1 / 60d, options.TimeProvider);
        }
    }
}
