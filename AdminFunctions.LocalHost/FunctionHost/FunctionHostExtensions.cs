using System.Reflection;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>
/// Serves the HTTP-triggered functions of an assembly in an ASP.NET Core app, as the Azure Functions host and the isolated worker
/// with its ASP.NET Core integration do in Core Tools. Like Core Tools, it does not require function keys.
/// </summary>
internal static class FunctionHostExtensions
{
    /// <summary>Adds the services for responses of functions: the MVC executors for IActionResult, and CORS.</summary>
    /// <param name="services">The services of the app, which are also injected into function classes.</param>
    public static IServiceCollection AddFunctionHost(this IServiceCollection services)
    {
        services.AddMvcCore();
        services.AddCors();
        return services;
    }

    /// <summary>Serves all functions of an assembly.</summary>
    /// <inheritdoc cref="MapFunctions(WebApplication, IEnumerable{Type}, FunctionHostOptions)"/>
    /// <param name="app">The app; <see cref="AddFunctionHost"/> must have been called on its services.</param>
    /// <param name="assembly">The assembly of the functions.</param>
    /// <param name="options">The settings of the host.</param>
    public static IReadOnlyList<FunctionDescriptor> MapFunctions(this WebApplication app, Assembly assembly, FunctionHostOptions options)
        => app.MapFunctions(assembly.GetTypes(), options);

    /// <summary>Serves the functions of the given types.</summary>
    /// <param name="app">The app; <see cref="AddFunctionHost"/> must have been called on its services.</param>
    /// <param name="types">The classes of the functions.</param>
    /// <param name="options">The settings of the host.</param>
    /// <returns>The functions, ordered by name. Each is also in the metadata of its endpoint.</returns>
    /// <exception cref="FunctionHostException">A function cannot be served, or a setting is not valid.</exception>
    public static IReadOnlyList<FunctionDescriptor> MapFunctions(
        this WebApplication app, IEnumerable<Type> types, FunctionHostOptions options)
    {
        var faults = new List<string>(CorsFaults(options));
        var constraints = app.Services.GetRequiredService<ParameterPolicyFactory>();
        var functions = FunctionDiscovery.Find(types, options.RoutePrefix, constraints, faults);
        if (faults.Count > 0)
        {
            throw new FunctionHostException(faults);
        }

        if (options.CorsOrigins.Count > 0)
        {
            // The policy of Core Tools: any method, any header, no exposed headers, no caching of preflight responses.
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
                yield return "Host.CORS: '*' cannot be combined with other origins. Specify either origins or '*'.";
            }

            if (options.CorsCredentials)
            {
                yield return "Host.CORSCredentials: browsers reject credentials with the origin '*'. "
                    + "Specify origins in Host.CORS, or set it to false.";
            }

            yield break;
        }

        // The Origin header of a browser has no path and no trailing slash, so such an entry would never match.
        foreach (var origin in options.CorsOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                || !string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"Host.CORS: '{origin}' is not an origin. "
                    + "Write it like http://localhost:3000, without a path, a trailing slash or spaces.";
            }
        }
    }
}
