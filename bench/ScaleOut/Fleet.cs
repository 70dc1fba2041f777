using System.Net;
using System.Net.Sockets;
using AdminFunctions.Access;
using AdminFunctions.Compare;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.LocalHost.Vault;

namespace AdminFunctions.ScaleOut;

/// <summary>Instances of the functions, each in its own process, with a tenant and a vault in this one.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int Users = 20_000;

    private readonly List<ChildProcess> _instances = [];
    private readonly List<HttpClient> _clients = [];
    private readonly LocalTenantAndVault _local;

    private Fleet(LocalTenantAndVault local) => _local = local;

    public LocalTenant Tenant => _local.Tenant;

    public LocalVault Vault => _local.Vault;

    public int Size => _instances.Count;

    /// <summary>Starts all instances and waits until each is healthy. None has called the tenant yet.</summary>
    public static async Task<Fleet> StartAsync(int size, RateLimit limit)
    {
        var fleet = new Fleet(await LocalTenantAndVault.StartAsync(
            new TenantOptions { Users = Users, RateLimit = limit.Burst, RatePerSecond = limit.PerSecond }, new VaultOptions()));
        try
        {
            await fleet.StartAsync(size);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>A request of a caller who may list and export users.</summary>
    /// <param name="caller">The caller's number.</param>
    public HttpRequestMessage Request(string path, int caller) => new(HttpMethod.Get, path)
    {
        Headers = { Authorization = new("Bearer", Tenant.MintAccessToken($"auth0|caller{caller}", [Permissions.ReadUsers])) },
    };

    /// <summary>A client for an instance.</summary>
    public HttpClient Client(int instance) => _clients[instance % _clients.Count];

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await Task.WhenAll(_instances.Select(static instance => instance.DisposeAsync().AsTask()));
        await _local.DisposeAsync();
    }

    private async Task StartAsync(int size)
    {
        var token = (await Vault.Credential.GetTokenAsync(default, CancellationToken.None)).Token;
        List<KeyValuePair<string, string?>> environment =
        [
            .. _local.Settings.Select(static setting =>
                KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value)),
            new("ASPNETCORE_ENVIRONMENT", "Production"),
            new(FunctionsProcess.VaultCertificate, Convert.ToBase64String(Vault.Certificate.RawData)),
            new(FunctionsProcess.VaultToken, token),
        ];
        foreach (var port in FreePorts(size))
        {
            _instances.Add(ChildProcess.Start(
                "dotnet",
                [
                    typeof(Fleet).Assembly.Location, FunctionsProcess.Role,
                    "--port", $"{port}", "--dashboard-port", "0", "--script-root", AppContext.BaseDirectory,
                ],
                environment));
            _clients.Add(new HttpClient { BaseAddress = new Uri($"http://localhost:{port}"), Timeout = TimeSpan.FromMinutes(10) });
        }

        foreach (var (instance, client) in _instances.Zip(_clients))
        {
            await UntilHealthyAsync(instance, client);
        }
    }

    private static List<int> FreePorts(int count)
    {
        List<TcpListener> listeners = [.. Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0))];
        listeners.ForEach(static listener => listener.Start());
        var ports = listeners.ConvertAll(static listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        listeners.ForEach(static listener => listener.Dispose());
        return ports;
    }

    private static async Task UntilHealthyAsync(ChildProcess instance, HttpClient client)
    {
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync("/api/health");
                return;
            }
            catch (HttpRequestException) when (!instance.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }
}
