using System.ComponentModel;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>The sources of the dashboard, and their build by npm in <c>dist</c>.</summary>
internal sealed class DashboardBuild
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    // Folders that tools write, and folders that are not part of the build.
    private static readonly string[] NoSources = ["node_modules", "dist", "coverage", "test-results", "playwright-report", "tests", "e2e"];

    private readonly string _root;
    private readonly Npm? _npm;
    private readonly TimeProvider _clock;

    /// <summary>Creates the build without reading files.</summary>
    /// <param name="root">The directory of the package.json.</param>
    /// <param name="npm">npm; <see langword="null"/> if this machine does not have it, so nothing can be built.</param>
    /// <param name="clock">The clock for waiting for the build of another process.</param>
    public DashboardBuild(string root, Npm? npm, TimeProvider clock)
    {
        _root = Path.GetFullPath(root);
        _npm = npm;
        _clock = clock;
    }

    /// <summary>The directory of the build.</summary>
    public string Output => Path.Combine(_root, "dist");

    /// <summary>Whether there is a build, even an outdated one.</summary>
    public bool Exists => File.Exists(Index);

    /// <summary>Whether there is a build and no source is newer.</summary>
    public bool IsFresh => Exists && NewestSource() <= File.GetLastWriteTimeUtc(Index);

    /// <summary>Whether npm is available.</summary>
    public bool HasNpm => _npm is not null;

    private string Index => Path.Combine(Output, "index.html");

    /// <summary>Builds the dashboard if it is not fresh. Only one process builds at a time; the others wait for it.</summary>
    /// <param name="cancellationToken">Cancels the build.</param>
    /// <exception cref="DashboardBuildException">The build failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_npm is null)
        {
            return;
        }

        try
        {
            // Get the lock before checking, because the incomplete build of another process can look fresh.
            await using var turn = await TakeTurnAsync(cancellationToken);
            if (!IsFresh)
            {
                await BuildAsync(_npm, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new DashboardBuildException($"The dashboard could not be built in {_root}: {exception.Message}", output: "");
        }
    }

    private async Task BuildAsync(Npm npm, CancellationToken cancellationToken)
    {
        var newest = NewestSource();
        var built = false;
        try
        {
            if (!IsInstalled())
            {
                // With NODE_ENV=production, npm would omit the packages that the build needs.
                await RunAsync(npm, ["ci", "--include=dev", "--no-audit", "--no-fund"], cancellationToken);
            }

            await RunAsync(npm, ["run", "build"], cancellationToken);
            if (!Exists)
            {
                throw new DashboardBuildException(
                    $"The dashboard could not be built: `npm run build` in {_root} succeeded, but did not create {Index}.", output: "");
            }

            if (NewestSource() > newest)
            {
                // Files that were edited during the build may not be in it.
                File.SetLastWriteTimeUtc(Index, newest);
            }

            built = true;
        }
        finally
        {
            // The next start must not treat an incomplete build as fresh.
            if (!built && Exists)
            {
                File.Delete(Index);
            }
        }
    }

    private async Task RunAsync(Npm npm, string[] arguments, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await npm.RunAsync(_root, arguments, cancellationToken);
        if (exitCode != 0)
        {
            throw new DashboardBuildException(
                $"The dashboard could not be built: `npm {string.Join(' ', arguments)}` in {_root} "
                + $"ended with exit code {exitCode}. Its output is above.",
                output);
        }
    }

    /// <summary>Whether the packages are installed. npm writes a copy of the lock file after installing them.</summary>
    private bool IsInstalled()
    {
        var installed = new FileInfo(Path.Combine(_root, "node_modules", ".package-lock.json"));
        return installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(_root, "package-lock.json"));
    }

    /// <summary>When the sources last changed. This includes directories, because deleting a file changes only its directory.</summary>
    private DateTime NewestSource() =>
        new FileSystemEnumerable<DateTime>(
            _root,
            static (ref entry) => entry.LastWriteTimeUtc.UtcDateTime,
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldIncludePredicate = IsSource,
            ShouldRecursePredicate = IsSource,
        }.Max();

    private static bool IsSource(ref FileSystemEntry entry) =>
        !entry.IsDirectory || (!entry.FileName.StartsWith('.') && !NoSources.Contains(entry.FileName.ToString()));

    /// <summary>Waits until no other process builds these sources. Only one process can have the lock file open.</summary>
    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.UserName}\n{_root}")))[..16];
        var file = Path.Combine(Path.GetTempPath(), $"admin-functions-dashboard-{key}.lock");
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file))
            {
                await Task.Delay(LookAgain, _clock, cancellationToken);
            }
        }
    }
}

/// <summary>The build of the dashboard failed.</summary>
/// <param name="message">The reason, as a sentence.</param>
/// <param name="output">The output of npm.</param>
internal sealed class DashboardBuildException(string message, string output) : Exception(message)
{
    /// <summary>The output of npm; empty if it did not run.</summary>
    public string Output { get; } = output;
}
