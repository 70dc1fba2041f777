using System.Text.Json;

namespace Auth0.ManagementApi;

/// <summary>What an error answer's JSON says.</summary>
public sealed class ApiError
{
    /// <summary><c>error</c>, such as <c>Bad Request</c>.</summary>
    public string? Error { get; init; }

    /// <summary><c>errorCode</c>, such as <c>invalid_paging</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary><c>message</c>, else <c>error_description</c>, <c>description</c> or <c>error</c>.</summary>
    public string? Message { get; init; }

    internal static ApiError? TryParse(object? body)
    {
        if (body is not JsonElement { ValueKind: JsonValueKind.Object } json)
        {
            return null;
        }

        var error = Text("error");
        var errorCode = Text("errorCode") ?? Text("error_code");
        var message = Text("message") ?? Text("error_description") ?? Text("description") ?? error;
        return errorCode is null && message is null ? null : new() { Error = error, ErrorCode = errorCode, Message = message };

        string? Text(string name) =>
            json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
