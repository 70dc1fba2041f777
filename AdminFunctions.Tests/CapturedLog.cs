using System.Collections.Concurrent;
using AdminFunctions.Audit;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests;

/// <summary>All log lines of every level.</summary>
internal sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Category, EventId Event, string Message, Exception? Exception)> _lines = new();

    /// <summary>The lines of a level or above, including exceptions.</summary>
    public IEnumerable<string> Lines(LogLevel atLeast = LogLevel.Trace) =>
        _lines.Where(line => line.Level >= atLeast).Select(line => $"{line.Category}: {line.Message} {line.Exception}");

    /// <summary>The lines that the host forwards: those of the functions, from Information on, without exceptions.</summary>
    public IEnumerable<string> Messages =>
        _lines.Where(line => line.Level >= LogLevel.Information && line.Category.StartsWith("AdminFunctions.", StringComparison.Ordinal))
            .Select(line => line.Message);

    /// <summary>The audit trail.</summary>
    public IReadOnlyList<(EventId Event, string Text)> Audit =>
        [.. _lines.Where(line => line.Category == AuditTrail.Category).Select(line => (line.Event, line.Message))];

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<(LogLevel Level, string Category, EventId Event, string Message, Exception? Exception)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((logLevel, category, eventId, formatter(state, exception), exception));
    }
}
