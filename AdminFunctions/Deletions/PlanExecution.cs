using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Export;
using AdminFunctions.Management;

namespace AdminFunctions.Deletions;

/// <summary>
/// A batch that is being executed: a line for each user, in order, and one for the end. It ends by itself before a platform's time limit
/// could cut it off. The same ticket then continues: users who are done are gone or blocked.
/// </summary>
/// <param name="ticket">The batch.</param>
/// <param name="except">The IDs of users to leave alone.</param>
/// <param name="entry">The entry of the call in the audit trail.</param>
/// <param name="describe">Describes a failure as a problem: its slug, and its details as JSON.</param>
/// <param name="turns">Waits for turns and for the rate limits.</param>
/// <param name="slot">Its slot among the exports and plans.</param>
internal sealed class PlanExecution(
    Ticket ticket,
    IReadOnlySet<string> except,
    Caller caller,
    string traceId,
    AuditEntry entry,
    Func<Exception, (string Slug, byte[] Details)> describe,
    PlannedActions actions,
    ExecutionPace.Walkers turns,
    IDisposable slot,
    AuditTrail audit,
    TimeProvider time) : IStreamedBody
{
    /// <summary>The maximum duration of a call, after which it ends by itself. Azure's load balancer allows 230 s.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    /// <summary>How many users are worked on at a time.</summary>
    private const int AtOnce = 4;

    /// <summary>How many failures in a row end a call: something is wrong that does not concern a single user.</summary>
    private const int MostFailures = 5;

    private readonly NdjsonLine _line = new();
    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private int _failures;
    private int _done;

    /// <inheritdoc/>
    public string ContentType => NdjsonLine.ContentType;

    /// <inheritdoc/>
    public string? FileName => null;

    /// <inheritdoc/>
    public async Task WriteAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Longest, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        Queue<Task<ExecutionLine?>> underWay = [];
        try
        {
            await foreach (var line in RunAsync(underWay, stop.Token))
            {
                _line.Write(output, line, PlanLinesJson.Unescaped.ExecutionLine);
                await output.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            // Users who are being worked on get an outcome in the audit trail, even if nobody listens any more.
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var unheard in underWay.Where(static task => task is { IsCompletedSuccessfully: true, Result: not null }))
            {
                Count(unheard.Result!);
            }

            audit.Executed(ticket.Plan, ticket.Batch, ticket.Action.Name(), caller, _outcomes, Remaining, traceId);
        }

        // Before the caller learns that this was all: the caller may send the next batch at once.
        slot.Dispose();
        _line.Write(output, new ExecutionLine { End = new(Remaining, _outcomes) }, PlanLinesJson.Unescaped.ExecutionLine);
        await output.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void WriteFailure(IBufferWriter<byte> output, ReadOnlySpan<byte> problem) => NdjsonLine.WriteFailure(output, problem);

    /// <summary>Frees the slot.</summary>
    public ValueTask DisposeAsync()
    {
        slot.Dispose();
        return ValueTask.CompletedTask;
    }

    private int Remaining => ticket.Users.Count - _done;

    /// <summary>Works on a few users at a time, and returns the outcomes in the order of the ticket.</summary>
    private async IAsyncEnumerable<ExecutionLine> RunAsync(
        Queue<Task<ExecutionLine?>> underWay, [EnumeratorCancellation] CancellationToken stop)
    {
        var next = 0;
        while (true)
        {
            while (next < ticket.Users.Count && underWay.Count < AtOnce && !stop.IsCancellationRequested && _failures < MostFailures)
            {
                underWay.Enqueue(WorkOnAsync(ticket.Users[next++], stop));
            }

            if (!underWay.TryPeek(out var first))
            {
                yield break;
            }

            var line = await first;
            _ = underWay.Dequeue();
            if (line is not null)
            {
                Count(line);
                yield return line;
            }
        }
    }

    private void Count(ExecutionLine line)
    {
        _done++;
        _failures = line.Outcome is ExecutionOutcome.Failed ? _failures + 1 : 0;
        var name = line.Outcome!.Value.ToString().ToLowerInvariant();
        _outcomes[name] = _outcomes.GetValueOrDefault(name) + 1;
    }

    /// <returns>What became of the user; <see langword="null"/> if the call ended before it was their turn.</returns>
    private async Task<ExecutionLine?> WorkOnAsync(PlannedUser planned, CancellationToken stop)
    {
        if (except.Contains(planned.Id))
        {
            return new ExecutionLine { UserId = planned.Id, Outcome = ExecutionOutcome.Excepted };
        }

        var trail = entry.For(ticket.Action.Function(), planned.Id, ticket.Plan);
        try
        {
            var line = await actions.ActAsync(ticket, planned, caller, trail, turns, stop);
            trail.Close(
                line.Failure is null ? TrailOutcomeOf(line) : describe(line.Failure).Slug,
                line.Outcome is ExecutionOutcome.Gone ? new NoSuchUserException() : line.Failure);
            return line;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (TenantException limited)
            when (stop.IsCancellationRequested && limited is { Failure: TenantFailure.RateLimited, MayBeDone: false })
        {
            if (trail.IsRequested)
            {
                trail.Close(describe(limited).Slug, limited);
            }

            return null;
        }
        catch (Exception exception)
        {
            var (slug, details) = describe(exception);
            trail.Close(slug, exception);
            return new ExecutionLine
            {
                UserId = planned.Id,
                Outcome = ExecutionOutcome.Failed,
                Problem = JsonElement.Parse(details),
            };
        }
    }

    private string? TrailOutcomeOf(ExecutionLine line) => line.Outcome switch
    {
        ExecutionOutcome.Deleted or ExecutionOutcome.Blocked or ExecutionOutcome.Gone => null,
        ExecutionOutcome.Protected => "protected-user",
        ExecutionOutcome.Self => ticket.Action is PlanAction.Delete ? "self-deletion" : "own-account",
        ExecutionOutcome.Changed => "changed",
        _ => "active",
    };
}
