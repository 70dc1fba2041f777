using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AdminFunctions.Telemetry;

/// <summary>
/// Formats IDs for the log. An ID of plain characters is logged unchanged. Any other ID may be an email address or a name, as in many
/// enterprise connections, or imitate a part of the audit trail, so its SHA-256 is logged. You can still find an ID that you know.
/// </summary>
internal static partial class AuditedId
{
    /// <summary>Returns the ID, or <c>sha256:</c> and its hash in hex.</summary>
    public static string Of(string id) =>
        Plain().IsMatch(id) ? id : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";

    /// <summary>
    /// The ID of a user or client, or the <c>sub</c> of a machine, which ends with <c>@clients</c> but is not an email address.
    /// </summary>
    [GeneratedRegex(
        @"\A([A-Za-z0-9_.:+~/=|-]{1,255}|[A-Za-z0-9_-]{1,64}@clients)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();
}
