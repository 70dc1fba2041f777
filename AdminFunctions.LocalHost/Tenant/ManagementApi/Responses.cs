using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.LocalHost.Tenant.ManagementApi;

/// <summary>Responses in the form of the Management API.</summary>
internal static partial class Responses
{
    // Like Auth0, escape only what JSON requires.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends an error.</summary>
    public static Task ErrorAsync(this HttpContext context, int status, string error, string message, string? code = null)
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

    /// <summary>Sends the error about a user who does not exist.</summary>
    public static Task NoSuchUserAsync(this HttpContext context) =>
        context.ErrorAsync(404, "Not Found", "The user does not exist.", "inexistent_user");

    /// <summary>Sends the error about a feature that the tenant's plan lacks.</summary>
    /// <remarks>The wording is not documented. What matters is a 403 with another code than insufficient_scope.</remarks>
    public static Task NotInPlanAsync(this HttpContext context) =>
        context.ErrorAsync(403, "Forbidden", "This feature is not enabled for this tenant.", "feature_not_enabled");

    /// <summary>Whether an ID in the path is valid; if not, sends an error.</summary>
    public static async Task<bool> IsUserIdAsync(this HttpContext context, string id, string description)
    {
        if (UserIdPattern().IsMatch(id))
        {
            return true;
        }

        await context.ErrorAsync(
            400,
            "Bad Request",
            $@"Path validation error: 'String does not match pattern ^.+\|.+$: {id}' on property id ({description}).",
            "invalid_uri");
        return false;
    }

    /// <summary>Sends JSON.</summary>
    public static async Task WriteAsync(this HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Json))
        {
            write(json);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Reads a JSON object; if the body is none, sends an error and returns null.</summary>
    public static async Task<JsonObject?> BodyAsync(this HttpContext context)
    {
        try
        {
            if (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) is JsonObject body)
            {
                return body;
            }
        }
        catch (JsonException)
        {
            // The error follows.
        }

        await context.InvalidBodyAsync("Expected type object");
        return null;
    }

    /// <summary>Sends the error about a body that does not have the documented form.</summary>
    public static Task InvalidBodyAsync(this HttpContext context, string problem) =>
        context.ErrorAsync(400, "Bad Request", $"Payload validation error: '{problem}'.", "invalid_body");

    [GeneratedRegex(@"^.+\|.+$", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserIdPattern();
}
