using System.Security.Cryptography.X509Certificates;
using AdminFunctions.LocalHost;
using Azure.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Compare;

/// <summary>
/// Runs the local host with the tenant and the vault of another process. It also reports how many bytes it has allocated.
/// </summary>
internal static class FunctionsProcess
{
    /// <summary>The first argument of this program in this process. The others are arguments of the local host.</summary>
    public const string Role = "functions";

    /// <summary>The environment variable with the certificate of the vault.</summary>
    public const string VaultCertificate = "COMPARE_VAULT_CERTIFICATE";

    /// <summary>The environment variable with the token for the vault.</summary>
    public const string VaultToken = "COMPARE_VAULT_TOKEN";

    /// <summary>Runs until standard input ends.</summary>
    /// <param name="arguments">The command line of the local host.</param>
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

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new BenchException($"{name} is not set.");

    private static void Answer()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (input.ReadLine() is not null)
        {
            Console.WriteLine($"{ChildProcess.AnswerPrefix}{GC.GetTotalAllocatedBytes()}");
        }

        Environment.Exit(0);
    }
}
