using System.Reflection;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>
/// Serves the HTTP-triggered functions of an assembly in an ASP.NET Core app, as the Azure Functions host and the isolated worker
/// with its ASP.NET Core integration do under Core Tools. Function keys are not asked for, as Core Tools does not ask for them.
/// </summary>
internal static class FunctionHostExtensions
{
    /// <summary>Adds what the answers of functions need: MVC's executors for IActionResult, and CORS.</summary>
    /// <param name="services">The app's services, where function classes find theirs too.</param>
    public static IServiceCollection AddFunctionHost(this IServiceCollection services)
    {
        services.AddMvcCore();
        services.AddCors();
        return services;
    }

    /// <summary>Serves every function of an assembly.</summary>
    /// <inheritdoc cref="MapFunctions(WebApplication, IEnumerable{Type}, FunctionHostOptions)"/>
    /// <param name="app">The app; <see cref="AddFunctionHost"/> has been called on its services.</param>
    /// <param name="assembly">Where the functions are.</param>
    /// <param name="options">The host's settings.</param>
    public static IReadOnlyList<FunctionDescriptor> MapFunctions(this WebApplication app, Assembly assembly, FunctionHostOptions options)
        => app.MapFunctions(assembly.GetTypes(), options);

    /// <summary>Serves the functions of the given types.</summary>
    /// <param name="app">The app; <see cref="AddFunctionHost"/> has been called on its services.</param>
    /// <param name="types">The classes with the functions.</param>
    /// <param name="options">The host's settings.</param>
    /// <returns>The functions found, by name. Each is its endpoint's metadata too.</returns>
    /// <exception cref="FunctionHostException">Some of them cannot be served, or the settings make no sense: every fault as a sentence.</exception>
    public static IReadOnlyList<FunctionDescriptor> MapFunctions(this WebApplication app, IEnumerable<Type> types, FunctionHostOptions options)
    {
        var faults = new List<string>(CorsFaults(options));
        var functions = FunctionDiscovery.Find(types, options.RoutePrefix, app.Services.GetRequiredService<ParameterPolicyFactory>(), faults);
        if (faults.Count > 0)
        {
            throw new FunctionHostException(faults);
        }

        if (options.CorsOrigins.Count > 0)
        {
            // Core Tools' policy, no more: any method and header, nothing exposed, no preflight cached.
            app.UseCors(policy =>
            {
                policy.WithOrigins([.. options.CorsOrigins]).AllowAnyHeader().AllowAnyMethod();
                if (options.CorsCredentials)
                {
                    policy.AllowCredentials();
                }
            });
        }

        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        foreach (var function in functions)
        {
            var invocation = new FunctionInvocation(function, loggers.CreateLogger($"Function.{function.Name}"));
            app.Map(function.Pattern, invocation.InvokeAsync).WithDisplayName(function.Name).WithMetadata(function);
        }

        return functions;
    }

    private static IEnumerable<string> CorsFaults(FunctionHostOptions options)
    {
        if (options.CorsOrigins.Contains("*", StringComparer.Ordinal))
        {
            if (options.CorsOrigins.Count > 1)
            {
                yield return "Host.CORS: '*' stands alone; name the origins, or write '*' and nothing else.";
            }

            if (options.CorsCredentials)
            {
                yield return "Host.CORSCredentials: browsers refuse credentials with the origin '*'; name the origins in Host.CORS, or set it to false.";
            }

            yield break;
        }

        // A browser's Origin header has neither path nor slash, so such an entry would never match.
        foreach (var origin in options.CorsOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || !string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"Host.CORS: '{origin}' is no origin; write it as http://localhost:3000, without path, slash at the end or spaces.";
            }
        }
    }
}
