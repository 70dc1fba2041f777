using AdminFunctions.LocalHost.Loopback;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>
/// Serves the dashboard on its own origin, as in production: the files that npm built, and a <c>config.json</c> with the URLs of
/// the functions and the tenant. Until the build is finished, it serves a page that says so.
/// </summary>
internal sealed class LocalDashboard : IAsyncDisposable
{
    private const string ConfigPath = "/config.json";

    private readonly CancellationTokenSource _stopping = new();
    private readonly DashboardBuild? _build;
    private readonly DashboardConfig? _config;
    private Uri? _api;
    private WebApplication? _app;
    private Task _serving = Task.CompletedTask;
    private volatile State _state;

    private LocalDashboard(string? announcement) => Announcement = announcement;

    private LocalDashboard(DashboardBuild build, DashboardConfig config, string origin)
    {
        _build = build;
        _config = config;
        Origin = origin;
        Announcement = (build.IsFresh, build.HasNpm) switch
        {
            (true, _) => Address,
            (false, true) => $"Dashboard: npm is building it. This can take a minute the first time. It will be at {origin}",
            (false, false) => $"{Address}, but it is older than its sources. "
                + "To build it again, install Node.js 20.19 or later (https://nodejs.org), which includes npm",
        };
    }

    private enum State
    {
        Building,
        Failed,
        Built,
    }

    /// <summary>The origin of the dashboard, <c>http://localhost:PORT</c>; <see langword="null"/> if it is not served.</summary>
    public string? Origin { get; }

    /// <summary>A line with the URL, or the reason why there is none; <see langword="null"/> if the dashboard is off.</summary>
    public string? Announcement { get; }

    private string Address => $"Dashboard: {Origin}";

    /// <summary>Starts listening if there is something to serve (see <see cref="Announcement"/>). Does not build yet.</summary>
    /// <param name="options">The options.</param>
    /// <param name="config">The tenant for signing in.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<LocalDashboard> StartAsync(
        DashboardOptions options, DashboardConfig config, CancellationToken cancellationToken = default)
    {
        if (options.Port is not { } wanted)
        {
            return new LocalDashboard(announcement: null);
        }

        if ((options.Root ?? FindSources()) is not { } root)
        {
            return new LocalDashboard($"No dashboard: there is no folder samples/dashboard above {AppContext.BaseDirectory}");
        }

        if (config.ClientId.Length == 0)
        {
            var origin = $"http://localhost:{wanted}";
            return new LocalDashboard(
                $"No dashboard: set Dashboard__ClientId to the client ID of a single-page application of {config.Domain} "
                + $"whose allowed callback URLs, logout URLs and web origins include {origin}");
        }

        var build = new DashboardBuild(root, Npm.Find(options.SearchPath), options.TimeProvider);
        if (!build.HasNpm && !build.Exists)
        {
            return new LocalDashboard(
                "No dashboard: npm was not found. Install Node.js 20.19 or later (https://nodejs.org), which includes npm");
        }

        LocalDashboard? dashboard = null;
        var app = await LoopbackServer.StartAsync(
            wanted,
            "--dashboard-port",
            _ => { },
            _ => { },
            (app, port) =>
            {
                dashboard = new LocalDashboard(build, config, $"http://localhost:{port}");
                dashboard.Map(app);
            },
            cancellationToken);
        dashboard!._app = app;
        return dashboard;
    }

    /// <summary>Builds the dashboard if necessary, and serves it. Call this once.</summary>
    /// <param name="api">The URL of the functions, including the route prefix.</param>
    /// <param name="output">Gets a line when the dashboard is served after a build.</param>
    /// <param name="errors">Gets the output of npm and the reason if the build fails.</param>
    /// <param name="stopping">Cancels the build without a message.</param>
    /// <returns>A task that completes when the dashboard is served or its build has failed. It never throws.</returns>
    public Task ServeAsync(Uri api, TextWriter output, TextWriter errors, CancellationToken stopping = default)
    {
        if (_build is null)
        {
            return Task.CompletedTask;
        }

        _api = api;
        return _serving = BuildAndServeAsync(_build, output, errors, stopping);
    }

    /// <summary>Stops the dashboard and a running build.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private static string? FindSources()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var sources = Path.Combine(directory.FullName, "samples", "dashboard");
            if (File.Exists(Path.Combine(sources, "package.json")))
            {
                return sources;
            }
        }

        return null;
    }

    private async Task BuildAndServeAsync(DashboardBuild build, TextWriter output, TextWriter errors, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, stopping);
        var isNews = build.HasNpm && !build.IsFresh;
        try
        {
            await build.RunAsync(either.Token);
            _state = State.Built;
            if (isNews)
            {
                await output.WriteLineAsync(Address);
                await output.FlushAsync(either.Token);
            }
        }
        catch (Exception) when (either.IsCancellationRequested)
        {
            // The local host is stopping, so the result does not matter.
        }
        catch (DashboardBuildException failed)
        {
            _state = State.Failed;
            await errors.WriteAsync(failed.Output);
            await errors.WriteLineAsync(failed.Message);
        }
    }

    private void Map(WebApplication app)
    {
        app.Use(AnswerAsync);
        // The provider requires that the directory exists, even before the build.
        Directory.CreateDirectory(_build!.Output);
        app.UseFileServer(new FileServerOptions
        {
            FileProvider = new PhysicalFileProvider(_build.Output),
            StaticFileOptions = { OnPrepareResponse = SetCaching },
        });
    }

    private Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";

        // The functions and the tenant allow only this origin, so redirect requests to 127.0.0.1.
        if (!request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            response.Redirect(Origin + request.GetEncodedPathAndQuery(), permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        if (_state != State.Built)
        {
            return _state == State.Failed ? BuildPage.FailedAsync(context) : BuildPage.BuildingAsync(context);
        }

        response.Headers.ContentSecurityPolicy = _config!.ContentSecurityPolicy(_api!);
        return request.Path == ConfigPath ? context.AnswerAsync(StatusCodes.Status200OK, _config.ToJson(_api!)) : next(context);
    }

    /// <summary>Lets browsers cache the files in assets forever, because Vite puts a hash of the content in their names.</summary>
    private static void SetCaching(StaticFileResponseContext file) =>
        file.Context.Response.Headers.CacheControl =
            file.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal)
                ? "public, max-age=31536000, immutable"
                : "no-cache";
}
