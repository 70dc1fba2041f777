using System.ComponentModel;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>The dashboard's sources, and the build that npm makes of them in <c>dist</c>.</summary>
internal sealed class DashboardBuild
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    // What tools write among the sources, and what goes into no build.
    private static readonly string[] NoSources = ["node_modules", "dist", "coverage", "test-results", "playwright-report", "tests", "e2e"];

    private readonly string _root;
    private readonly Npm? _npm;
    private readonly TimeProvider _clock;

    /// <summary>Looks at nothing yet.</summary>
    /// <param name="root">The directory with the package.json.</param>
    /// <param name="npm">npm; <see langword="null"/> when this machine has none, and nothing can be built.</param>
    /// <param name="clock">The clock that another process's build is waited for by.</param>
    public DashboardBuild(string root, Npm? npm, TimeProvider clock)
    {
        _root = Path.GetFullPath(root);
        _npm = npm;
        _clock = clock;
    }

    /// <summary>Where the build is.</summary>
    public string Output => Path.Combine(_root, "dist");

    /// <summary>Whether there is a build, of whatever age.</summary>
    public bool Exists => File.Exists(Index);

    /// <summary>Whether there is a build, and no source is newer.</summary>
    public bool IsFresh => Exists && NewestSource() <= File.GetLastWriteTimeUtc(Index);

    /// <summary>Whether it can be built here.</summary>
    public bool HasNpm => _npm is not null;

    private string Index => Path.Combine(Output, "index.html");

    /// <summary>Builds it, if it is not fresh. One process at a time does, and those that waited find it done.</summary>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <exception cref="DashboardBuildException">It failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_npm is null)
        {
            return;
        }

        try
        {
            // Before the look: what another process has half built may seem fresh already.
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
                // Without what only the build needs, as NODE_ENV=production would have it, there is no build.
                await RunAsync(npm, ["ci", "--include=dev", "--no-audit", "--no-fund"], cancellationToken);
            }

            await RunAsync(npm, ["run", "build"], cancellationToken);
            if (!Exists)
            {
                throw new DashboardBuildException($"The dashboard could not be built: `npm run build` in {_root} succeeded, but left no {Index}.", output: "");
            }

            if (NewestSource() > newest)
            {
                // What was edited meanwhile may not be in it.
                File.SetLastWriteTimeUtc(Index, newest);
            }

            built = true;
        }
        finally
        {
            // Half a build must not pass for a fresh one at the next start.
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
                $"The dashboard could not be built: `npm {string.Join(' ', arguments)}` in {_root} ended with exit code {exitCode}; what it wrote is above.",
                output);
        }
    }

    /// <summary>npm leaves its own copy of the lock file behind when it has installed what that names.</summary>
    private bool IsInstalled()
    {
        var installed = new FileInfo(Path.Combine(_root, "node_modules", ".package-lock.json"));
        return installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(_root, "package-lock.json"));
    }

    /// <summary>Directories count too: a file that was deleted leaves no other trace.</summary>
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

    /// <summary>Waits until no other process builds these sources: a file can be open for one of them only.</summary>
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

/// <summary>The dashboard was not built. The message says in a sentence why.</summary>
/// <param name="message">The sentence.</param>
/// <param name="output">What npm wrote.</param>
internal sealed class DashboardBuildException(string message, string output) : Exception(message)
{
    /// <summary>What npm wrote, if it ran.</summary>
    public string Output { get; } = output;
}
