using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AdminFunctions.Telemetry;

/// <summary>
/// IDs as the log has them. An ID of plain characters is logged as it is. Any other may be an e-mail address or a name (IDs of
/// enterprise connections often are) or imitate a part of the audit trail; the log has its SHA-256, by which you can find an ID that
/// you know.
/// </summary>
internal static partial class AuditedId
{
    /// <summary>The ID, or <c>sha256:</c> and its hash in hex.</summary>
    public static string Of(string id) =>
        Plain().IsMatch(id) ? id : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";

    /// <summary>A user's or a client's ID, or a machine's <c>sub</c>, which is no e-mail address in spite of its <c>@clients</c>.</summary>
    [GeneratedRegex(
        @"\A([A-Za-z0-9_.:+~/=|-]{1,255}|[A-Za-z0-9_-]{1,64}@clients)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();
}
