using AdminFunctions.Functions;
using AdminFunctions.LocalHost.Dashboard;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Settings;
using AdminFunctions.Startup;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;

namespace AdminFunctions.LocalHost;

/// <summary>Runs the functions in one process, for development and tests.</summary>
internal static class LocalHostApplication
{
    /// <summary>Runs until the process is stopped.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="configure">Replaces services, such as the transport to the tenant and the vault.</param>
    /// <returns>The exit code: 0, or 1 if the local host could not start.</returns>
    public static async Task<int> RunAsync(string[] arguments, Action<IServiceCollection>? configure = null)
    {
        JitWarmUp.Start();
        try
        {
            var options = LocalHostOptions.Parse(arguments);
            if (options.Help)
            {
                Console.WriteLine(LocalHostOptions.Usage);
                return 0;
            }

            await RunAsync(arguments, options, configure);
            return 0;
        }
        catch (Exception exception) when (exception is FunctionHostException or IOException)
        {
            foreach (var sentence in exception is FunctionHostException { Faults: var faults } ? faults : [exception.Message])
            {
                await Console.Error.WriteLineAsync(sentence);
            }

            return 1;
        }
    }

    private static async Task RunAsync(string[] arguments, LocalHostOptions options, Action<IServiceCollection>? configure)
    {
        var settings = LocalSettings.Read(options.ScriptRoot);

        // ASP.NET Core watches the content root and all folders in it for changes. The working directory can be a whole clone.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        AddSettings(builder.Configuration, settings);
        if (options.Otlp is { } collector)
        {
            builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.ToString();
        }

        await using var local = string.IsNullOrEmpty(builder.Configuration["Auth0:Domain"])
            ? await LocalTenantAndVault.StartAsync(options.Tenant, options.Vault)
            : null;
        if (local is not null)
        {
            builder.Configuration.AddInMemoryCollection(local.Settings);
            local.ReplaceTransport(builder.Services);
        }

        configure?.Invoke(builder.Services);
        builder.Services.AddAdminFunctions().AddFunctionHost();
        builder.Logging.ClearProviders()
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .AddFilter("Microsoft", LogLevel.Warning);
        using var sockets = LoopbackSockets.Bind(options.Port ?? settings.LocalHttpPort ?? 7071, "--port");
        sockets.ListenOn(builder.WebHost, static _ => { });

        await using var app = builder.Build();
        if (app.Services.GetRequiredService<SettingsFaults>() is { Sentences: { Count: > 0 } faults })
        {
            throw new FunctionHostException(faults);
        }

        var auth0 = app.Services.GetRequiredService<IOptions<Auth0Options>>().Value;
        await using var dashboard = await LocalDashboard.StartAsync(
            options.Dashboard,
            local is not null
                ? DashboardConfig.For(local.Tenant)
                : DashboardConfig.For(auth0, app.Configuration[$"{DashboardOptions.Section}:ClientId"]));
        var host = settings.Host is { CorsOrigins: [] } && dashboard.Origin is { } origin
            ? settings.Host with { CorsOrigins = [origin] }
            : settings.Host;
        var functions = app.MapFunctions(typeof(GetUsers).Assembly, host);

        app.Lifetime.ApplicationStarted.Register(() =>
        {
            // A test server has no address.
            if (app.Urls.Count is 0)
            {
                return;
            }

            var address = new UriBuilder(Uri.UriSchemeHttp, "localhost", sockets.Port, host.RoutePrefix);
            Greeting.Print(Console.Out, address.Uri.GetLeftPart(UriPartial.Authority), functions, local, dashboard, settings);
            _ = dashboard.ServeAsync(address.Uri, Console.Out, Console.Error, app.Lifetime.ApplicationStopping);
        });
        await app.RunAsync();
    }

    /// <summary>Adds the values of local.settings.json. The environment and the command line override them, as in Core Tools.</summary>
    private static void AddSettings(ConfigurationManager configuration, LocalSettings settings)
    {
        var values = settings.Values.ToDictionary(
            static setting => setting.Key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
            static setting => (string?)setting.Value,
            StringComparer.OrdinalIgnoreCase);
        values.TryAdd(FunctionsEnvironment.Variable, "Development");
        ((IConfigurationBuilder)configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = values });
    }
}
