using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdminFunctions.Telemetry;

/// <summary>Formats an administrator's own text for the log: as a JSON string, so that it cannot imitate another event, and without
/// email addresses.</summary>
internal static partial class AuditedText
{
    /// <summary>Returns the text in quotation marks.</summary>
    public static string Of(string text) =>
        $"\"{JsonEncodedText.Encode(Address().Replace(text, "(address)"), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    [GeneratedRegex("""[^\s"'():@]+@[^\s"'():@]+""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
