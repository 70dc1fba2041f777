using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace AdminFunctions.Compare;

/// <summary>The rounds.</summary>
internal sealed class Bench(Parts parts, TenantProcess tenant, Child tenantChild, LoadTool tool, Options options, Action<string> progress) : IDisposable
{
    /// <summary>How many call at once.</summary>
    public static readonly IReadOnlyList<int> Callers = [1, 16, 64];

    /// <summary>How far away tenant and vault are when a process starts.</summary>
    public static readonly IReadOnlyList<Latency> Latencies = [new(120, 60), new(0, 0)];

    /// <summary>When a first request comes that finds everything warm.</summary>
    public static readonly TimeSpan Warming = TimeSpan.FromMilliseconds(300);

    /// <summary>Compilers and caches settle in that time, whatever is measured then.</summary>
    private const int WarmUpSeconds = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<Way, string> Paths = new()
    {
        // As the functions ask the tenant, and the peer does.
        [Way.Wire] = "/api/v2/users?page=0&per_page=50&include_totals=true&fields=app_metadata%2Cuser_metadata&include_fields=false",
        [Way.Ours] = "/api/users?page=0&per_page=50&include_totals=true",
        [Way.Peer] = "/users?page=0",
    };

    private readonly HttpClient _control = new() { BaseAddress = new Uri($"http://{tenant.Domain}"), Timeout = Patience };

    /// <summary>What came out.</summary>
    public Figures Figures { get; } = new();

