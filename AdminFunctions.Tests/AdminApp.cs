using System.Net.Http.Headers;
using AdminFunctions.Access;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Startup;
using AdminFunctions.Tests.Export;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests;

/// <summary>
/// The functions on the local host, with a tenant and a vault of their own behind real sockets, and a clock that only the
/// test moves.
/// </summary>
internal sealed class AdminApp : IAsyncDisposable
{
    /// <summary>Somebody with an account of the tenant who calls the API.</summary>
    public const string CallerId = "auth0|5f7c8ec7c33c6c004bbafe82";

    private readonly LocalTenantAndVault _local;
    private readonly Factory _factory;

    private AdminApp(LocalTenantAndVault local, FakeTime time, IReadOnlyDictionary<string, string> settings, bool warmUp)
    {
        _local = local;
        Time = time;
        _factory = new Factory(local, time, Log, settings, warmUp);
        _factory.UseKestrel();
    }

    public FakeTime Time { get; }

    public CapturedLog Log { get; } = new();

    public LocalTenant Tenant => _local.Tenant;

    public LocalVault Vault => _local.Vault;

    public IServiceProvider Services => _factory.Services;

    /// <summary>Starts one.</summary>
    /// <param name="tenant">How the tenant is; its clock and client id are set here.</param>
    /// <param name="settings">Further settings of the functions, such as <c>Users:Protected</c>.</param>
    public static Task<AdminApp> StartAsync(TenantOptions? tenant = null, params (string Name, string Value)[] settings) =>
        StartAsync(warmUp: false, tenant, settings);

    /// <summary>Starts one that warms up at once, as in Azure.</summary>
    public static Task<AdminApp> StartWarmAsync() => StartAsync(warmUp: true, tenant: null, []);

    private static async Task<AdminApp> StartAsync(bool warmUp, TenantOptions? tenant, (string Name, string Value)[] settings)
    {
        var time = new FakeTime();
        var options = (tenant ?? new TenantOptions { Users = 20 }) with
        {
            TimeProvider = time.Elsewhere,

            // The management client is static: another client id is another client.
            ClientId = Guid.NewGuid().ToString("N"),
        };
        return new AdminApp(
            await LocalTenantAndVault.StartAsync(options, new VaultOptions()),
            time,
            settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal),
            warmUp);
    }

    /// <summary>Has the tenant hold somebody of this id.</summary>
    public void AddUser(string id) => Tenant.Users.Put(Exports.Somebody(id, Time.GetUtcNow().UtcDateTime));

    /// <summary>A client without a token.</summary>
    public HttpClient Anyone()
    {
        _factory.StartServer();
        return _factory.CreateClient(new WebApplicationFactoryClientOptions
        {
            BaseAddress = _factory.ClientOptions.BaseAddress,
            AllowAutoRedirect = false,
        });
    }

    /// <summary>A client of <see cref="CallerId"/>, whose token carries these permissions.</summary>
    public HttpClient CallerWith(params string[] permissions) => CallerWithToken(Tenant.MintAccessToken(CallerId, permissions));

    /// <summary>A client with this token.</summary>
    public HttpClient CallerWithToken(string token)
    {
        var client = Anyone();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client that may list users.</summary>
    public HttpClient Reader() => CallerWith(Permissions.ReadUsers);

    /// <summary>A client that may list and delete users.</summary>
    public HttpClient Administrator() => CallerWith(Permissions.ReadUsers, Permissions.DeleteUsers);

    /// <summary>The tenant's Management API, asked directly: what the functions' answers are compared with.</summary>
    public ManagementApi ManagementApi() => new(Tenant);

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        await _local.DisposeAsync();
    }

    private sealed class Factory(LocalTenantAndVault local, FakeTime time, CapturedLog log, IReadOnlyDictionary<string, string> settings, bool warmUp)
        : WebApplicationFactory<LocalHostOptions>
    {
        private readonly DirectoryInfo _scriptRoot = Directory.CreateTempSubdirectory("admin-functions-");

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            // A developer's own local.settings.json stays out of this.
            File.WriteAllText(Path.Combine(_scriptRoot.FullName, "host.json"), """{"version":"2.0"}""");
            builder.UseSetting("script-root", _scriptRoot.FullName);
            builder.UseSetting("port", "0");
            builder.UseSetting("dashboard-port", "0");

            // That a domain is set keeps the local host from starting a tenant.
            foreach (var (name, value) in local.Settings.Concat(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))))
            {
                builder.UseSetting(name, value);
            }

            // The local host's own filter keeps what Microsoft's categories say below a warning from every logger that has none of its own.
            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(log).AddFilter<CapturedLog>(category: null, LogLevel.Trace));
            builder.ConfigureTestServices(services =>
            {
                local.ReplaceTransport(services);
                services.AddSingleton<TimeProvider>(time);
                if (!warmUp)
                {
                    // Else it would take the faults and the first readings that are meant for a test's own requests.
                    services.Remove(services.Single(static service => service.ImplementationType == typeof(WarmUp)));
                }
            });
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _scriptRoot.Delete(recursive: true);
        }
    }
}
