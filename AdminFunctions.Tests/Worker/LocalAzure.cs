using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;

namespace AdminFunctions.Tests.Worker;

/// <summary>
/// What a function app has in Azure: a tenant and a vault over HTTPS and a managed identity. The app learns about them only from its
/// settings.
/// </summary>
internal sealed class LocalAzure : IAsyncDisposable
{
    private readonly LoopbackProxy _proxy = new();
    private readonly DirectoryInfo _authorities = Directory.CreateTempSubdirectory("admin-functions-");
    private readonly X509Certificate2 _certificate = LoopbackCertificate.Create();
    private LocalTenantAndVault? _local;
    private ManagedIdentity? _identity;

    private LocalAzure()
    {
    }

    public LocalTenant Tenant => _local!.Tenant;

    /// <summary>Complete settings of the function app.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Starts all of it.</summary>
    public static async Task<LocalAzure> StartAsync()
    {
        var azure = new LocalAzure();
        try
        {
            await azure.InitializeAsync();
            return azure;
        }
        catch
        {
            await azure.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
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

    private async Task InitializeAsync()
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
    }
}
