using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace AdminFunctions.Compare;

/// <summary>Runs the rounds of the benchmark.</summary>
internal sealed class Bench(
    Processes processes,
    TenantProcess tenant,
    ChildProcess tenantChild,
    LoadTool tool,
    Options options,
    Action<string> progress) : IDisposable
{
    /// <summary>The numbers of concurrent callers.</summary>
    public static readonly IReadOnlyList<int> Callers = [1, 16, 64];

    /// <summary>The latencies of the tenant and the vault during startup.</summary>
    public static readonly IReadOnlyList<Latency> Latencies = [new(120, 60), new(0, 0)];

    /// <summary>The delay before the first request, for the warm-up.</summary>
    public static readonly TimeSpan Warming = TimeSpan.FromMilliseconds(300);

    /// <summary>The time for JIT compilation and caches before the measurements.</summary>
    private const int WarmUpSeconds = 5;

    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<Target, string> Paths = new()
    {
        // The same request that the functions and Express send to the tenant.
        [Target.Tenant] = "/api/v2/users?page=0&per_page=50&include_totals=true&fields=app_metadata%2Cuser_metadata&include_fields=false",
        [Target.AdminFunctions] = "/api/users?page=0&per_page=50&include_totals=true",
        [Target.Express] = "/users?page=0",
        [Target.Worker] = "/api/users?page=0&per_page=50&include_totals=true",
        [Target.EmptyFunction] = "/api/empty",
    };

    private readonly HttpClient _control = new() { BaseAddress = new Uri($"http://{tenant.Domain}"), Timeout = ResponseTimeout };

    /// <summary>The results.</summary>
    public Figures Figures { get; } = new();

    /// <summary>Runs all rounds.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ComparePagesAsync(cancellationToken);
        for (var round = 0; round < options.Rounds; round++)
        {
            Target[] targets = round % 2 is 0 ? [Target.AdminFunctions, Target.Express] : [Target.Express, Target.AdminFunctions];
            foreach (var latency in Latencies)
            {
                await SetLatencyAsync(latency, cancellationToken);
                foreach (var target in latency.Tenant is 0 ? [.. targets, .. Hosted] : targets)
                {
                    progress($"round {round + 1}/{options.Rounds}  start of {target}, tenant at {latency.Tenant} ms");
                    await using var server = await StartAsync(target, Measure.FirstAnswer, latency.Tenant, cancellationToken);
                }

                progress($"round {round + 1}/{options.Rounds}  first request of {Target.AdminFunctions}, tenant at {latency.Tenant} ms");
                foreach (var measure in (Measure[])[Measure.EarlyAnswer, Measure.LateAnswer])
                {
                    await using var server = await StartAsync(Target.AdminFunctions, measure, latency.Tenant, cancellationToken);
                }
            }

            List<Server> servers = [TheTenant];
            await using var stop = new StopAll(servers);
            foreach (var target in (Target[])[.. targets, .. Hosted])
            {
                servers.Add(await StartAsync(target, null, 0, cancellationToken));
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            foreach (var server in servers)
            {
                Figures[server.Target, Measure.IdleWorkingSet].Add(server.WorkingSet / 1e6);
                progress($"round {round + 1}/{options.Rounds}  {server.Target} warms up");
                await LoadAsync(server, 16, WarmUpSeconds, cancellationToken);
            }

            foreach (var callers in Callers)
            {
                foreach (var server in servers)
                {
                    progress($"round {round + 1}/{options.Rounds}  {server.Target}, {callers} callers");
                    await MeasureAsync(server, callers, cancellationToken);
                }
            }

            foreach (var server in servers)
            {
                Figures[server.Target, Measure.LoadedWorkingSet].Add(server.WorkingSet / 1e6);
            }
        }
    }

    public void Dispose() => _control.Dispose();

    /// <summary>The targets under a Functions host. A worker does not bring its own .NET.</summary>
    private Target[] Hosted => options.SelfContained ? [] : [Target.Worker, Target.EmptyFunction];

    private Server TheTenant => new(Target.Tenant, tenantChild, tenantChild.Id, _control.BaseAddress!, tenant.ManagementToken);

    /// <summary>Checks that all three return the same users.</summary>
    private async Task ComparePagesAsync(CancellationToken cancellationToken)
    {
        await using var ours = await StartAsync(Target.AdminFunctions, null, 0, cancellationToken);
        await using var peer = await StartAsync(Target.Express, null, 0, cancellationToken);
        List<JsonElement> pages = [];
        foreach (var server in (Server[])[TheTenant, ours, peer])
        {
            var page = await (await SendAsync(server, cancellationToken)).Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            pages.Add(page);
            if (page.GetProperty("users").GetArrayLength() is not 50 || !JsonElement.DeepEquals(page, pages[0]))
            {
                throw new BenchException($"{server.Target} does not return the same users as the tenant.");
            }
        }
    }

    private async Task SetLatencyAsync(Latency latency, CancellationToken cancellationToken) =>
        await tenantChild.AskAsync(latency.ToString(), cancellationToken);

    /// <summary>Starts a server and calls it once.</summary>
    /// <param name="target">The server.</param>
    /// <param name="measure">When to call it and what to record; <see langword="null"/> to record nothing.</param>
    /// <param name="latency">The latency of the tenant, in milliseconds.</param>
    /// <param name="cancellationToken">Cancels the benchmark.</param>
    private async Task<Server> StartAsync(Target target, Measure? measure, int latency, CancellationToken cancellationToken)
    {
        if (target is Target.Worker or Target.EmptyFunction)
        {
            return await StartHostAsync(target, measure, cancellationToken);
        }

        var port = FreePort();
        var before = await WarmUpStatsAsync(cancellationToken);
        var child = target is Target.AdminFunctions ? processes.StartFunctions(tenant, port) : Processes.StartPeer(tenant, port);
        var server = new Server(target, child, child.Id, new Uri($"http://127.0.0.1:{port}"), tenant.CallerToken);
        try
        {
            await OpenAsync(server, cancellationToken);
            var open = Stopwatch.GetTimestamp();
            if (measure is Measure.EarlyAnswer or Measure.LateAnswer)
            {
                var wait = Warming - Stopwatch.GetElapsedTime(measure is Measure.EarlyAnswer ? child.StartedAt : open);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellationToken);
                Figures.WarmUpStats.TryAdd((measure.Value, latency), []);
                var after = await WarmUpStatsAsync(cancellationToken);
                Figures.WarmUpStats[(measure.Value, latency)].Add(new(
                    after.TokenGrants - before.TokenGrants,
                    after.SecretReads - before.SecretReads,
                    after.JwksReads - before.JwksReads));
            }

            var sent = Stopwatch.GetTimestamp();
            using var response = await SendAsync(server, cancellationToken);
            var answered = Stopwatch.GetTimestamp();
            if (measure is Measure.FirstAnswer)
            {
                Figures[target, Measure.Open, latency].Add(Stopwatch.GetElapsedTime(child.StartedAt, open).TotalMilliseconds);
                Figures[target, Measure.FirstAnswer, latency].Add(Stopwatch.GetElapsedTime(child.StartedAt, answered).TotalMilliseconds);
            }
            else if (measure is not null)
            {
                Figures[target, measure.Value, latency].Add(Stopwatch.GetElapsedTime(sent, answered).TotalMilliseconds);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a worker under a Functions host and calls it once.</summary>
    /// <param name="measure"><see cref="Measure.FirstAnswer"/>, or <see langword="null"/> to record nothing.</param>
    private async Task<Server> StartHostAsync(Target target, Measure? measure, CancellationToken cancellationToken)
    {
        var child = processes.StartHost(target);
        try
        {
            await child.AnswerAsync(cancellationToken);
            var started = Stopwatch.GetTimestamp();
            var host = HostProcess.Parse(await child.AskAsync("start", cancellationToken));
            var open = Stopwatch.GetElapsedTime(started);
            var server = new Server(target, child, host.WorkerId, host.Address, host.CallerToken);
            using var response = await SendAsync(server, cancellationToken);
            if (measure is Measure.FirstAnswer)
            {
                Figures[target, Measure.Open].Add(open.TotalMilliseconds);
                Figures[target, Measure.FirstAnswer].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return server;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    private async Task MeasureAsync(Server server, int callers, CancellationToken cancellationToken)
    {
        var allocated = await AllocatedAsync(server, cancellationToken);
        var processor = server.ProcessorTime;
        var load = await LoadAsync(server, callers, options.Seconds, cancellationToken);
        Record(Measure.CallsPerSecond, load.Requests / load.Seconds);
        Record(Measure.P50, load.P50);
        Record(Measure.P99, load.P99);
        Record(Measure.Processor, (server.ProcessorTime - processor).TotalMilliseconds / load.Requests);
        if (ReportsAllocated(server))
        {
            Record(Measure.Allocated, (await AllocatedAsync(server, cancellationToken) - allocated) / 1e3 / load.Requests);
        }

        void Record(Measure measure, double figure) => Figures[server.Target, measure, callers].Add(figure);
    }

    private Task<Load> LoadAsync(Server server, int callers, int seconds, CancellationToken cancellationToken) =>
        tool.RunAsync(new Uri(server.Address, Paths[server.Target]), server.Token, callers, seconds, cancellationToken);

    private static bool ReportsAllocated(Server server) => server.Target is not (Target.Tenant or Target.Express);

    private static async Task<double> AllocatedAsync(Server server, CancellationToken cancellationToken) =>
        ReportsAllocated(server) ? double.Parse(await server.Child.AskAsync("allocated", cancellationToken)) : 0;

    private static async Task<HttpResponseMessage> SendAsync(Server server, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = ResponseTimeout };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, Paths[server.Target]))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", server.Token) },
        };
        try
        {
            var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode
                ? response
                : throw new BenchException(
                    $"{server.Target} returned {(int)response.StatusCode}. {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (HttpRequestException exception)
        {
            throw new BenchException($"{server.Target} does not respond: {exception.Message} {server.Child.RecentOutput}");
        }
    }

    private async Task<WarmUpStats> WarmUpStatsAsync(CancellationToken cancellationToken) =>
        (await _control.GetFromJsonAsync<WarmUpStats>("/_local/stats", cancellationToken))!;

    private static async Task OpenAsync(Server server, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetElapsedTime(server.Child.StartedAt) < ResponseTimeout && !server.Child.HasExited)
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

        throw new BenchException($"{server.Target} did not start. {server.Child.RecentOutput}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A running server.</summary>
    /// <param name="Child">The process that was started for it.</param>
    /// <param name="ProcessId">The ID of the process to measure: the child or, under a Functions host, the worker.</param>
    /// <param name="Token">The token of the calls.</param>
    private sealed record Server(Target Target, ChildProcess Child, int ProcessId, Uri Address, string Token) : IAsyncDisposable
    {
        /// <summary>The total processor time.</summary>
        public TimeSpan ProcessorTime
        {
            get
            {
                using var process = Process.GetProcessById(ProcessId);
                return process.TotalProcessorTime;
            }
        }

        /// <summary>The working set, in bytes.</summary>
        public long WorkingSet
        {
            get
            {
                using var process = Process.GetProcessById(ProcessId);
                return process.WorkingSet64;
            }
        }

        public ValueTask DisposeAsync() => Child.DisposeAsync();
    }

    /// <summary>Stops all servers of a round but the tenant, which serves the next one.</summary>
    private sealed class StopAll(IEnumerable<Server> servers) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var server in servers.Where(static server => server.Target is not Target.Tenant))
            {
                await server.DisposeAsync();
            }
        }
    }
}
