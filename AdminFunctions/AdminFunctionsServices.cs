using AdminFunctions.Access;
using AdminFunctions.Export;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Telemetry;
using AdminFunctions.Users;
using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AdminFunctions;

/// <summary>Everything that the functions are made of, for whichever host runs them.</summary>
public static class AdminFunctionsServices
{
    /// <summary>
    /// Adds what the functions need. The settings are bound from the host's configuration
    /// (<c>Auth0</c>, <c>KeyVault</c>, <c>Users</c>); what requests need of Key Vault and Auth0 is got as soon as the host starts.
    /// </summary>
    /// <remarks>
    /// A host may register its own <see cref="TimeProvider"/>, <see cref="TokenCredential"/> (towards Key Vault) and
    /// <see cref="HttpMessageHandler"/> (under every call to Auth0 and Key Vault); what it leaves out is what runs in Azure.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddAdminFunctions(this IServiceCollection services)
    {
        services.AddSettings<Auth0Options>(Auth0Options.Section);
        services.AddSettings<KeyVaultOptions>(KeyVaultOptions.Section);
        services.AddSettings<UsersOptions>(UsersOptions.Section);
        services.AddSingleton<IValidateOptions<KeyVaultOptions>, ClientSecretHasASource>();
        services.AddSingleton<SettingsFaults>();
        services.AddSingleton<SettingsReport>();

        // In this order: what the warm-up does is seen too.
        services.AddMetrics();
        services.AddSingleton<Instruments>();
        services.AddHostedService<OtlpExport>();
        services.AddHostedService<WarmUp>();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TokenCredential>(VaultCredential.Create);
        services.TryAddSingleton<HttpMessageHandler>(_ => TenantHttp.CreateTransport());
        services.AddSingleton<TenantHttp>();
        services.AddSingleton<SharedManagementClient>();
        services.AddSingleton<TenantUsers>();

        services.AddSingleton<SigningKeys>();
        services.AddSingleton<BearerAuthentication>();
        services.AddSingleton<DeletionRules>();
        services.AddSingleton<DeletionAudit>();
        services.AddSingleton<ExportSlots>();
        services.AddSingleton<WalkPace>();
        services.AddSingleton<RequestPipeline>();
        return services;
    }

    private static void AddSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().BindConfiguration(section);
        services.AddSingleton<IValidateOptions<TOptions>, DataAnnotationsSentences<TOptions>>();
    }
}
