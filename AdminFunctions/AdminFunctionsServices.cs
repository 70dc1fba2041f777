using System.Diagnostics.Metrics;
using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Deletions;
using AdminFunctions.Export;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Startup;
using AdminFunctions.Telemetry;
using AdminFunctions.Users;
using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AdminFunctions;

/// <summary>Registers the services of the functions, for any host that runs them.</summary>
public static class AdminFunctionsServices
{
    /// <summary>
    /// Adds the services that the functions need. The settings are bound from the sections <c>Auth0</c>, <c>KeyVault</c> and
    /// <c>Users</c> of the host's configuration.
    /// </summary>
    /// <remarks>
    /// A host may register its own <see cref="TimeProvider"/>, <see cref="TokenCredential"/> (for Key Vault) and
    /// <see cref="HttpMessageHandler"/> (for all requests to Auth0 and Key Vault). The defaults are those of Azure.
    /// </remarks>
    public static IServiceCollection AddAdminFunctions(this IServiceCollection services)
    {
        services.AddSettings<Auth0Options>(Auth0Options.Section);
        services.AddSettings<KeyVaultOptions>(KeyVaultOptions.Section);
        services.AddSettings<UsersOptions>(UsersOptions.Section);
        services.AddSingleton<IValidateOptions<KeyVaultOptions>, ClientSecretHasASource>();
        services.AddSingleton<SettingsFaults>();
        services.AddSingleton<SettingsReport>();

        // In this order, so that the warm-up is recorded too.
        services.AddMetrics();
        services.AddSingleton(static services =>
            new Instruments(services.GetRequiredService<IMeterFactory>().Create(Instruments.MeterName)));
        services.AddHostedService<OtlpExport>();
        services.AddHostedService<WarmUp>();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TokenCredential>(VaultCredential.Create);
        services.TryAddSingleton<HttpMessageHandler>(_ => TenantHttp.CreateTransport());
        services.AddSingleton<TenantHttp>();
        services.AddSingleton<ClientSecret>();
        services.AddSingleton<ManagementTokenProvider>();
        services.AddSingleton<SharedManagementClient>();
        services.AddSingleton<TenantUsers>();
        services.AddSingleton<TenantAuthenticationMethods>();
        services.AddSingleton<TenantEmails>();
        services.AddSingleton<TenantLogs>();
        services.AddSingleton<TenantActivity>();
        services.AddSingleton<DependencyCheck>();

        services.AddSingleton<SigningKeys>();
        services.AddSingleton<BearerAuthentication>();
        services.AddSingleton<ProtectionRules>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<ExportSlots>();
        services.AddSingleton<WalkPace>();
        services.AddSingleton<UserExports>();
        services.AddSingleton<PlanKeys>();
        services.AddSingleton<PlanTokens>();
        services.AddSingleton<PlanApprovals>();
        services.AddSingleton<DeletionPlans>();
        services.AddSingleton<ExecutionPace>();
        services.AddSingleton<PlannedActions>();
        services.AddSingleton<PlanExecutions>();
        services.AddSingleton<RequestPipeline>();
        return services;
    }

    private static void AddSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().BindConfiguration(section);
        services.AddSingleton<IValidateOptions<TOptions>, DataAnnotationsValidator<TOptions>>();
    }
}
