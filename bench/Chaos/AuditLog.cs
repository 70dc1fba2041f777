using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Chaos;

/// <summary>The audit trail that the functions write, and the attempts that have reached them.</summary>
internal sealed partial class AuditLog : ILoggerProvider
{
    /// <summary>The log category of the audit trail (docs/operations.md).</summary>
    public const string Category = "AdminFunctions.Audit";

    private readonly ConcurrentDictionary<string, bool> _arrived = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _leftOut = new(StringComparer.Ordinal);

    /// <summary>Records an attempt that has reached the functions, by the trace ID of the caller or a new one.</summary>
    public void Arrive(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method))
        {
            return;
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            _arrived[activity.TraceId.ToHexString()] = true;
            return;
        }

        if (!ActivityContext.TryParse(request.Headers.TraceParent, traceState: null, out var caller))
        {
            var traceId = ActivityTraceId.CreateRandom();
            request.Headers.TraceParent = TraceParent(traceId);
            caller = new ActivityContext(traceId, ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);
        }

        _arrived[caller.TraceId.ToHexString()] = true;
    }

    /// <summary>The header with the trace ID (W3C Trace Context).</summary>
    public static string TraceParent(ActivityTraceId traceId) =>
        $"00-{traceId.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00";

    /// <summary>Whether an attempt has reached the functions. A request whose connection is closed at once may not.</summary>
    public bool HasArrived(string traceId) => _arrived.ContainsKey(traceId);

    /// <summary>The outcome of an attempt; <see langword="null"/> if there is no event with it.</summary>
    public string? OutcomeOf(string traceId) =>
        EntriesOf(traceId).Where(static entry => !entry.IsRequest).Select(static entry => entry.Outcome).FirstOrDefault();

    /// <summary>Compares the audit trail with the attempts, after the functions have logged the number of omitted events.</summary>
    /// <param name="invariant">Every attempt has exactly one outcome.</param>
    public void Check(Invariant invariant)
    {
        var without = 0L;
        foreach (var traceId in _arrived.Keys)
        {
            var entries = EntriesOf(traceId).ToList();
            var requests = entries.Where(static entry => entry.IsRequest).ToList();
            var outcomes = entries.Where(static entry => !entry.IsRequest).ToList();
            without += outcomes.Count is 0 && requests.Count is 0 ? 1 : 0;
            invariant.Check(
                outcomes.Count is 1 || (outcomes.Count is 0 && requests.Count is 0),
                () => $"{outcomes.Count} outcomes: {string.Join("; ", entries)}");
            invariant.Check(
                outcomes is not [{ SaysThatAuth0WasAsked: var wasAsked } outcome]
                    || (wasAsked ? requests is [var request] && request.CorrelationId == outcome.CorrelationId : requests.Count is 0),
                () => $"The request and the outcome do not match: {string.Join("; ", entries)}");
        }

        foreach (var traceId in _entries.Keys)
        {
            invariant.Check(HasArrived(traceId), () => $"There was no such attempt: {string.Join("; ", EntriesOf(traceId))}");
        }

        var leftOut = _leftOut.Values.Sum();
        invariant.Check(without == leftOut, () => $"{without} attempts have no outcome, but {leftOut} events were omitted.");
    }

    /// <summary>The number of attempts with an outcome, including those that were only counted.</summary>
    public long Count(string outcome) =>
        _entries.Values.Sum(entries => entries.LongCount(entry => !entry.IsRequest && entry.Outcome == outcome))
        + _leftOut.GetValueOrDefault(outcome);

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private ConcurrentQueue<Entry> EntriesOf(string traceId) => _entries.GetValueOrDefault(traceId) ?? [];

    private void Read(string text)
    {
        if (LeftOutPattern().Match(text) is { Success: true } leftOut)
        {
            _leftOut.AddOrUpdate(
                leftOut.Groups["outcome"].Value,
                static (_, count) => count,
                static (_, sum, count) => sum + count,
                long.Parse(leftOut.Groups["count"].Value, CultureInfo.InvariantCulture));
        }
        else if (EntryPattern().Match(text) is { Success: true } entry)
        {
            _entries.GetOrAdd(entry.Groups["trace"].Value, static _ => new())
                .Enqueue(new Entry(entry.Groups["event"].Value, entry.Groups["outcome"].Value, entry.Groups["correlation"].Value));
        }
        else
        {
            throw new InvalidOperationException($"The audit trail has an unknown event: {text}");
        }
    }

    [GeneratedRegex(
        "^(?<event>Write[A-Za-z]+) action=.* actor=.* outcome=(?<outcome>\\S+) traceId=(?<trace>\\S+) correlationId=(?<correlation>\\S+)$",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex EntryPattern();

    [GeneratedRegex(
        "^WriteRefusalsLeftOut outcome=(?<outcome>\\S+) count=(?<count>\\d+)$",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex LeftOutPattern();

    private sealed record Entry(string Event, string Outcome, string CorrelationId)
    {
        public bool IsRequest => Event is "WriteRequested";

        public bool SaysThatAuth0WasAsked => Event is "WriteFailed" or "WriteUnknown" || (Event is "WriteDone" && Outcome is "done");

        public override string ToString() => $"{Event} {Outcome} {CorrelationId}";
    }

    private sealed class Logger(AuditLog auditLog) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            auditLog.Read(formatter(state, exception));
    }
}
