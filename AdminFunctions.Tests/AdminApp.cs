using System.Net.Http.Headers;
using AdminFunctions.Access;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Startup;
using AdminFunctions.Tests.Export;
using AdminFunctions.Tests.OpenApi;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests;

/// <summary>
/// The functions on the local host, with a tenant and a vault of their own behind real sockets, and a clock that the test advances.
/// </summary>
internal sealed class AdminApp : IAsyncDisposable
{
    /// <summary>A user of the tenant who calls the API.</summary>
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

    /// <param name="tenant">Its clock and client ID are replaced.</param>
    /// <param name="settings">
    /// More settings of the functions, such as <c>Users:Protected</c>. In a value, <c>{issuer}</c> becomes the tenant's issuer, and <c>{domain}</c> its domain.
    /// </param>
    public static Task<AdminApp> StartAsync(TenantOptions? tenant = null, params (string Name, string Value)[] settings) =>
        StartAsync(warmUp: false, tenant, settings);

    /// <summary>Starts an app that warms up, as in Azure.</summary>
    public static Task<AdminApp> StartWarmAsync() => StartAsync(warmUp: true, tenant: null, []);

    private static async Task<AdminApp> StartAsync(bool warmUp, TenantOptions? tenant, (string Name, string Value)[] settings)
    {
        var time = new FakeTime();
        var options = (tenant ?? new TenantOptions { Users = 20 }) with
        {
            TimeProvider = time.Elsewhere,

            // The management client is static. Each client ID has its own.
            ClientId = Guid.NewGuid().ToString("N"),
        };
        return new AdminApp(
            await LocalTenantAndVault.StartAsync(options, new VaultOptions()),
            time,
            settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal),
            warmUp);
    }

    /// <summary>Adds a user with this ID to the tenant.</summary>
    public void AddUser(string id) => Tenant.Users.Put(Exports.Somebody(id, Time.GetUtcNow().UtcDateTime));

    /// <summary>A client without a token. It checks every response against openapi.yaml, and does not follow redirects.</summary>
    public HttpClient Anyone()
    {
        _factory.StartServer();
        return _factory.CreateDefaultClient(_factory.ClientOptions.BaseAddress, new DescribedResponses());
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

    /// <summary>Calls the tenant's Management API directly, to compare its responses with the functions'.</summary>
    public ManagementApi ManagementApi() => new(Tenant);

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        await _local.DisposeAsync();
    }

    private sealed class Factory(
        LocalTenantAndVault local,
        FakeTime time,
        CapturedLog log,
        IReadOnlyDictionary<string, string> settings,
        bool warmUp)
        : WebApplicationFactory<LocalHostOptions>
    {
        private readonly DirectoryInfo _scriptRoot = Directory.CreateTempSubdirectory("admin-functions-");

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            // A developer's own local.settings.json must not be read.
            File.WriteAllText(Path.Combine(_scriptRoot.FullName, "host.json"), """{"version":"2.0"}""");
            builder.UseSetting("script-root", _scriptRoot.FullName);
            builder.UseSetting("port", "0");
            builder.UseSetting("dashboard-port", "0");

            // A domain is among these settings, so the local host does not start a tenant.
            foreach (var (name, value) in local.Settings)
            {
                builder.UseSetting(name, value);
            }

            foreach (var (name, value) in settings)
            {
                builder.UseSetting(name, value
                    .Replace("{issuer}", local.Tenant.Issuer, StringComparison.Ordinal)
                    .Replace("{domain}", local.Tenant.Domain, StringComparison.Ordinal));
            }

            // Without a filter of its own, this logger would not get Microsoft's lines below a warning.
            builder.ConfigureLogging(logging =>
                logging.ClearProviders().AddProvider(log).AddFilter<CapturedLog>(category: null, LogLevel.Trace));
            builder.ConfigureTestServices(services =>
            {
                local.ReplaceTransport(services);
                services.AddSingleton<TimeProvider>(time);
                if (!warmUp)
                {
                    // It would take the faults, and make the first reads, that are meant for the test's own requests.
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
