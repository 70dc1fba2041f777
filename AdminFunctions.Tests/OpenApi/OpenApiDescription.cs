using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdminFunctions.Tests.Infra;
using Json.Schema;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace AdminFunctions.Tests.OpenApi;

/// <summary>The API's own description, <c>openapi.yaml</c>.</summary>
internal static class OpenApiDescription
{
    private static readonly ConcurrentDictionary<(string Operation, string Status, string MediaType), JsonSchema> Schemas = new();

    static OpenApiDescription()
    {
        Text = Repository.Read("AdminFunctions/openapi.yaml");
        var settings = new OpenApiReaderSettings();
        settings.AddYamlReader();
        var result = OpenApiDocument.Parse(Text, "yaml", settings);
        Diagnostic = result.Diagnostic ?? new OpenApiDiagnostic();
        Document = result.Document ?? throw new InvalidDataException($"openapi.yaml cannot be read: {string.Join(' ', Diagnostic.Errors)}");
        Operations =
        [
            .. from path in Document.Paths
               from operation in path.Value.Operations ?? []
               select new DescribedOperation(operation.Key.Method, path.Key, operation.Value),
        ];
        Definitions = new JsonObject();
        foreach (var (name, schema) in Document.Components!.Schemas!)
        {
            Definitions[name] = ToJson(schema);
        }
    }

    public static string Text { get; }

    public static OpenApiDocument Document { get; }

    public static OpenApiDiagnostic Diagnostic { get; }

    public static IReadOnlyList<DescribedOperation> Operations { get; }

    private static JsonObject Definitions { get; }

    /// <summary>The operation that a request is for; null for none. The path with the most literal segments wins.</summary>
    public static DescribedOperation? Find(HttpMethod method, Uri address) =>
        Operations.Where(operation => operation.Method == method.Method && operation.Matches(address)).MinBy(static operation => operation.Placeholders);

    /// <summary>What is wrong with a body, in sentences; none if it is as described.</summary>
    public static IReadOnlyList<string> FaultsOf(JsonElement body, DescribedOperation operation, string status, string mediaType, IOpenApiSchema schema)
    {
        var compiled = Schemas.GetOrAdd((operation.Value.OperationId!, status, mediaType), _ => Compile(schema));
        var results = compiled.Evaluate(body, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return results.IsValid
            ? []
            : [.. (results.Details ?? []).Where(static detail => detail.Errors is not null)
                .SelectMany(static detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"))];
    }

    private static JsonSchema Compile(IOpenApiSchema schema)
    {
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["allOf"] = new JsonArray(ToJson(schema)),
            ["$defs"] = Definitions.DeepClone(),
        };

        // The library's global registry loses schemas that several tests build at once.
        return JsonSchema.FromText(root.ToJsonString(), new BuildOptions { SchemaRegistry = new SchemaRegistry() });
    }

    private static JsonNode ToJson(IOpenApiSchema schema)
    {
        using var text = new StringWriter();
        schema.SerializeAsV31(new OpenApiJsonWriter(text));
        return JsonNode.Parse(text.ToString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!;
    }
}

/// <summary>An operation of the description.</summary>
/// <param name="Path">The path template, such as <c>/users/{id}</c>.</param>
internal sealed record DescribedOperation(string Method, string Path, OpenApiOperation Value)
{
    private readonly string[] _segments = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public int Placeholders => _segments.Count(static segment => segment.StartsWith('{'));

    public bool Matches(Uri address) =>
        address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["api", .. var segments]
        && segments.Length == _segments.Length
        && segments.Zip(_segments).All(static pair => pair.Second.StartsWith('{') || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
}
