namespace AdminFunctions.Tests.Infra;

/// <summary>The files of the checkout that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>The absolute path of a file or a folder.</summary>
    /// <param name="path">Its path from the root, with slashes.</param>
    public static string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>The text of a file, with line breaks as on Linux.</summary>
    /// <param name="path">Its path from the root, with slashes.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>Whether a file or a folder exists.</summary>
    /// <param name="path">Its path from the root, with slashes.</param>
    public static bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>The sorted paths of the files in a folder, from the root, with slashes.</summary>
    /// <param name="folder">The folder's path from the root.</param>
    /// <param name="pattern">The pattern of the file names.</param>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AdminFunctions.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No AdminFunctions.sln above {AppContext.BaseDirectory}.");
    }
}
