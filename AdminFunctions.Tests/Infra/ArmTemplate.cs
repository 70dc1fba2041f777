using System.Text.Json;

namespace AdminFunctions.Tests.Infra;

/// <summary>A template of infra/ as ARM JSON. The build of these tests compiles it (eng/bicep).</summary>
internal sealed class ArmTemplate
{
    private const string Folder = "artifacts/infra/";

    private static readonly Lazy<IReadOnlyList<ArmTemplate>> Compiled = new(() =>
        [.. Repository.Files("infra", "*.bicep").Select(path => new ArmTemplate(path))]);

    private readonly JsonElement _json;

    private ArmTemplate(string path)
    {
        Path = path;
        Text = Repository.Read(System.IO.Path.ChangeExtension(path, ".json").Replace("infra/", Folder, StringComparison.Ordinal));
        _json = JsonElement.Parse(Text);
    }

    /// <summary>All templates under infra/.</summary>
    public static IReadOnlyList<ArmTemplate> All => Compiled.Value;

    /// <summary>The template that is deployed.</summary>
    public static ArmTemplate Main => All.Single(template => template.Path == "infra/main.bicep");

    /// <summary>The path of the Bicep file.</summary>
    public string Path { get; }

    /// <summary>The ARM JSON. It includes that of the modules.</summary>
    public string Text { get; }

    /// <summary>The schema, which depends on the scope of the deployment.</summary>
    public string Schema => _json.GetProperty("$schema").GetString()!;

    /// <summary>The compiler's hash of the template, which is also in every template that uses it as a module.</summary>
    public string Hash => HashOf(_json);

    public IReadOnlyList<ArmParameter> Parameters =>
        [.. Named(_json, "parameters").Select(parameter => new ArmParameter(
            parameter.Name,
            parameter.Value.TryGetProperty("type", out var type) ? type.GetString()! : parameter.Value.GetProperty("$ref").GetString()!,
            parameter.Value.TryGetProperty("defaultValue", out var value) ? value : null))];

    /// <summary>The names and expressions of the outputs.</summary>
    public IReadOnlyDictionary<string, string> Outputs =>
        Named(_json, "outputs").ToDictionary(output => output.Name, output => output.Value.GetProperty("value").GetString()!, StringComparer.Ordinal);

    /// <summary>The names and values of the variables.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables =>
        Named(_json, "variables").ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);

    /// <summary>The resources and modules of the template, without those inside modules.</summary>
    public IReadOnlyList<JsonElement> Resources => ResourcesOf(_json);

    /// <summary>The hashes of all used modules, at any depth.</summary>
    public IEnumerable<string> ModuleHashes => ModulesOf(_json).Select(HashOf);

    /// <summary>Every string in the template and its modules, including expressions, with its path.</summary>
    public IEnumerable<(string Path, string Text)> Strings => StringsOf(_json, "");

    public override string ToString() => Path;

    private static JsonElement.ObjectEnumerator Named(JsonElement json, string section) =>
        json.TryGetProperty(section, out var value) ? value.EnumerateObject() : default;

    /// <summary>An object by name in the newer language version, an array in the older one.</summary>
    private static IReadOnlyList<JsonElement> ResourcesOf(JsonElement json)
    {
        var resources = json.GetProperty("resources");
        return resources.ValueKind == JsonValueKind.Array
            ? [.. resources.EnumerateArray()]
            : [.. resources.EnumerateObject().Select(resource => resource.Value)];
    }

    private static IEnumerable<JsonElement> ModulesOf(JsonElement json)
    {
        foreach (var resource in ResourcesOf(json).Where(resource => resource.GetProperty("type").GetString() == "Microsoft.Resources/deployments"))
        {
            var module = resource.GetProperty("properties").GetProperty("template");
            yield return module;
            foreach (var inner in ModulesOf(module))
            {
                yield return inner;
            }
        }
    }

    private static string HashOf(JsonElement json) =>
        json.GetProperty("metadata").GetProperty("_generator").GetProperty("templateHash").GetString()!;

    private static IEnumerable<(string Path, string Text)> StringsOf(JsonElement json, string path) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property => StringsOf(property.Value, $"{path}/{property.Name}")),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(item => StringsOf(item, path)),
        JsonValueKind.String => [(path, json.GetString()!)],
        _ => [],
    };
}

/// <summary>A parameter of a template.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">string, securestring, int, bool, object, array, or a reference to a type.</param>
/// <param name="Default">The default value; null if the parameter is required.</param>
internal sealed record ArmParameter(string Name, string Type, JsonElement? Default)
{
    /// <summary>Whether it is a secret, which ARM does not store in the deployment history.</summary>
    public bool IsSecure => Type.StartsWith("secure", StringComparison.OrdinalIgnoreCase);
}
