using System.Diagnostics;
using System.Reflection;
using AdminFunctions.LocalHost.Dashboard;

namespace AdminFunctions.Compare;

/// <summary>Builds and starts the processes of the benchmark.</summary>
/// <param name="selfContained">Whether .NET and the functions are published as one image.</param>
internal sealed class Processes(bool selfContained)
{
    private readonly string _folder = Path.Combine(Checkout, "artifacts", selfContained ? "compare-self-contained" : "compare");

    /// <summary>Whether the stand-in is measured instead of Auth0's SDK.</summary>
    public static bool AreStandIns => string.Equals(Metadata("Auth0PackagesMissing"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The folder of the Express server.</summary>
    public static string Peer { get; } = Path.Combine(Checkout, "bench", "peer-express");

    private string Published => Path.Combine(_folder, "published");

    private string EmptyFunction => Path.Combine(_folder, "empty-function");

    private static string Checkout => Metadata("Checkout");

    /// <summary>Publishes the functions as for Azure, compiled ahead of time, and installs the packages of the Express server.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await PublishAsync("Compare", Published, [$"-p:Auth0PackagesMissing={Metadata("Auth0PackagesMissing")}"], cancellationToken);
        if (!selfContained)
        {
            await PublishAsync("EmptyFunction", EmptyFunction, ["-p:Auth0PackagesMissing=false"], cancellationToken);
        }

        var installed = new FileInfo(Path.Combine(Peer, "node_modules", ".package-lock.json"));
        if (!installed.Exists || installed.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(Peer, "package-lock.json")))
        {
            var npm = Npm.Find(Environment.GetEnvironmentVariable("PATH") ?? "")
                ?? throw new BenchException("npm is not on the PATH. Install Node.js 20.19 or later.");
            var (code, output) = await npm.RunAsync(Peer, ["ci", "--no-audit", "--no-fund"], cancellationToken);
            if (code is not 0)
            {
                throw new BenchException($"npm ci failed in {Peer}: {output}");
            }
        }
    }

    /// <summary>Publishes in a separate folder, because a build for one platform and this build would overwrite each other.</summary>
    private Task<string> PublishAsync(
        string project, string output, IEnumerable<string> properties, CancellationToken cancellationToken) => RunAsync(
        "dotnet",
        [
            "publish", Path.Combine(Checkout, "bench", project), "-c", "Release", "-o", output, "--artifacts-path", _folder,
            "--use-current-runtime", $"--self-contained={selfContained}", "-p:PublishReadyToRun=true",
            $"-p:PublishReadyToRunComposite={selfContained}", "-p:Measured=true", .. properties,
        ],
        cancellationToken);

    /// <summary>Starts the tenant and the vault.</summary>
    public ChildProcess StartTenant() => Start([TenantProcess.Role], []);

    /// <summary>Starts the local host with <see cref="FunctionsProcess"/>.</summary>
    public ChildProcess StartFunctions(TenantProcess tenant, int port) => Start(
        [FunctionsProcess.Role, "--port", $"{port}", "--dashboard-port", "0", "--script-root", Published],
        [
            .. tenant.Settings.Select(static setting =>
                KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value)),
            new("ASPNETCORE_ENVIRONMENT", "Production"),
            new(FunctionsProcess.VaultCertificate, tenant.VaultCertificate),
            new(FunctionsProcess.VaultToken, tenant.VaultToken),
        ]);

    /// <summary>Starts <see cref="HostProcess"/>.</summary>
    /// <param name="target"><see cref="Target.Worker"/> or <see cref="Target.EmptyFunction"/>.</param>
    public ChildProcess StartHost(Target target)
    {
        var app = target is Target.Worker
            ? Path.Combine(Published, "AdminFunctions.dll")
            : Path.Combine(EmptyFunction, "EmptyFunction.dll");
        return Start([HostProcess.Role, app], []);
    }

    /// <summary>Starts the Express server.</summary>
    public static ChildProcess StartPeer(TenantProcess tenant, int port) => ChildProcess.Start(
        "node",
        [Path.Combine(Peer, "server.js")],
        [
            new("NODE_ENV", "production"),
            new("PORT", $"{port}"),
            new("AUTH0_DOMAIN", tenant.Domain),
            new("AUTH0_AUDIENCE", tenant.Settings["Auth0:Audience"]),
            new("AUTH0_CLIENT_ID", tenant.Settings["Auth0:ClientId"]),
            new("AUTH0_CLIENT_SECRET", tenant.ClientSecret),
        ]);

    private ChildProcess Start(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment) => selfContained
        ? ChildProcess.Start(Path.Combine(Published, "Compare"), arguments, environment)
        : ChildProcess.Start("dotnet", [Path.Combine(Published, "Compare.dll"), .. arguments], environment);

    /// <summary>Runs a program and waits until it exits.</summary>
    /// <returns>The standard output.</returns>
    /// <exception cref="BenchException">The program was not found or failed.</exception>
    public static async Task<string> RunAsync(string file, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(file, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchException($"{file} is not on the PATH.");
        }

        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode is 0 ? await output : throw new BenchException($"{file} failed. {await output}{await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string Metadata(string key) =>
        typeof(Processes).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value ?? "";
}
