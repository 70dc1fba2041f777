using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AdminFunctions.Chaos;

/// <summary>The number of calls with an outcome, and the longest duration.</summary>
internal sealed record Tally(long Count, TimeSpan Longest);

/// <summary>Counts the responses and checks the invariants for each.</summary>
internal sealed class ResponseChecker(Invariants invariants, FaultInjector injector)
{
    /// <summary>The problems of the contract: status and slug.</summary>
    private static readonly HashSet<string> Problems = new(StringComparer.Ordinal)
    {
        "400 invalid-request", "401 missing-token", "401 invalid-token", "403 insufficient-permission", "403 organization-token",
        "409 self-deletion", "409 protected-user", "502 tenant-refused", "502 tenant-unavailable", "502 outcome-unknown",
        "503 tenant-rate-limited", "503 too-many-exports", "503 vault-unavailable", "503 misconfigured", "504 tenant-timeout",
    };

    private const string Running = "running at the end";

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10 + 1);
    private static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Operation, string Outcome), Tally> _tallies = new();
    private readonly ConcurrentBag<(long Began, string What)> _failuresAfterFaults = [];
    private long _recovered = long.MaxValue;
    private long _answers;
    private long _successes;

    public IEnumerable<(string Operation, string Outcome, Tally Tally)> Tallies =>
        _tallies.Select(entry => (entry.Key.Operation, entry.Key.Outcome, entry.Value))
            .OrderBy(row => row.Operation, StringComparer.Ordinal).ThenBy(row => row.Outcome, StringComparer.Ordinal);

    public long Answers => Interlocked.Read(ref _answers);

    public long Successes => Interlocked.Read(ref _successes);

    /// <summary>The time from the end of the faults to the first success.</summary>
    public TimeSpan? Recovery => _recovered is long.MaxValue ? null : Stopwatch.GetElapsedTime(injector.EndedAt, _recovered);

    /// <summary>Makes a call and checks its response.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="send">Sends the request.</param>
    /// <param name="findError">Describes the error in a 200 or 204; null if it is correct.</param>
    /// <returns>Whether the call succeeded.</returns>
    public async Task<bool> CallAsync(string operation, Func<Task<Answer>> send, Func<byte[], string?> findError)
    {
        var began = Stopwatch.GetTimestamp();
        string outcome;
        var success = false;
        try
        {
            var (response, body) = await send();
            var expected = operation switch { "DeleteUser" => 204, "SendVerificationEmail" => 202, _ => 200 };
            success = (int)response.StatusCode == expected;
            outcome = success ? $"{expected}" : CheckFailure(operation, response, body);
            CheckTime(operation, outcome, began);
            if (success)
            {
                invariants.Contract.Check(response.Headers.CacheControl?.NoStore is true, () => $"{operation}'s response can be cached.");
                var wrong = Error(body, findError);
                invariants.Truth.Check(wrong is null, () => $"{operation} returned {expected}, but {wrong}: {Excerpt(body)}");
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            outcome = "no response";
            invariants.Contract.Check(holds: false, () => $"{operation}: no response, {exception.Message}");
        }

        Count(operation, outcome, success, began);
        return success;
    }

    /// <summary>Makes an export and checks it.</summary>
    /// <param name="send">Sends the request and returns when the status has arrived.</param>
    /// <param name="existing">The IDs of the users before the export.</param>
    /// <param name="testUsers">The users after the export.</param>
    /// <param name="closing">Cancels the export at the end of the run.</param>
    public async Task ExportAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, string[] existing, TestUsers testUsers, CancellationToken closing)
    {
        const string operation = "ExportUsers";
        var began = Stopwatch.GetTimestamp();
        var lines = new List<string>();
        var outcome = "failed midway";
        var hasBegun = false;
        try
        {
            using var response = await send(closing);
            CheckTime(operation, $"{(int)response.StatusCode}", began);
            if ((int)response.StatusCode is not 200)
            {
                var body = await response.Content.ReadAsByteArrayAsync(closing);
                Count(operation, CheckFailure(operation, response, body), success: false, began);
                return;
            }

            hasBegun = true;

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(closing));
            while (await reader.ReadLineAsync(closing) is { } line)
            {
                lines.Add(line);
            }

            var ids = new HashSet<string>(StringComparer.Ordinal);
            var wrong = ExportError(lines, ids, testUsers);
            invariants.Exports.Check(wrong is null, () => $"It is complete, but {wrong}.");
            var missing = existing.Where(id => !ids.Contains(id) && testUsers.Directory.Find(id) is not null).ToList();
            invariants.Whole.Check(
                missing.Count is 0,
                () => $"It says it is complete with {ids.Count} users, but {missing.Count} are missing, such as {missing[0]}.");
            Count(operation, "complete", success: true, began);
            return;
        }
        catch (Exception) when (closing.IsCancellationRequested)
        {
            // The run has ended.
            if (!hasBegun)
            {
                CheckTime(operation, "nothing", began);
            }

            outcome = Running;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The last line can contain the reason.
            if (lines.Count > 0 && lines[^1].StartsWith("{\"error\":", StringComparison.Ordinal))
            {
                using var error = JsonDocument.Parse(lines[^1]);
                outcome = "failed midway, " + OutcomeOf(error.RootElement.GetProperty("error"));
                invariants.Contract.Check(Problems.Contains(outcome["failed midway, ".Length..]), () => $"{operation}: {lines[^1]}");
            }

            invariants.Exports.Check(
                !lines.Any(static line => line.StartsWith("{\"end\":", StringComparison.Ordinal)),
                () => "It failed after the line that says it is complete.");
        }

        Count(operation, outcome, success: false, began);
    }

    /// <summary>Checks the recovery after the run.</summary>
    public void CheckRecovery()
    {
        invariants.Recovery.Check(
            Recovery <= RecoversWithin,
            () => Recovery is { } late
                ? $"The first success was {late.TotalSeconds:0.0} s after the faults."
                : "There was no success.");
        foreach (var (began, what) in _failuresAfterFaults)
        {
            var after = Stopwatch.GetElapsedTime(injector.EndedAt, began);
            invariants.Recovery.Check(began < _recovered, () => $"{after.TotalSeconds:0.0} s after the faults: {what}");
        }
    }

    private static string? Error(byte[] body, Func<byte[], string?> findError)
    {
        try
        {
            return findError(body);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return exception.Message;
        }
    }

    private static string? ExportError(List<string> lines, HashSet<string> ids, TestUsers testUsers)
    {
        for (var i = 0; i < lines.Count - 1; i++)
        {
            using var user = JsonDocument.Parse(lines[i]);
            if (!user.RootElement.TryGetProperty("user_id", out var id)
                || !testUsers.Knows(id.GetString()!, user.RootElement.GetProperty("name").GetString()))
            {
                return $"line {i + 1} is not a user: {lines[i]}";
            }

            if (!ids.Add(id.GetString()!))
            {
                return $"it contains {id} twice";
            }
        }

        return lines.Count is 0 || lines[^1] != $$$"""{"end":{"users":{{{ids.Count}}}}}"""
            ? $"its last line is not the end line: {lines.LastOrDefault()}"
            : null;
    }

    private void CheckTime(string operation, string outcome, long began)
    {
        var took = Stopwatch.GetElapsedTime(began);
        invariants.Budget.Check(took <= Budget, () => $"{operation} returned {outcome} after {took.TotalSeconds:0.0} s.");
    }

    private string CheckFailure(string operation, HttpResponseMessage response, byte[] body)
    {
        var status = (int)response.StatusCode;
        var outcome = $"{status}";
        var wrong = response.Content.Headers.ContentType?.MediaType is "application/problem+json" ? null : "is not a problem";
        if (wrong is null)
        {
            wrong = Error(body, json =>
            {
                using var problem = JsonDocument.Parse(json);
                outcome = OutcomeOf(problem.RootElement);
                return !outcome.StartsWith($"{status} ", StringComparison.Ordinal) || !Problems.Contains(outcome) ? "is not in the contract"
                    : problem.RootElement.GetProperty("traceId").GetString() is not { Length: 32 } ? "has no traceId"
                    : response.Headers.CacheControl?.NoStore is not true ? "can be cached"
                    : outcome is "503 tenant-rate-limited" && response.Headers.RetryAfter?.Delta is not { TotalSeconds: >= 1 }
                        ? "has no Retry-After"
                    : null;
            });
        }

        invariants.Contract.Check(wrong is null, () => $"{operation} returned {outcome}, which {wrong}: {Excerpt(body)}");
        invariants.Innocent.Check(
            status >= 500 && outcome is not "503 misconfigured", () => $"{operation} returned {outcome}: {Excerpt(body)}");
        invariants.Truth.Check(status >= 400, () => $"{operation} returned {status}: {Excerpt(body)}");
        return outcome;
    }

    private void Count(string operation, string outcome, bool success, long began)
    {
        var ended = Stopwatch.GetTimestamp();
        var took = Stopwatch.GetElapsedTime(began, ended);
        _tallies.AddOrUpdate(
            (operation, outcome),
            static (_, took) => new Tally(1, took),
            static (_, tally, took) => new Tally(tally.Count + 1, took > tally.Longest ? took : tally.Longest),
            took);
        Interlocked.Increment(ref _answers);
        if (success)
        {
            Interlocked.Increment(ref _successes);
        }

        if (began < injector.EndedAt || outcome is Running)
        {
            return;
        }

        if (!success)
        {
            _failuresAfterFaults.Add((began, $"{operation} returned {outcome}."));
            return;
        }

        invariants.Recovery.Check(holds: true, static () => "");
        for (var first = Interlocked.Read(ref _recovered); ended < first;)
        {
            first = Interlocked.CompareExchange(ref _recovered, ended, first) is var seen && seen == first ? ended : seen;
        }
    }

    private static string OutcomeOf(JsonElement problem) =>
        $"{problem.GetProperty("status").GetInt32()} {problem.GetProperty("type").GetString()!.Split(':')[^1]}";

    private static string Excerpt(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 300)));
}
