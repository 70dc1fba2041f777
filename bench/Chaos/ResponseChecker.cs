using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AdminFunctions.Chaos;

/// <summary>How often an operation ended in one way, and how long the longest took.</summary>
internal sealed record Tally(long Count, TimeSpan Longest);

/// <summary>Counts the answers, and holds each against the laws.</summary>
internal sealed class Judge(Laws laws, Storm storm)
{
    /// <summary>The contract: a failure's status and the last part of its problem's type.</summary>
    private static readonly HashSet<string> Problems = new(StringComparer.Ordinal)
    {
        "400 invalid-request", "401 missing-token", "401 invalid-token", "403 insufficient-permission", "403 organization-token",
        "409 self-deletion", "409 protected-user", "502 tenant-refused", "502 tenant-unavailable", "503 tenant-rate-limited", "503 too-many-exports",
        "503 vault-unavailable", "503 misconfigured", "504 tenant-timeout",
    };

    private const string UnderWay = "under way at the end";

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10 + 1);
    private static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Operation, string Outcome), Tally> _tallies = new();
    private readonly ConcurrentBag<(long Began, string What)> _failuresOfTheCalm = [];
    private long _recovered = long.MaxValue;
    private long _answers;
    private long _successes;

    public IEnumerable<(string Operation, string Outcome, Tally Tally)> Tallies =>
        _tallies.Select(entry => (entry.Key.Operation, entry.Key.Outcome, entry.Value)).OrderBy(row => row.Operation, StringComparer.Ordinal).ThenBy(row => row.Outcome, StringComparer.Ordinal);

    public long Answers => Interlocked.Read(ref _answers);

    public long Successes => Interlocked.Read(ref _successes);

    /// <summary>How long after the faults the first success came.</summary>
    public TimeSpan? Recovery => _recovered is long.MaxValue ? null : Stopwatch.GetElapsedTime(storm.EndedAt, _recovered);

    /// <summary>Makes a call and judges its answer.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="send">Sends it.</param>
    /// <param name="whatIsWrong">What makes a 200 or a 204 untrue, or null.</param>
    /// <returns>Whether it is a success.</returns>
    public async Task<bool> CallAsync(string operation, Func<Task<Answer>> send, Func<byte[], string?> whatIsWrong)
    {
        var began = Stopwatch.GetTimestamp();
        string outcome;
        var success = false;
        try
        {
            var (response, body) = await send();
            var expected = operation is "DeleteUser" ? 204 : 200;
            success = (int)response.StatusCode == expected;
            outcome = success ? $"{expected}" : JudgeFailure(operation, response, body);
            JudgeTime(operation, outcome, began);
            if (success)
            {
                laws.Contract.Check(response.Headers.CacheControl?.NoStore is true, () => $"{operation}'s answer may be stored.");
                var wrong = WhatIsWrong(body, whatIsWrong);
                laws.Truth.Check(wrong is null, () => $"{operation} answered {expected}, but {wrong}: {Excerpt(body)}");
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            outcome = "no answer";
            laws.Contract.Check(holds: false, () => $"{operation}: no answer, {exception.Message}");
        }

        Count(operation, outcome, success, began);
        return success;
    }

    /// <summary>Makes an export and judges it.</summary>
    /// <param name="send">Sends it, and comes back when its status is there.</param>
    /// <param name="there">Who was there before.</param>
    /// <param name="people">Who is there after.</param>
    /// <param name="closing">Ends it.</param>
    public async Task ExportAsync(Func<CancellationToken, Task<HttpResponseMessage>> send, string[] there, People people, CancellationToken closing)
    {
        const string operation = "ExportUsers";
        var began = Stopwatch.GetTimestamp();
        var lines = new List<string>();
        var outcome = "broken off";
        var hasBegun = false;
        try
        {
            using var response = await send(closing);
            JudgeTime(operation, $"{(int)response.StatusCode}", began);
            if ((int)response.StatusCode is not 200)
            {
                Count(operation, JudgeFailure(operation, response, await response.Content.ReadAsByteArrayAsync(closing)), success: false, began);
                return;
            }

            hasBegun = true;

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(closing));
            while (await reader.ReadLineAsync(closing) is { } line)
            {
                lines.Add(line);
            }

            var ids = new HashSet<string>(StringComparer.Ordinal);
            var wrong = WhatIsWrongWithExport(lines, ids, people);
            laws.Exports.Check(wrong is null, () => $"It came to its end, but {wrong}.");
            var missing = there.Where(id => !ids.Contains(id) && people.Directory.Find(id) is not null).ToList();
            laws.Whole.Check(missing.Count is 0, () => $"It says it is whole with {ids.Count} users, and {missing.Count} are not in it, {missing[0]} for one.");
            Count(operation, "whole", success: true, began);
            return;
        }
        catch (Exception) when (closing.IsCancellationRequested)
        {
            // The run is over.
            if (!hasBegun)
            {
                JudgeTime(operation, "nothing", began);
            }

            outcome = UnderWay;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The last line may say why.
            if (lines.Count > 0 && lines[^1].StartsWith("{\"error\":", StringComparison.Ordinal))
            {
                using var error = JsonDocument.Parse(lines[^1]);
                outcome = "broken off, " + OutcomeOf(error.RootElement.GetProperty("error"));
                laws.Contract.Check(Problems.Contains(outcome["broken off, ".Length..]), () => $"{operation}: {lines[^1]}");
            }

            laws.Exports.Check(!lines.Any(static line => line.StartsWith("{\"end\":", StringComparison.Ordinal)), () => "It was broken off behind the line that says it is whole.");
        }

        Count(operation, outcome, success: false, began);
    }

    /// <summary>What can be judged only when all is over.</summary>
    public void JudgeRecovery()
    {
        laws.Recovery.Check(Recovery <= RecoversWithin, () => Recovery is { } late ? $"The first success came {late.TotalSeconds:0.0} s after the faults." : "There was none.");
        foreach (var (began, what) in _failuresOfTheCalm)
        {
            laws.Recovery.Check(began < _recovered, () => $"{Stopwatch.GetElapsedTime(storm.EndedAt, began).TotalSeconds:0.0} s after the faults {what}");
        }
    }

    private static string? WhatIsWrong(byte[] body, Func<byte[], string?> whatIsWrong)
    {
        try
        {
            return whatIsWrong(body);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return exception.Message;
        }
    }

    private static string? WhatIsWrongWithExport(List<string> lines, HashSet<string> ids, People people)
    {
        for (var i = 0; i < lines.Count - 1; i++)
        {
            using var user = JsonDocument.Parse(lines[i]);
            if (!user.RootElement.TryGetProperty("user_id", out var id) || !people.Knows(id.GetString()!, user.RootElement.GetProperty("name").GetString()))
            {
                return $"line {i + 1} is no user: {lines[i]}";
            }

            if (!ids.Add(id.GetString()!))
            {
                return $"{id} is in it twice";
            }
        }

        return lines.Count is 0 || lines[^1] != $$$"""{"end":{"users":{{{ids.Count}}}}}""" ? $"its last line is no end: {lines.LastOrDefault()}"
            : null;
    }

    private void JudgeTime(string operation, string outcome, long began)
    {
        var took = Stopwatch.GetElapsedTime(began);
        laws.Budget.Check(took <= Budget, () => $"{operation} answered {outcome} after {took.TotalSeconds:0.0} s.");
    }

    private string JudgeFailure(string operation, HttpResponseMessage response, byte[] body)
    {
        var status = (int)response.StatusCode;
        var outcome = $"{status}";
        var wrong = response.Content.Headers.ContentType?.MediaType is "application/problem+json" ? null : "is no problem";
        if (wrong is null)
        {
            wrong = WhatIsWrong(body, json =>
            {
                using var problem = JsonDocument.Parse(json);
                outcome = OutcomeOf(problem.RootElement);
                return !outcome.StartsWith($"{status} ", StringComparison.Ordinal) || !Problems.Contains(outcome) ? "is not in the contract"
                    : problem.RootElement.GetProperty("traceId").GetString() is not { Length: 32 } ? "has no traceId"
                    : response.Headers.CacheControl?.NoStore is not true ? "may be stored"
                    : outcome is "503 tenant-rate-limited" && response.Headers.RetryAfter?.Delta is not { TotalSeconds: >= 1 } ? "does not say when to come again"
                    : null;
            });
        }

        laws.Contract.Check(wrong is null, () => $"{operation} answered {outcome}, which {wrong}: {Excerpt(body)}");
        laws.Innocent.Check(status >= 500 && outcome is not "503 misconfigured", () => $"{operation} answered {outcome}: {Excerpt(body)}");
        laws.Truth.Check(status >= 400, () => $"{operation} answered {status}: {Excerpt(body)}");
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

        if (began < storm.EndedAt || outcome is UnderWay)
        {
            return;
        }

        if (!success)
        {
            _failuresOfTheCalm.Add((began, $"{operation} was answered with {outcome}."));
            return;
        }

        laws.Recovery.Check(holds: true, static () => "");
        for (var first = Interlocked.Read(ref _recovered); ended < first;)
        {
            first = Interlocked.CompareExchange(ref _recovered, ended, first) is var seen && seen == first ? ended : seen;
        }
    }

    private static string OutcomeOf(JsonElement problem) =>
        $"{problem.GetProperty("status").GetInt32()} {problem.GetProperty("type").GetString()!.Split(':')[^1]}";

    private static string Excerpt(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 300)));
}
