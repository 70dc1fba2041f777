using AdminFunctions.LocalHost.Dashboard;

namespace AdminFunctions.Tests.LocalHost;

/// <summary>Sources of a dashboard in a separate directory, and an npm that is a shell script.</summary>
internal sealed class DashboardSources : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("admin-functions-dashboard-");

    public DashboardSources()
    {
        Directory.CreateDirectory(Tools);
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "nothing"));
        foreach (var source in (string[])["package.json", "package-lock.json", "src/main.ts", "src/api.ts"])
        {
            Write(source, "{}");
        }

        // Long ago, so that a test can choose which files are newer.
        foreach (var entry in new DirectoryInfo(Root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            entry.LastWriteTimeUtc = Begin;
        }
    }

    /// <summary>When the sources were written.</summary>
    public static DateTime Begin { get; } = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public string Root => Path.Combine(_directory.FullName, "dashboard");

    /// <summary>A PATH without npm.</summary>
    public string NoNpm => Path.Combine(_directory.FullName, "nothing");

    /// <summary>The options for any free port.</summary>
    public DashboardOptions Options => new() { Port = 0, Root = Root, SearchPath = Tools };

    /// <summary>The arguments of npm, one line per call.</summary>
    public IReadOnlyList<string> NpmCalls => File.Exists(Tool("calls")) ? File.ReadAllLines(Tool("calls")) : [];

    /// <summary>The directory with npm, if there is one.</summary>
    public string Tools => Path.Combine(_directory.FullName, "tools");

    /// <summary>Adds an npm that builds a page with the text "Built by npm".</summary>
    public void InstallNpm()
    {
        var npm = Tool("npm");
        File.WriteAllText(npm, """
            #!/bin/sh
            tools=${0%/*}
            echo "$*" >> "$tools/calls"
            if [ "$1" = ci ]; then
              mkdir -p node_modules
              : > node_modules/.package-lock.json
            else
              mkdir -p dist/assets
              [ -e "$tools/forgets" ] || echo '<p>Built by npm</p>' > dist/index.html
              # As npm does, in a shell of its own.
              sh -c 'echo $$ > "$0/pid.new"; mv "$0/pid.new" "$0/pid"; while [ -e "$0/hold" ]; do sleep 0.05; done' "$tools"
            fi
            if [ -e "$tools/fails at $1" ]; then
              echo "Nothing $1 can do"
              echo "What a pity" >&2
              exit 3
            fi
            """.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Makes npm wait before it ends a build.</summary>
    public void HoldNpm() => File.WriteAllText(Tool("hold"), "");

    public void LetNpmGo() => File.Delete(Tool("hold"));

    /// <summary>Makes npm fail at <c>ci</c> or <c>run</c>.</summary>
    public void LetNpmFailAt(string command) => File.WriteAllText(Tool($"fails at {command}"), "");

    /// <summary>Makes npm succeed without a page.</summary>
    public void LetNpmForgetThePage() => File.WriteAllText(Tool("forgets"), "");

    /// <summary>Waits until a build is running.</summary>
    /// <returns>The ID of the process that npm started.</returns>
    public async Task<int> NpmRunsAsync()
    {
        await Until(() => File.Exists(Tool("pid")));
        return int.Parse(await File.ReadAllTextAsync(Tool("pid")));
    }

    /// <summary>Waits for a condition.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Writes a file, by default one day after the sources.</summary>
    public void Write(string file, string content, double days = 1)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, Begin.AddDays(days));
    }

    /// <summary>Adds a build, with the same time as <see cref="Write"/>.</summary>
    public void WriteBuild(double days = 1)
    {
        Write("dist/assets/index-B1x_-9Zq.js", "export {};", days);
        Write("dist/favicon.svg", "<svg/>", days);
        Write("dist/config.json", """{"domain":"built in"}""", days);
        Write("dist/index.html", "<p>Built before</p>", days);
    }

    /// <summary>Pretends that npm has installed the packages, by default one day after the lock file.</summary>
    public void WriteInstalled(double days = 1) => Write("node_modules/.package-lock.json", "{}", days);

    public void Dispose() => _directory.Delete(recursive: true);

    private string Tool(string name) => Path.Combine(Tools, name);
}

/// <summary>A test whose npm is a shell script.</summary>
internal sealed class ShellFactAttribute : FactAttribute
{
    public ShellFactAttribute() => Skip = ShellScripts.Skip;
}

/// <inheritdoc cref="ShellFactAttribute"/>
internal sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute() => Skip = ShellScripts.Skip;
}

file static class ShellScripts
{
    public static string? Skip => OperatingSystem.IsWindows() ? "npm's place is taken by a shell script, which Windows does not run." : null;
}
