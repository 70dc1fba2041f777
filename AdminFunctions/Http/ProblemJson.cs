using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace AdminFunctions.Http;

/// <summary>Problem details as JSON, where they are no answer of their own.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string[]>))]
[JsonSerializable(typeof(int))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>Details stay readable: they are JSON and never sniffed for anything else.</summary>
    public static ProblemJson Unescaped => field ??=
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
