using System.Globalization;
using AdminFunctions.LocalHost.Dashboard;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Settings;

namespace AdminFunctions.LocalHost;

/// <summary>The command line of the local host.</summary>
internal sealed record LocalHostOptions
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Usage = """
        Runs the functions on this machine, with a local tenant and a local vault in Auth0's and Key Vault's place,
        or against the tenant that local.settings.json names.

          --port N                  functions, default 7071 (0: any free port)
          --dashboard-port N        dashboard, default 7070 (0: none)
          --tenant-port N           local tenant, default 7072
          --vault-port N            local vault, default 7073
          --users N                 users that the tenant begins with, default 1200
          --users-at-one-moment N   users of those that are created at one and the same moment, default 0
          --search-lag N            milliseconds that its lists go on showing a deleted user, default 0
          --rate-limit N            requests that its Management API takes at once, default 100000
          --rate-per-second N       requests that it takes a second in the long run, default 100000
          --latency N               milliseconds that each of its answers takes, default 0
          --otlp URL                sends spans and metrics to an OTLP collector, http://localhost:4317 (gRPC) say
          --dashboard-root DIR      where the dashboard's sources are, default: samples/dashboard of this checkout
          --script-root DIR         where to look for host.json and local.settings.json, and above; default: here
          --help                    this text
        """;

    /// <summary>The functions' port; <see langword="null"/> for the one that local.settings.json may name.</summary>
    public int? Port { get; private init; }

    /// <summary>How the dashboard is served.</summary>
    public DashboardOptions Dashboard { get; private init; } = new() { Port = 7070 };

    /// <summary>How the local tenant is.</summary>
    public TenantOptions Tenant { get; private init; } = new() { Port = 7072 };

    /// <summary>How the local vault is.</summary>
    public VaultOptions Vault { get; private init; } = new() { Port = 7073 };

    /// <summary>The OTLP collector, if there is one.</summary>
    public Uri? Otlp { get; private init; }

    /// <summary>Where to look for host.json and local.settings.json, and above.</summary>
    public string ScriptRoot { get; private init; } = Directory.GetCurrentDirectory();

    /// <summary>Whether just <see cref="Usage"/> is asked for.</summary>
    public bool Help { get; private init; }

    /// <summary>Reads the command line: <c>--name value</c> or <c>--name=value</c>.</summary>
    /// <param name="arguments">
    /// The arguments. Settings by their configuration names (<c>--Auth0:Domain=…</c>) and ASP.NET Core's own are left to those.
    /// </param>
    /// <exception cref="FunctionHostException">Some are wrong: a sentence for each.</exception>
    public static LocalHostOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new LocalHostOptions();
        List<string> faults = [];
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var argument))
        {
            var (name, attached) = argument.Split('=', 2) is [var left, var right] ? (left, right) : (argument, null);
            if (name is "--help" or "-h" or "-?")
            {
                return options with { Help = true };
            }

            var value = attached ?? (rest.TryDequeue(out var next) ? next : "");
            if (IsForConfiguration(name))
            {
                continue;
            }

            switch (name)
            {
                case "--port":
                    options = options with { Port = Number(value, 65_535) };
                    break;
                case "--dashboard-port":
                    options = options with { Dashboard = options.Dashboard with { Port = Number(value, 65_535) is > 0 and var port ? port : null } };
                    break;
                case "--tenant-port":
                    options = options with { Tenant = options.Tenant with { Port = Number(value, 65_535) } };
                    break;
                case "--vault-port":
                    options = options with { Vault = options.Vault with { Port = Number(value, 65_535) } };
                    break;
                case "--users":
                    options = options with { Tenant = options.Tenant with { Users = Number(value, 1_000_000) } };
                    break;
                case "--users-at-one-moment":
                    options = options with { Tenant = options.Tenant with { UsersAtOneMoment = Number(value, 1_000_000) } };
                    break;
                case "--search-lag":
                    options = options with { Tenant = options.Tenant with { SearchLag = TimeSpan.FromMilliseconds(Number(value, 600_000)) } };
                    break;
                case "--rate-limit":
                    options = options with { Tenant = options.Tenant with { RateLimit = Number(value, 1_000_000, least: 1) } };
                    break;
                case "--rate-per-second":
                    options = options with { Tenant = options.Tenant with { RatePerSecond = Number(value, 1_000_000, least: 1) } };
                    break;
                case "--latency":
                    options = options with { Tenant = options.Tenant with { Latency = TimeSpan.FromMilliseconds(Number(value, 60_000)) } };
                    break;
                case "--otlp" when Uri.TryCreate(value, UriKind.Absolute, out var collector) && collector.Scheme is "http" or "https":
                    options = options with { Otlp = collector };
                    break;
                case "--otlp":
                    faults.Add("--otlp takes the address of a collector, such as http://localhost:4317.");
                    break;
                case "--dashboard-root" when File.Exists(Path.Combine(value, "package.json")):
                    options = options with { Dashboard = options.Dashboard with { Root = value } };
                    break;
                case "--dashboard-root":
                    faults.Add("--dashboard-root takes the directory of the dashboard's package.json.");
                    break;
                case "--script-root" when Directory.Exists(value):
                    options = options with { ScriptRoot = value };
                    break;
                case "--script-root":
                    faults.Add("--script-root takes a directory that exists.");
                    break;
                default:
                    faults.Add($"{name} is no option here: see --help.");
                    break;
            }

            int Number(string text, int most, int least = 0)
            {
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
                {
                    faults.Add($"{name} takes a whole number from {least} to {most}.");
                }

                return number;
            }
        }

        return faults.Count == 0 ? options : throw new FunctionHostException(faults);
    }

    private static bool IsForConfiguration(string name) =>
        name.StartsWith("--", StringComparison.Ordinal)
        && (name.StartsWith("--OTEL_", StringComparison.Ordinal) || name[2..].Split(':')[0] is Auth0Options.Section or KeyVaultOptions.Section or UsersOptions.Section or DashboardOptions.Section or "environment" or "contentRoot" or "applicationName");
}
