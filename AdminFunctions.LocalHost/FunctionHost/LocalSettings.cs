using System.Text.Json;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>
/// The settings that Core Tools reads: host.json and local.settings.json in the root directory of the function app. Comments and
/// trailing commas are allowed, as in Core Tools. Without these files, the defaults apply.
/// </summary>
internal sealed record LocalSettings
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The path of local.settings.json; null if there is none.</summary>
    public string? Path { get; private init; }

    /// <summary>The app settings (<c>Values</c>). Environment variables override them.</summary>
    public IReadOnlyDictionary<string, string> Values { get; private init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The port of the functions (<c>Host.LocalHttpPort</c>); null if not set.</summary>
    public int? LocalHttpPort { get; private init; }

    /// <summary>The other settings in the section <c>Host</c>, and the route prefix in host.json.</summary>
    public FunctionHostOptions Host { get; private init; } = new();

    /// <summary>Reads the files in the given directory, or in its nearest parent that has one of them.</summary>
    /// <param name="startDirectory">Usually the working directory.</param>
    /// <exception cref="FunctionHostException">A file is malformed or encrypted. No message contains a value.</exception>
    public static LocalSettings Read(string startDirectory)
    {
        for (var directory = new DirectoryInfo(startDirectory); directory is not null; directory = directory.Parent)
        {
            var host = System.IO.Path.Combine(directory.FullName, "host.json");
            var settings = System.IO.Path.Combine(directory.FullName, "local.settings.json");
            if (!File.Exists(host) && !File.Exists(settings))
            {
                continue;
            }

            var faults = new List<string>();
            var read = ReadSettings(settings, ReadRoutePrefix(host, faults), faults);
            return faults.Count == 0 ? read : throw new FunctionHostException(faults);
        }

        return new();
    }

    private static string? ReadRoutePrefix(string path, List<string> faults)
    {
        using var document = Parse(path, faults);
        var file = new Section(document?.RootElement, "", path, faults);
        return file["extensions"]["http"]["routePrefix"].Text();
    }

    private static LocalSettings ReadSettings(string path, string? routePrefix, List<string> faults)
    {
        using var document = Parse(path, faults);
        var file = new Section(document?.RootElement, "", path, faults);
        var host = file["Host"];
        var read = new LocalSettings
        {
            Path = document is null ? null : path,
            Values = ReadValues(file["Values"], path, faults),
            LocalHttpPort = host["LocalHttpPort"].Port(),
            Host = new()
            {
                RoutePrefix = routePrefix ?? new FunctionHostOptions().RoutePrefix,
                CorsOrigins = host["CORS"].Text()?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [],
                CorsCredentials = host["CORSCredentials"].Flag() ?? false,
            },
        };
        // The default is true, so a file without the property counts as encrypted.
        if (read.Values.Count > 0 && (file["IsEncrypted"].Flag() ?? true))
        {
            faults.Add(
                $"{path}: its Values are marked as encrypted. Run `func settings decrypt`. "
                + "If they are plain text, add \"IsEncrypted\": false.");
        }

        return read;
    }

    private static Dictionary<string, string> ReadValues(Section values, string path, List<string> faults)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in values.Properties())
        {
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object or JsonValueKind.Array:
                    faults.Add(
                        $"{path}: Values.{property.Name} is nested, but Values must contain strings. "
                        + $"Write \"{property.Name}__Key\": \"value\" for each.");
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    read[property.Name] = property.Value.ToString();
                    break;
            }
        }

        return read;
    }

    private static JsonDocument? Parse(string path, List<string> faults)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(File.ReadAllText(path), Lenient);
        }
        catch (JsonException malformed)
        {
            faults.Add($"{path}, line {malformed.LineNumber + 1}: not valid JSON: {malformed.Message.Split(" LineNumber:")[0]}");
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path}: cannot be read: {unreadable.Message}");
            return null;
        }
    }

    /// <summary>An optional element. If its type is wrong, that is a fault.</summary>
    private readonly record struct Section(JsonElement? Element, string Name, string Path, List<string> Faults)
    {
        public Section this[string name] => new(
            Properties().Where(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(property => (JsonElement?)property.Value).LastOrDefault(),
            Name.Length == 0 ? name : $"{Name}.{name}", Path, Faults);

        public IEnumerable<JsonProperty> Properties() => Element switch
        {
            null or { ValueKind: JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.Object } properties => properties.EnumerateObject(),
            _ => Fault<IEnumerable<JsonProperty>>("an object, { … }") ?? [],
        };

        public string? Text() => Element switch
        {
            null or { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            _ => Fault<string>("a string"),
        };

        public bool? Flag() => Element?.ToString() switch
        {
            null or "" => null,
            var text when bool.TryParse(text, out var value) => value,
            _ => Fault<bool?>("true or false"),
        };

        public int? Port() => Element?.ToString() switch
        {
            null or "" => null,
            var text when ushort.TryParse(text, out var value) => value,
            _ => Fault<int?>("a port, such as 7071"),
        };

        private T? Fault<T>(string good)
        {
            var fault = $"{Path}: {(Name.Length == 0 ? "the file" : Name)} must be {good}.";
            if (!Faults.Contains(fault, StringComparer.Ordinal))
            {
                Faults.Add(fault);
            }

            return default;
        }
    }
}
