using System.Globalization;
using Auth0.ManagementApi;

namespace AdminFunctions.Users;

/// <summary>
/// An event of a user's log as this API serves it: the fields in <see cref="Management.LogFields"/>, and the name of the type in words.
/// </summary>
/// <param name="TypeName">The type in words; absent for a type that this version does not know.</param>
internal sealed record LogEvent(
    string? LogId,
    DateTime? Date,
    string? Type,
    string? TypeName,
    string? Ip,
    string? UserAgent,
    string? Connection,
    string? ClientName,
    string? Description)
{
    /// <summary>How much of a text is served, in characters. A user agent is whatever a client sends.</summary>
    private const int MaxLength = 500;

    /// <summary>Takes the served fields from the SDK's event.</summary>
    public static LogEvent From(Log item) => new(
        item.LogId,
        DateOf(item),
        item.Type,
        item.Type is { } type ? LogEventTypes.NameOf(type) : null,
        item.Ip,
        Shorten(item.UserAgent),
        item.Connection,
        item.ClientName,
        Shorten(item.Description.GetValueOrDefault()));

    private static DateTime? DateOf(Log item) =>
        item.Date is { } date && date.TryGetString(out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.UtcDateTime
            : null;

    private static string? Shorten(string? text) => text is { Length: > MaxLength }
        ? $"{text.AsSpan(0, char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)}…"
        : text;
}
