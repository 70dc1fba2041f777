using AdminFunctions.Settings;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Management;

/// <summary>The identity that Key Vault is accessed with.</summary>
internal static class VaultCredential
{
    /// <summary>
    /// In Azure, the managed identity (the one in <c>AZURE_CLIENT_ID</c>, if that is set); on a developer's machine, the developer's
    /// sign-in. All other credentials are excluded, so that a missing identity fails at once and no other is used by accident.
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