    /// <summary>All rounds.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ComparePagesAsync(cancellationToken);
        for (var round = 0; round < options.Rounds; round++)
        {
            Way[] ways = round % 2 is 0 ? [Way.Ours, Way.Peer] : [Way.Peer, Way.Ours];
            foreach (var latency in Latencies)
            {
                await SetLatencyAsync(latency, cancellationToken);
                foreach (var way in ways)
                {
                    progress($"round {round + 1}/{options.Rounds}  start of {way}, tenant at {latency.Tenant} ms");
                    await using var server = await StartAsync(way, Measure.FirstAnswer, latency.Tenant, cancellationToken);
                }

                progress($"round {round + 1}/{options.Rounds}  first request of {Way.Ours}, tenant at {latency.Tenant} ms");
                foreach (var measure in (Measure[])[Measure.EarlyAnswer, Measure.LateAnswer])
                {
                    await using var server = await StartAsync(Way.Ours, measure, latency.Tenant, cancellationToken);
                }
            }

            await using var first = await StartAsync(ways[0], null, 0, cancellationToken);
            await using var second = await StartAsync(ways[1], null, 0, cancellationToken);
            Server[] servers = [new(Way.Wire, tenantChild, _control.BaseAddress!), first, second];
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            foreach (var server in servers)
            {
                Figures[server.Way, Measure.IdleWorkingSet].Add(server.Child.WorkingSet / 1e6);
                progress($"round {round + 1}/{options.Rounds}  {server.Way} warms up");
                await LoadAsync(server, 16, WarmUpSeconds, cancellationToken);
            }

            foreach (var callers in Callers)
            {
                foreach (var server in servers)
                {
                    progress($"round {round + 1}/{options.Rounds}  {server.Way}, {callers} callers");
                    await MeasureAsync(server, callers, cancellationToken);
                }
            }

            foreach (var server in servers)
            {
                Figures[server.Way, Measure.LoadedWorkingSet].Add(server.Child.WorkingSet / 1e6);
            }
        }
    }

    public void Dispose() => _control.Dispose();

    /// <summary>All three give the same users, or there is nothing to compare.</summary>
    private async Task ComparePagesAsync(CancellationToken cancellationToken)
    {
        await using var ours = await StartAsync(Way.Ours, null, 0, cancellationToken);
        await using var peer = await StartAsync(Way.Peer, null, 0, cancellationToken);
        List<JsonElement> pages = [];
        foreach (var server in (Server[])[new(Way.Wire, tenantChild, _control.BaseAddress!), ours, peer])
        {
            var page = await (await SendAsync(server, cancellationToken)).Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            pages.Add(page);
            if (page.GetProperty("users").GetArrayLength() is not 50 || !JsonElement.DeepEquals(page, pages[0]))
            {
                throw new BenchException($"{server.Way} gives other users than the tenant.");
            }
        }
    }

    private async Task SetLatencyAsync(Latency latency, CancellationToken cancellationToken) => await tenantChild.AskAsync(latency.ToString(), cancellationToken);

    /// <summary>Starts a server and calls it once.</summary>
    /// <param name="way">Which one.</param>
    /// <param name="measure">When it is called and what is kept of it; <see langword="null"/> for nothing.</param>
    /// <param name="latency">How far away the tenant is, in milliseconds.</param>
    /// <param name="cancellationToken">Ends the bench.</param>
    private async Task<Server> StartAsync(Way way, Measure? measure, int latency, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var before = await WarmthAsync(cancellationToken);
        var child = way is Way.Ours ? parts.StartFunctions(tenant, port) : Parts.StartPeer(tenant, port);
        var server = new Server(way, child, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await OpenAsync(server, cancellationToken);
            var open = Stopwatch.GetTimestamp();
            if (measure is Measure.EarlyAnswer or Measure.LateAnswer)
            {
                var wait = Warming - Stopwatch.GetElapsedTime(measure is Measure.EarlyAnswer ? child.StartedAt : open);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellationToken);
                Figures.Warmth.TryAdd((measure.Value, latency), []);
                var after = await WarmthAsync(cancellationToken);
                Figures.Warmth[(measure.Value, latency)].Add(
                    new(after.TokenGrants - before.TokenGrants, after.SecretReads - before.SecretReads, after.JwksReads - before.JwksReads));
            }

            var sent = Stopwatch.GetTimestamp();
            using var response = await SendAsync(server, cancellationToken);
            var answered = Stopwatch.GetTimestamp();
            if (measure is Measure.FirstAnswer)
            {
                Figures[way, Measure.Open, latency].Add(Stopwatch.GetElapsedTime(child.StartedAt, open).TotalMilliseconds);
                Figures[way, Measure.FirstAnswer, latency].Add(Stopwatch.GetElapsedTime(child.StartedAt, answered).TotalMilliseconds);
            }
            else if (measure is not null)
            {
                Figures[way, measure.Value, latency].Add(Stopwatch.GetElapsedTime(sent, answered).TotalMilliseconds);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task MeasureAsync(Server server, int callers, CancellationToken cancellationToken)
    {
        var allocated = await AllocatedAsync(server, cancellationToken);
        var processor = server.Child.ProcessorTime;
        var load = await LoadAsync(server, callers, options.Seconds, cancellationToken);
        Keep(Measure.CallsPerSecond, load.Requests / load.Seconds);
        Keep(Measure.P50, load.P50);
        Keep(Measure.P99, load.P99);
        Keep(Measure.Processor, (server.Child.ProcessorTime - processor).TotalMilliseconds / load.Requests);
        if (server.Way is Way.Ours)
        {
            Keep(Measure.Allocated, (await AllocatedAsync(server, cancellationToken) - allocated) / 1e3 / load.Requests);
        }

        void Keep(Measure measure, double figure) => Figures[server.Way, measure, callers].Add(figure);
    }

    private Task<Load> LoadAsync(Server server, int callers, int seconds, CancellationToken cancellationToken) =>
        tool.RunAsync(new Uri(server.Address, Paths[server.Way]), TokenFor(server), callers, seconds, cancellationToken);

    /// <summary>Only ours tells.</summary>
    private static async Task<double> AllocatedAsync(Server server, CancellationToken cancellationToken) =>
        server.Way is Way.Ours ? double.Parse(await server.Child.AskAsync("allocated", cancellationToken)) : 0;

    private async Task<HttpResponseMessage> SendAsync(Server server, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, Paths[server.Way]))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", TokenFor(server)) },
        };
        try
        {
            var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? response : throw new BenchException($"{server.Way} answers {(int)response.StatusCode}. {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (HttpRequestException exception)
        {
            throw new BenchException($"{server.Way} does not answer: {exception.Message} {server.Child.LastWords}");
        }
    }

    private async Task<Warmth> WarmthAsync(CancellationToken cancellationToken) =>
        (await _control.GetFromJsonAsync<Warmth>("/_local/stats", cancellationToken))!;

    private string TokenFor(Server server) => server.Way is Way.Wire ? tenant.ManagementToken : tenant.CallerToken;

    private static async Task OpenAsync(Server server, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetElapsedTime(server.Child.StartedAt) < Patience && !server.Child.HasEnded)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), cancellationToken);
            }
        }

        throw new BenchException($"{server.Way} does not start. {server.Child.LastWords}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A process that is called.</summary>
    private sealed record Server(Way Way, Child Child, Uri Address) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Child.DisposeAsync();
    }
}
