using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using Azure.Core;

namespace AdminFunctions.LocalHost;

/// <summary>A local tenant and a local vault, and the settings and services that connect the functions to them.</summary>
internal sealed class LocalTenantAndVault : IAsyncDisposable
{
    private const string ClientSecretName = "auth0-client-secret";

    private LocalTenantAndVault(LocalTenant tenant, LocalVault vault)
    {
        Tenant = tenant;
        Vault = vault;
        tenant.KeepClientSecretIn(secret => vault.SetSecret(ClientSecretName, secret), () => vault.SecretReads);
    }

    /// <summary>The tenant.</summary>
    public LocalTenant Tenant { get; }

    /// <summary>The vault, which contains the client secret of the tenant.</summary>
    public LocalVault Vault { get; }

    /// <summary>Starts both.</summary>
    /// <exception cref="IOException">A port is in use.</exception>
    public static async Task<LocalTenantAndVault> StartAsync(
        TenantOptions tenantOptions, VaultOptions vaultOptions, CancellationToken cancellationToken = default)
    {
        var tenant = await LocalTenant.StartAsync(tenantOptions, cancellationToken);
        try
        {
            return new LocalTenantAndVault(tenant, await LocalVault.StartAsync(vaultOptions, cancellationToken));
        }
        catch
        {
            await tenant.DisposeAsync();
            throw;
        }
    }

    /// <summary>The settings with which the functions use this tenant and vault. They have the same names as in Azure.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
    {
        ["Auth0:Domain"] = Tenant.Domain,
        ["Auth0:Issuer"] = Tenant.Issuer,
        ["Auth0:Audience"] = Tenant.Audience,
        ["Auth0:ClientId"] = Tenant.ClientId,
        ["KeyVault:Uri"] = Vault.Address.AbsoluteUri,
        ["KeyVault:ClientSecretName"] = ClientSecretName,
    };

    /// <summary>Replaces the transport and the credential with those for this tenant and vault.</summary>
    /// <param name="services">The services of the functions.</param>
    public void ReplaceTransport(IServiceCollection services)
    {
        services.AddSingleton<HttpMessageHandler>(new LocalTransport(Tenant.Domain, Vault.Certificate));
        services.AddSingleton<TokenCredential>(Vault.Credential);
    }

    /// <summary>Stops both.</summary>
    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        await Tenant.DisposeAsync();
    }
}
