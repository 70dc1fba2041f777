using System.Text.Json;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>When something happened to a session: a date, or an object.</summary>
public sealed class SessionDate : IReadFromJson<SessionDate>
{
    private readonly DateTime? _value;

    private SessionDate(DateTime? value) => _value = value;

    /// <summary>Whether it is a date.</summary>
    /// <param name="value">The date.</param>
    public bool TryGetDateTime(out DateTime? value)
    {
        value = _value;
        return value is not null;
    }

    static SessionDate IReadFromJson<SessionDate>.Read(ref Utf8JsonReader reader) => new(UnionOfDates.Read(ref reader, nameof(SessionDate)));
}
