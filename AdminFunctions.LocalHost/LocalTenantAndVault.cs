using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using Azure.Core;

namespace AdminFunctions.LocalHost;

/// <summary>What stands in Auth0's and Key Vault's place, and how the functions get to it.</summary>
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

    /// <summary>The vault with the tenant's client secret.</summary>
    public LocalVault Vault { get; }

    /// <summary>Starts both.</summary>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<LocalTenantAndVault> StartAsync(TenantOptions tenantOptions, VaultOptions vaultOptions, CancellationToken cancellationToken = default)
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

    /// <summary>The settings that point the functions here, the same that they have in Azure.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
    {
        ["Auth0:Domain"] = Tenant.Domain,
        ["Auth0:Issuer"] = Tenant.Issuer,
        ["Auth0:Audience"] = Tenant.Audience,
        ["Auth0:ClientId"] = Tenant.ClientId,
        ["KeyVault:Uri"] = Vault.Address.AbsoluteUri,
        ["KeyVault:ClientSecretName"] = ClientSecretName,
    };

    /// <summary>Replaces what gets to tenant and vault, and nothing else.</summary>
    /// <param name="services">The functions' services.</param>
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
