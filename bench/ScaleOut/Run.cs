using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace AdminFunctions.ScaleOut;

/// <summary>A measurement: a first call to each instance at the same time, then lists at a steady rate while others export.</summary>
/// <param name="fleet">The instances.</param>
/// <param name="length">How long.</param>
/// <param name="listsPerSecond">How many lists are requested each second, of the instances in turn.</param>
/// <param name="exporters">How many callers export, each at another instance.</param>
internal sealed class Run(Fleet fleet, TimeSpan length, double listsPerSecond, int exporters)
{
    private const string List = "/api/users?per_page=50", Export = "/api/users/export?fields=user_id";

    private readonly ConcurrentQueue<Outcome> _first = [];
    private readonly ConcurrentQueue<Outcome> _lists = [];
    private readonly long[] _exported = new long[exporters];

    /// <summary>The first call to each instance.</summary>
    public IReadOnlyCollection<Outcome> First => _first;

    /// <summary>The lists after that.</summary>
    public IReadOnlyCollection<Outcome> Lists => _lists;

    /// <summary>How many users each exporter got, in a second.</summary>
    public IReadOnlyList<double> ExportedPerSecond => [.. _exported.Select(users => users / length.TotalSeconds)];

    /// <summary>Measures.</summary>
    public async Task GoAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, fleet.Size).Select(instance => CallAsync(instance, _first)));
        using var end = new CancellationTokenSource(length);
        var exports = Enumerable.Range(0, exporters).Select(exporter => ExportAsync(exporter, end.Token));
        await Task.WhenAll([ListAsync(end.Token), .. exports]);
    }

    private async Task ListAsync(CancellationToken end)
    {
        List<Task> calls = [];
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / listsPerSecond));
        try
        {
            for (var call = 0; ; call++)
            {
                await timer.WaitForNextTickAsync(end);
                calls.Add(CallAsync(call, _lists));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task CallAsync(int instance, ConcurrentQueue<Outcome> outcomes)
    {
        var started = Stopwatch.GetTimestamp();
        using var request = fleet.Request(List, caller: 0);
        using var answer = await fleet.Client(instance).SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        outcomes.Enqueue(new(answer.StatusCode, Stopwatch.GetElapsedTime(started)));
    }

    /// <summary>Exports all users again and again, and counts them.</summary>
    private async Task ExportAsync(int exporter, CancellationToken end)
    {
        for (var export = exporter; !end.IsCancellationRequested; export += exporters)
        {
            try
            {
                using var request = fleet.Request(Export, exporter + 1);
                using var answer = await fleet.Client(export).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end);
                if (!answer.IsSuccessStatusCode)
                {
                    await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), end);
                    continue;
                }

                using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(end));
                while (await lines.ReadLineAsync(end) is { } line)
                {
                    _exported[exporter] += line.StartsWith("{\"user_id\"", StringComparison.Ordinal) ? 1 : 0;
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException)
            {
                // An export that breaks off is begun again, as callers do.
            }
        }
    }

    /// <summary>How a call ended, and how long it took.</summary>
    internal sealed record Outcome(HttpStatusCode Status, TimeSpan Duration)
    {
        public bool IsServed => Status is HttpStatusCode.OK;
    }
}
