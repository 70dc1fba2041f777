using System.Text.Json;

namespace Auth0.Core.Exceptions;

/// <summary>What an error answer of the Authentication API says.</summary>
public class ApiError
{
    /// <summary>The JSON's <c>error</c> (or <c>name</c>), such as <c>access_denied</c>.</summary>
    public string? Error { get; set; }

    /// <summary>The JSON's <c>errorCode</c> (or <c>code</c>).</summary>
    public string? ErrorCode { get; set; }

    /// <summary>The JSON's <c>message</c> (or <c>error_description</c>, or <c>description</c>).</summary>
    public string? Message { get; set; }

    /// <summary>Everything else that the JSON says.</summary>
    public Dictionary<string, string> ExtraData { get; set; } = [];

    /// <summary>Reads an answer's body: null when it is empty, the text itself as error and message when it is no JSON object.</summary>
    /// <param name="response">The answer.</param>
    public static async Task<ApiError?> Parse(HttpResponseMessage? response)
    {
        if (response is null)
        {
            return null;
        }

        var text = await response.Content.ReadAsStringAsync();
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind switch
            {
                JsonValueKind.Object => Read(json.RootElement),
                JsonValueKind.Null => null,
                _ => new ApiError { Error = text, Message = text },
            };
        }
        catch (JsonException)
        {
            return new ApiError { Error = text, Message = text };
        }
    }

    private static ApiError Read(JsonElement json)
    {
        var error = new ApiError();
        foreach (var property in json.EnumerateObject())
        {
            switch (property.Name.ToUpperInvariant())
            {
                case "ERROR" or "NAME":
                    error.Error = Text(property.Value);
                    break;
                case "ERRORCODE" or "CODE":
                    error.ErrorCode = Text(property.Value);
                    break;
                case "MESSAGE" or "DESCRIPTION" or "ERROR_DESCRIPTION":
                    error.Message = Text(property.Value);
                    break;
                case "EXTRADATA" when property.Value.ValueKind == JsonValueKind.Object:
                    foreach (var inner in property.Value.EnumerateObject())
                    {
                        error.ExtraData[inner.Name] = Text(inner.Value) ?? "";
                    }

                    break;
                default:
                    error.ExtraData[property.Name] = Text(property.Value) ?? "";
                    break;
            }
        }

        return error;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
