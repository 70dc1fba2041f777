using AdminFunctions.LocalHost.Loopback;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>
/// The front end, on an origin of its own, as it is in production: the files that npm built, and a <c>config.json</c> that says
/// where this host's functions and tenant are. Until it is built a page stands in its place; nothing else waits for it.
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
            (false, true) => $"Dashboard: being built by npm, which may take a minute the first time; then on {origin}",
            (false, false) => $"{Address}, but older than its sources: to have it built anew, get npm, which comes with Node.js 20.19 or later (https://nodejs.org)",
        };
    }

    private enum State
    {
        Building,
        Failed,
        Built,
    }

    /// <summary>The origin of its pages, <c>http://localhost:PORT</c>; <see langword="null"/> when it is not served.</summary>
    public string? Origin { get; }

    /// <summary>A line that says where it is, or why it is not; <see langword="null"/> when nobody wants it.</summary>
    public string? Announcement { get; }

    private string Address => $"Dashboard: {Origin}";

    /// <summary>Starts to listen, if there is something to serve: see <see cref="Announcement"/>. Nothing is built yet.</summary>
    /// <param name="options">Where, and what.</param>
    /// <param name="config">The tenant that people sign in to.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LocalDashboard> StartAsync(DashboardOptions options, DashboardConfig config, CancellationToken cancellationToken = default)
    {
        if (options.Port is not { } wanted)
        {
            return new LocalDashboard(announcement: null);
        }

        if ((options.Root ?? FindSources()) is not { } root)
        {
            return new LocalDashboard($"No dashboard: there is no samples/dashboard in a directory above {AppContext.BaseDirectory}");
        }

        if (config.ClientId.Length == 0)
        {
            var origin = $"http://localhost:{wanted}";
            return new LocalDashboard(
                $"No dashboard: set Dashboard__ClientId to the client id of a Single Page Application of {config.Domain} whose allowed callback URLs, logout URLs and web origins name {origin}");
        }

        var build = new DashboardBuild(root, Npm.Find(options.SearchPath), options.TimeProvider);
        if (!build.HasNpm && !build.Exists)
        {
            return new LocalDashboard("No dashboard: it is built by npm, which comes with Node.js 20.19 or later (https://nodejs.org)");
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

    /// <summary>Builds it, if need be, and serves it. Call it once.</summary>
    /// <param name="api">Where the functions are, route prefix included.</param>
    /// <param name="output">Told when it is served, if that took a build.</param>
    /// <param name="errors">Told why it cannot be built, npm's own words first.</param>
    /// <param name="stopping">Ends a build, without a word.</param>
    /// <returns>Completes when it is served or will never be. It does not fail.</returns>
    public Task ServeAsync(Uri api, TextWriter output, TextWriter errors, CancellationToken stopping = default)
    {
        if (_build is null)
        {
            return Task.CompletedTask;
        }

        _api = api;
        return _serving = BuildAndServeAsync(_build, output, errors, stopping);
    }

    /// <summary>Stops it, and a build that is under way.</summary>
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
            // Whatever has become of the build, nobody waits for it any more.
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
        // Before it is built there may be no such directory, which the provider insists on.
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

        // Functions and tenant know its pages by this origin alone, so 127.0.0.1 would end in refusals.
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

    /// <summary>Vite puts a hash of the content into the name of everything under assets.</summary>
    private static void SetCaching(StaticFileResponseContext file) =>
        file.Context.Response.Headers.CacheControl =
            file.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
}
