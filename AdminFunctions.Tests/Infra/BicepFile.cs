using System.Text.RegularExpressions;

namespace AdminFunctions.Tests.Infra;

/// <summary>
/// What these tests need to know of a Bicep file. It reads the form that infra/ is written in (declarations start a line,
/// what belongs to them is indented) and is no parser: eng/bicep-parse is one.
/// </summary>
internal sealed partial class BicepFile
{
    private BicepFile(string path)
    {
        Path = path;
        Text = Comments().Replace(Repository.Read(path), "");
        Declarations =
        [
            .. DeclarationPattern().Matches(Text).Select(match => new BicepDeclaration(
                match.Groups["kind"].Value, match.Groups["name"].Value, match.Groups["decorators"].Value, match.Groups["body"].Value)),
        ];
    }

    /// <summary>All templates under infra/.</summary>
    public static IReadOnlyList<BicepFile> All { get; } = [.. Repository.Files("infra", "*.bicep").Select(path => new BicepFile(path))];

    /// <summary>The template that is deployed.</summary>
    public static BicepFile Main { get; } = Named("infra/main.bicep");

    public string Path { get; }

    /// <summary>The file without its comments.</summary>
    public string Text { get; }

    public IReadOnlyList<BicepDeclaration> Declarations { get; }

    public IEnumerable<BicepDeclaration> Parameters => Declarations.Where(declaration => declaration.Kind == "param");

    public IEnumerable<BicepDeclaration> Modules => Declarations.Where(declaration => declaration.Kind == "module");

    public IEnumerable<BicepDeclaration> Resources => Declarations.Where(declaration => declaration.Kind == "resource");

    public IEnumerable<BicepDeclaration> Outputs => Declarations.Where(declaration => declaration.Kind == "output");

    public static BicepFile Named(string path) =>
        All.SingleOrDefault(file => file.Path == path) ?? throw new FileNotFoundException($"No template {path}.");

    /// <summary>The names and expressions of the app settings that the function app is given.</summary>
    public static IReadOnlyDictionary<string, string> AppSettings()
    {
        var block = AppSettingsPattern().Match(Named("infra/modules/function-app.bicep").Text);
        block.Success.ShouldBeTrue("function-app.bicep has no child resource config named appsettings");
        return PropertyPattern().Matches(block.Groups["properties"].Value)
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
    }

    public override string ToString() => Path;

    [GeneratedRegex(@"^ *//.*\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^(?<decorators>(@.*\n)*)(?<kind>param|var|resource|module|output) (?<name>\w+)(?<body>.*(\n([ })\]].*)?)*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DeclarationPattern();

    [GeneratedRegex(@"name: 'appsettings'\n    properties: \{\n(?<properties>(      .*\n|\n)*)    \}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AppSettingsPattern();

    [GeneratedRegex(@"^ +(?<name>\w+): (?<value>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PropertyPattern();
}

/// <summary>A declaration at the top of a Bicep file.</summary>
/// <param name="Kind">param, var, resource, module or output.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Decorators">What stands above it.</param>
/// <param name="Body">What stands behind its name, to its end.</param>
internal sealed partial record BicepDeclaration(string Kind, string Name, string Decorators, string Body)
{
    /// <summary>Whether it holds a secret.</summary>
    public bool IsSecure => Decorators.Contains("@secure()", StringComparison.Ordinal);

    /// <summary>Of a parameter: whether it may be left out.</summary>
    public bool HasDefault => Body.Contains('=', StringComparison.Ordinal);

    /// <summary>Of a module or a resource: what stands in quotes behind its name, a path or a type.</summary>
    public string Target => TargetPattern().Match(Body).Groups["target"].Value;

    /// <summary>Of a module: the parameters that it is given.</summary>
    public IReadOnlyList<string> Arguments =>
        [.. ArgumentPattern().Matches(ParamsPattern().Match(Body).Groups["params"].Value).Select(match => match.Groups["name"].Value)];

    [GeneratedRegex(@"^ '(?<target>[^']+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TargetPattern();

    [GeneratedRegex(@"\n  params: \{\n(?<params>(    .*\n)*)  \}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ParamsPattern();

    [GeneratedRegex(@"^    (?<name>\w+):", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ArgumentPattern();
}
