using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdminFunctions.Access;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Tests.Infra;

#pragma warning disable CA1001 // xunit calls DisposeAsync.

namespace AdminFunctions.Tests.Worker;

/// <summary>
/// The built function app under a Functions host. As in Azure, it has a tenant and a vault over HTTPS and a managed identity, and learns
/// about them only from its settings.
/// </summary>
public sealed class DeployedApp : IAsyncLifetime
{
    private readonly LoopbackProxy _proxy = new();
    private readonly DirectoryInfo _authorities = Directory.CreateTempSubdirectory("admin-functions-");
    private readonly X509Certificate2 _certificate = LoopbackCertificate.Create();
    private LocalTenantAndVault? _local;
    private ManagedIdentity? _identity;
    private FunctionsHost? _host;

    internal LocalTenant Tenant => _local!.Tenant;

    internal FunctionsHost Host => _host!;

    /// <summary>Complete settings of the function app.</summary>
    internal IReadOnlyDictionary<string, string> Settings { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The path of a built function app's assembly.</summary>
    /// <param name="project">The folder of the project, from the root of the repository.</param>
    internal static string PathOf(string project)
    {
        // The same output folder as of these tests: bin/Debug/net10.0.
        var output = Path.GetRelativePath(Repository.PathOf("AdminFunctions.Tests"), AppContext.BaseDirectory);
        return Path.Combine(Repository.PathOf(project), output, $"{Path.GetFileName(project)}.dll");
    }

    /// <summary>Starts another host with other settings.</summary>
    internal Task<FunctionsHost> StartAnotherAsync(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(Settings, StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return FunctionsHost.StartAsync(PathOf("AdminFunctions"), all);
    }

    /// <summary>A client without a token.</summary>
    internal HttpClient Anyone() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = Host.Address };

    /// <summary>A client whose token carries these permissions.</summary>
    internal HttpClient CallerWith(params string[] permissions)
    {
        var client = Anyone();
        var token = Tenant.MintAccessToken(AdminApp.CallerId, permissions);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    internal HttpClient Administrator() => CallerWith(Permissions.ReadUsers, Permissions.DeleteUsers);

    public async Task InitializeAsync()
    {
        _local = await LocalTenantAndVault.StartAsync(new TenantOptions { Users = 1200, Certificate = _certificate }, new VaultOptions());
        _identity = new ManagedIdentity(_local.Vault);
        await _identity.StartAsync();
        var authorities = Path.Combine(_authorities.FullName, "authorities.pem");
        X509Certificate2[] trusted = [_certificate, _local.Vault.Certificate];
        await File.WriteAllLinesAsync(authorities, trusted.Select(certificate => certificate.ExportCertificatePem()), Encoding.ASCII);

        Settings = new Dictionary<string, string>(
            _local.Settings.Select(setting => KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value!))
                .Concat(_identity.Settings),
            StringComparer.Ordinal)
        {
            // For OpenSSL: the only trusted certificates.
            ["SSL_CERT_FILE"] = authorities,
            ["SSL_CERT_DIR"] = _authorities.FullName,

            // The vault's name ends with .localhost.
            ["HTTPS_PROXY"] = _proxy.Address.AbsoluteUri,
            ["NO_PROXY"] = "localhost,127.0.0.1",
        };
        _host = await FunctionsHost.StartAsync(PathOf("AdminFunctions"), Settings);
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_identity is not null)
        {
            await _identity.DisposeAsync();
        }

        if (_local is not null)
        {
            await _local.DisposeAsync();
        }

        await _proxy.DisposeAsync();
        _certificate.Dispose();
        _authorities.Delete(recursive: true);
    }
}

/// <summary>The tests share one host and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class UnderAFunctionsHost : ICollectionFixture<DeployedApp>
{
    public const string Name = "the function app under a Functions host";
}
