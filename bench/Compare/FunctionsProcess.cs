using System.Security.Cryptography.X509Certificates;
using AdminFunctions.LocalHost;
using Azure.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Compare;

/// <summary>
/// The local host as it is, as against a tenant of yours, but for the way to the tenant and the vault of another process, and an
/// answer to how much it has allocated.
/// </summary>
internal static class FunctionsProcess
{
    /// <summary>The first argument of this program in that process; the others are the local host's.</summary>
    public const string Role = "functions";

    /// <summary>The variable with the vault's certificate.</summary>
    public const string VaultCertificate = "COMPARE_VAULT_CERTIFICATE";

    /// <summary>The variable with the token that the vault takes.</summary>
    public const string VaultToken = "COMPARE_VAULT_TOKEN";

    /// <summary>Runs it until its standard input ends.</summary>
    /// <param name="arguments">The local host's command line.</param>
    public static Task<int> RunAsync(string[] arguments)
    {
        new Thread(Answer) { IsBackground = true }.Start();
        return LocalHostApplication.RunAsync(arguments, static services =>
        {
            var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Variable(VaultCertificate)));
            var token = new AccessToken(Variable(VaultToken), TimeProvider.System.GetUtcNow().AddDays(1));
            services.AddSingleton<HttpMessageHandler>(new LocalTransport(Variable("Auth0__Domain"), certificate));
            services.AddSingleton(DelegatedTokenCredential.Create((_, _) => token));
        });
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? throw new BenchException($"{name} is not set.");

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
