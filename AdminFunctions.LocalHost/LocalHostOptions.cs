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
    /// <summary>The text that <c>--help</c> prints.</summary>
    public const string Usage = """
        Runs the functions on this machine. Uses a local tenant and a local vault in place of Auth0 and Key Vault,
        or the tenant in local.settings.json.

          --port N                  port of the functions; default 7071; 0: any free port
          --dashboard-port N        port of the dashboard; default 7070; 0: no dashboard
          --tenant-port N           port of the local tenant; default 7072
          --vault-port N            port of the local vault; default 7073
          --users N                 number of users in the local tenant at startup; default 1200
          --users-at-one-moment N   number of these users with the same creation time; default 0
          --search-lag N            time in ms for which lists still contain a deleted user; default 0
          --rate-limit N            burst limit of the local Management API, in requests; default 100000
          --rate-per-second N       sustained limit of the local Management API, in requests per second; default 100000
          --latency N               response time of the local tenant, in ms; default 0
          --otlp URL                exports traces and metrics to an OTLP collector, such as http://localhost:4317 (gRPC)
          --dashboard-root DIR      sources of the dashboard; default: samples/dashboard in this repository
          --script-root DIR         folder of host.json and local.settings.json, or a folder below it;
                                    default: the current folder
          --help                    prints this text
        """;

    /// <summary>The port of the functions; <see langword="null"/> for the one in local.settings.json.</summary>
    public int? Port { get; private init; }

    /// <summary>The options of the dashboard.</summary>
    public DashboardOptions Dashboard { get; private init; } = new() { Port = 7070 };

    /// <summary>The options of the local tenant.</summary>
    public TenantOptions Tenant { get; private init; } = new() { Port = 7072 };

    /// <summary>The options of the local vault.</summary>
    public VaultOptions Vault { get; private init; } = new() { Port = 7073 };

    /// <summary>The URL of the OTLP collector; <see langword="null"/> for no export.</summary>
    public Uri? Otlp { get; private init; }

    /// <summary>The folder of host.json and local.settings.json, or a folder below it.</summary>
    public string ScriptRoot { get; private init; } = Directory.GetCurrentDirectory();

    /// <summary>Whether to print <see cref="Usage"/> and exit.</summary>
    public bool Help { get; private init; }

    /// <summary>Parses the command line: <c>--name value</c> or <c>--name=value</c>.</summary>
    /// <param name="arguments">
    /// The arguments. Settings such as <c>--Auth0:Domain=…</c> and arguments of ASP.NET Core are ignored here.
    /// </param>
    /// <exception cref="FunctionHostException">Arguments are not valid. It has a sentence for each.</exception>
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
                    var port = Number(value, 65_535);
                    options = options with { Dashboard = options.Dashboard with { Port = port is 0 ? null : port } };
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
                    var lag = TimeSpan.FromMilliseconds(Number(value, 600_000));
                    options = options with { Tenant = options.Tenant with { SearchLag = lag } };
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
                    faults.Add("--otlp must be the URL of a collector, such as http://localhost:4317.");
                    break;
                case "--dashboard-root" when File.Exists(Path.Combine(value, "package.json")):
                    options = options with { Dashboard = options.Dashboard with { Root = value } };
                    break;
                case "--dashboard-root":
                    faults.Add("--dashboard-root must be the directory that contains the package.json of the dashboard.");
                    break;
                case "--script-root" when Directory.Exists(value):
                    options = options with { ScriptRoot = value };
                    break;
                case "--script-root":
                    faults.Add("--script-root must be an existing directory.");
                    break;
                default:
                    faults.Add($"{name} is not a valid option. See --help.");
                    break;
            }

            int Number(string text, int most, int least = 0)
            {
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
                {
                    faults.Add($"{name} must be a whole number from {least} to {most}.");
                }

                return number;
            }
        }

        return faults.Count == 0 ? options : throw new FunctionHostException(faults);
    }

    private static bool IsForConfiguration(string name) =>
        name.StartsWith("--", StringComparison.Ordinal)
        && (name.StartsWith("--OTEL_", StringComparison.Ordinal)
            || name[2..].Split(':')[0] is Auth0Options.Section or KeyVaultOptions.Section or UsersOptions.Section
                or DashboardOptions.Section or "environment" or "contentRoot" or "applicationName");
}
