using System.Globalization;
using System.Text.Json;
using AdminFunctions.Access;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;

namespace AdminFunctions.Compare;

/// <summary>The local tenant and the local vault in a separate process.</summary>
/// <param name="Settings">The settings of the functions.</param>
/// <param name="ClientSecret">The client secret in the vault.</param>
/// <param name="VaultCertificate">The certificate to trust, in Base64.</param>
/// <param name="VaultToken">The token for the vault.</param>
/// <param name="CallerToken">An access token with the permission to list users.</param>
/// <param name="ManagementToken">A token for the Management API.</param>
internal sealed record TenantProcess(
    IReadOnlyDictionary<string, string?> Settings,
    string ClientSecret,
    string VaultCertificate,
    string VaultToken,
    string CallerToken,
    string ManagementToken)
{
    /// <summary>The first argument of this program in this process.</summary>
    public const string Role = "tenant";

    /// <summary>The domain of the tenant.</summary>
    public string Domain => Settings["Auth0:Domain"]!;

    /// <summary>Runs the process: prints its description, then reads latencies until standard input ends.</summary>
    public static async Task RunAsync()
    {
        await using var local = await LocalTenantAndVault.StartAsync(new TenantOptions(), new VaultOptions());
        var vaultToken = await local.Vault.Credential.GetTokenAsync(default, CancellationToken.None);
        Answer(JsonSerializer.Serialize(new TenantProcess(
            local.Settings,
            local.Tenant.ClientSecret,
            Convert.ToBase64String(local.Vault.Certificate.RawData),
            vaultToken.Token,
            local.Tenant.MintAccessToken("auth0|5f7c8ec7c33c6c004bbafe82", [Permissions.ReadUsers]),
            local.Tenant.MintManagementToken())));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var latency = Latency.Parse(line);
            Delay(local.Tenant.Faults, latency.Tenant);
            Delay(local.Vault.Faults, latency.Vault);
            Answer(line);
        }
    }

    /// <summary>Parses the description.</summary>
    public static TenantProcess Parse(string line) => JsonSerializer.Deserialize<TenantProcess>(line)!;

    private static void Answer(string line) => Console.WriteLine(ChildProcess.AnswerPrefix + line);

    private static void Delay(Faults faults, int milliseconds)
    {
        faults.Clear();
        if (milliseconds > 0)
        {
            faults.Add(new Fault { Match = "*", Times = null, DelayMs = milliseconds });
        }
    }
}

/// <summary>The latencies of the tenant and the vault, in milliseconds.</summary>
internal sealed record Latency(int Tenant, int Vault)
{
    public static Latency Parse(string text)
    {
        var numbers = text.Split(' ').Select(static number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new(numbers[0], numbers[1]);
    }

    public override string ToString() => $"{Tenant} {Vault}";
}
