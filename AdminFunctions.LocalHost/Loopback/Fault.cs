using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>What a <see cref="Fault"/> does with a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultMode>))]
internal enum FaultMode
{
    /// <summary>Responds with the status, headers and body of the fault. Without a status, the request is handled as usual.</summary>
    [JsonStringEnumMemberName("answer")]
    Answer,

    /// <summary>Does not respond until the client disconnects.</summary>
    [JsonStringEnumMemberName("hang")]
    Hang,

    /// <summary>Aborts the connection without a response.</summary>
    [JsonStringEnumMemberName("abort")]
    Abort,

    /// <summary>
    /// Sends a <c>Content-Length</c> for the whole response (that of the fault, or the usual one), then half of the body, and
    /// closes the connection.
    /// </summary>
    [JsonStringEnumMemberName("truncate")]
    Truncate,

    /// <summary>Handles the request as usual, and aborts the connection in place of a response.</summary>
    [JsonStringEnumMemberName("abort-after")]
    AbortAfter,

    /// <summary>
    /// Handles the request as usual, and closes the connection in good order in place of a response, as a server does with a connection
    /// that it takes for an idle one.
    /// </summary>
    [JsonStringEnumMemberName("close-after")]
    CloseAfter,
}

/// <summary>A fault to inject into future requests.</summary>
internal sealed record Fault
{
    /// <summary>The affected requests, as a <see cref="RequestMatch">pattern</see>.</summary>
    public required string Match { get; init; }

    /// <summary>The number of affected requests, 1 by default; null for all, until the faults are cleared.</summary>
    // With init, deserialization would lose the default.
    public int? Times { get; set; } = 1;

    /// <summary>The kind of fault.</summary>
    public FaultMode Mode { get; init; }

    /// <summary>The status of the response; null to handle the request as usual, which results in a delay only.</summary>
    public int? Status { get; init; }

    /// <summary>The headers of the response.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body. A JSON string is sent as text (as HTML unless the headers set another type), other values as JSON.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>The delay before the fault, in milliseconds of real time.</summary>
    public int DelayMs { get; init; }

    /// <summary>A task to wait for before the fault. Only for callers in this process.</summary>
    [JsonIgnore]
    public Task? Until { get; init; }

    /// <summary>A response in place of that of the service.</summary>
    /// <param name="match">The affected requests.</param>
    /// <param name="status">The status.</param>
    /// <param name="body">The text of the body; null for none.</param>
    /// <param name="contentType">The media type of the body.</param>
    public static Fault Answer(string match, int status, string? body = null, string contentType = "application/json") => new()
    {
        Match = match,
        Status = status,
        Body = body is null ? null : JsonSerializer.SerializeToElement(body, FaultJson.Default.String),
        Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = contentType },
    };

    /// <summary>The first error in the fault, as a sentence; null if it is valid.</summary>
    public string? Invalid()
    {
        try
        {
            RequestMatch.Parse(Match);
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
        return this switch
        {
            { Times: <= 0 } => "times must be at least 1. Omit it for one request, or set it to null for all requests.",
            { Status: < 200 or > 599 } => "status must be between 200 and 599.",
            { DelayMs: < 0 } => "delayMs must not be negative.",
            { Mode: < FaultMode.Answer or > FaultMode.CloseAfter } =>
                "mode must be \"answer\", \"hang\", \"abort\", \"abort-after\", \"close-after\" or \"truncate\".",
            { Mode: FaultMode.Hang or FaultMode.Abort or FaultMode.AbortAfter or FaultMode.CloseAfter, Status: not null } =>
                "A fault with the mode hang, abort, abort-after or close-after cannot have a status.",
            { Status: 204 or 205 or 304, Body: not null } => $"A response with status {Status} cannot have a body.",
            _ => Headers?.Select(InvalidHeader).FirstOrDefault(reason => reason is not null),
        };
    }

    private static string? InvalidHeader(KeyValuePair<string, string> header) => header switch
    {
        { Key: var name } when name.Length is 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') =>
            $"\"{name}\" is not a header name.",
        { Value: var value } when value is null || !value.All(c => c is >= ' ' and <= '~') =>
            $"The header \"{header.Key}\" must have a value of printable ASCII characters.",
        _ => null,
    };
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Fault?[]))]
[JsonSerializable(typeof(string))]
internal sealed partial class FaultJson : JsonSerializerContext;
