using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdminFunctions.LocalHost.Loopback;

/// <summary>How a <see cref="Fault"/> spoils the request it meets.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultMode>))]
internal enum FaultMode
{
    /// <summary>Answers with the fault's status, headers and body; without a status, the request goes on as usual.</summary>
    [JsonStringEnumMemberName("answer")]
    Answer,

    /// <summary>Says nothing until the client goes away.</summary>
    [JsonStringEnumMemberName("hang")]
    Hang,

    /// <summary>Breaks the connection without an answer.</summary>
    [JsonStringEnumMemberName("abort")]
    Abort,

    /// <summary>
    /// Promises the whole answer (the fault's, or the usual one) in <c>Content-Length</c>, sends half and breaks the
    /// connection.
    /// </summary>
    [JsonStringEnumMemberName("truncate")]
    Truncate,
}

/// <summary>Something that shall go wrong with requests to come.</summary>
internal sealed record Fault
{
    /// <summary>Which requests: a <see cref="RequestMatch">pattern</see>.</summary>
    public required string Match { get; init; }

    /// <summary>How many of them: one unless said otherwise; null for all, until the faults are cleared.</summary>
    // Not init: reading JSON would then lose the default.
    public int? Times { get; set; } = 1;

    /// <summary>In which way.</summary>
    public FaultMode Mode { get; init; }

    /// <summary>The status of the answer; null to let the request go on, which makes a mere delay.</summary>
    public int? Status { get; init; }

    /// <summary>Headers of the answer.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body: a JSON string is sent as it is (as HTML unless the headers say otherwise), anything else as JSON.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>Milliseconds to wait first, in real time.</summary>
    public int DelayMs { get; init; }

    /// <summary>What to wait for first. For callers in this process alone.</summary>
    [JsonIgnore]
    public Task? Until { get; init; }

    /// <summary>An answer in the service's place.</summary>
    /// <param name="match">Which requests.</param>
    /// <param name="status">The status.</param>
    /// <param name="body">A body that is sent as it is; null for none.</param>
    /// <param name="contentType">The body's media type.</param>
    public static Fault Answer(string match, int status, string? body = null, string contentType = "application/json") => new()
    {
        Match = match,
        Status = status,
        Body = body is null ? null : JsonSerializer.SerializeToElement(body, FaultJson.Default.String),
        Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = contentType },
    };

    /// <summary>The first thing wrong with the fault, as a sentence; null when nothing is.</summary>
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
            { Times: <= 0 } => "times must be at least 1; leave it out for once, or set it to null for always.",
            { Status: < 200 or > 599 } => "status must be between 200 and 599.",
            { DelayMs: < 0 } => "delayMs must not be negative.",
            { Mode: < FaultMode.Answer or > FaultMode.Truncate } => "mode must be \"answer\", \"hang\", \"abort\" or \"truncate\".",
            { Mode: FaultMode.Hang or FaultMode.Abort, Status: not null } => "A fault that hangs or aborts has no status.",
            { Status: 204 or 205 or 304, Body: not null } => $"An answer with status {Status} has no body.",
            _ => Headers?.Select(InvalidHeader).FirstOrDefault(reason => reason is not null),
        };
    }

    private static string? InvalidHeader(KeyValuePair<string, string> header) => header switch
    {
        { Key: var name } when name.Length is 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') => $"\"{name}\" is no header name.",
        { Value: var value } when value is null || !value.All(c => c is >= ' ' and <= '~') => $"The header \"{header.Key}\" needs a value of printable ASCII characters.",
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
