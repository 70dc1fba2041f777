using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdminFunctions.LocalHost.Loopback;

internal static class JsonAnswers
{
    // Auth0 and Key Vault escape only what JSON requires. These bodies are never inserted into HTML.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends a JSON response.</summary>
    public static Task AnswerAsync(this HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString(Plain), context.RequestAborted);
    }
}
