using System.Globalization;
using System.Text.Json;
using AdminFunctions.Access;
using AdminFunctions.Tests.Worker;

namespace AdminFunctions.Compare;

/// <summary>
/// Runs a built function app in a worker under the tests' minimal Functions host, with a tenant and a vault of its own over HTTPS.
/// </summary>
/// <param name="Address">The address of the functions.</param>
/// <param name="WorkerId">The ID of the worker in the system.</param>
/// <param name="CallerToken">An access token with the permission to list users.</param>
internal sealed record HostProcess(Uri Address, int WorkerId, string CallerToken)
{
    /// <summary>The first argument of this program in this process. The second is the path of the function app's assembly.</summary>
    public const string Role = "host";

    /// <summary>
    /// Runs the process. Its first answer is that the tenant and the vault have started. To the first line, it starts the host and answers
    /// with the description, to each further one with the number of bytes that the worker has allocated.
    /// </summary>
    public static async Task RunAsync(string app)
    {
        await using var azure = await LocalAzure.StartAsync();
        Answer("ready");
        if (await Console.In.ReadLineAsync() is null)
        {
            return;
        }

        await using var host = await FunctionsHost.StartAsync(app, azure.Settings);
        var token = azure.Tenant.MintAccessToken("auth0|5f7c8ec7c33c6c004bbafe82", [Permissions.ReadUsers]);
        Answer(JsonSerializer.Serialize(new HostProcess(host.Address, host.WorkerId, token)));
        while (await Console.In.ReadLineAsync() is not null)
        {
            Answer((await host.AllocatedAsync()).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Parses the description.</summary>
    public static HostProcess Parse(string line) => JsonSerializer.Deserialize<HostProcess>(line)!;

    private static void Answer(string line) => Console.WriteLine(ChildProcess.AnswerPrefix + line);
}
