using AdminFunctions.Settings;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Management;

/// <summary>Our identity towards Key Vault.</summary>
internal static class VaultCredential
{
    /// <summary>
    /// The managed identity in Azure (the one named by <c>AZURE_CLIENT_ID</c>, if it is set); a developer's sign-in under
    /// Core Tools. Nothing else is tried, so that a missing identity is told at once and no other is used by chance.
    /// </summary>
    public static TokenCredential Create(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var development = FunctionsEnvironment.IsDevelopment(configuration);
        return new DefaultAzureCredential(new DefaultAzureCredentialOptions
        {
            ManagedIdentityClientId = configuration["AZURE_CLIENT_ID"],
            ExcludeManagedIdentityCredential = development,
            ExcludeAzureCliCredential = !development,
            ExcludeAzureDeveloperCliCredential = !development,
            ExcludeAzurePowerShellCredential = !development,
            ExcludeVisualStudioCredential = !development,
            ExcludeVisualStudioCodeCredential = !development,
            ExcludeBrokerCredential = true,
            ExcludeEnvironmentCredential = true,
            ExcludeInteractiveBrowserCredential = true,
            ExcludeWorkloadIdentityCredential = true,
        });
    }
}
