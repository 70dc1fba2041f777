using System.Security.Cryptography.X509Certificates;
using AdminFunctions.Compare;
using AdminFunctions.LocalHost;
using Azure.Core;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(FunctionsProcess))]

namespace AdminFunctions.Compare;

/// <summary>
/// What the bench adds to the local host, which runs by itself otherwise, as against a tenant of yours: the way to the tenant and
/// the vault of another process, and an answer to how much it has allocated.
/// </summary>
internal sealed class FunctionsProcess : IHostingStartup
{
    /// <summary>The variable with the vault's certificate.</summary>
    public const string VaultCertificate = "COMPARE_VAULT_CERTIFICATE";

    /// <summary>The variable with the token that the vault takes.</summary>
    public const string VaultToken = "COMPARE_VAULT_TOKEN";

    public void Configure(IWebHostBuilder builder)
    {
        new Thread(Answer) { IsBackground = true }.Start();
        builder.ConfigureServices((context, services) =>
        {
            var settings = context.Configuration;
            var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(settings[VaultCertificate]!));
            var token = new AccessToken(settings[VaultToken]!, TimeProvider.System.GetUtcNow().AddDays(1));
            services.AddSingleton<HttpMessageHandler>(new LocalTransport(settings["Auth0:Domain"]!, certificate));
            services.AddSingleton(DelegatedTokenCredential.Create((_, _) => token));
        });
    }

    private static void Answer()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (input.ReadLine() is not null)
        {
            Console.WriteLine($"{Child.Mark}{GC.GetTotalAllocatedBytes()}");
        }

        Environment.Exit(0);
    }
}
