using System.Collections.Concurrent;
using System.Text.Json;
using AdminFunctions.Telemetry;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Management;

/// <summary>Logs which values of users were left out, once for each user and field, and never the value.</summary>
internal sealed partial class LeftOutValues(ILogger logger)
{
    /// <summary>How many users and fields are logged in the lifetime of the process.</summary>
    internal const int MaxLines = 1000;

    private readonly ConcurrentDictionary<(string User, string Field), bool> _logged = new();

    /// <summary>Logs that a value was left out.</summary>
    /// <param name="userId">The user's ID; empty if the user has none.</param>
    /// <param name="kind">What the value is instead.</param>
    public void Add(string userId, string field, FieldKind expected, JsonValueKind kind)
    {
        var user = userId.Length is 0 ? "-" : AuditedId.Of(userId);
        if (_logged.Count < MaxLines && _logged.TryAdd((user, field), true))
        {
            LogLeftOut(field, user, kind, expected);
            if (_logged.Count == MaxLines)
            {
                LogNoMore();
            }
        }
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "The field {Field} of the user {User} was left out, because its value in Auth0 (a {Kind}) cannot be read as a {Expected}.",
        EventName = "ValueLeftOut")]
    private partial void LogLeftOut(string field, string user, JsonValueKind kind, FieldKind expected);

    [LoggerMessage(2, LogLevel.Warning, "No more fields that were left out will be logged.", EventName = "NoMoreValuesLeftOut")]
    private partial void LogNoMore();
}
