using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AdminFunctions.Users;

/// <summary>
/// Ids as the audit trail has them. One of plain characters stands there as it is; any other may be an e-mail address or a name
/// (ids of enterprise connections often are), or try to look like a part of the trail: of it there is the SHA-256, by which
/// whoever knows the id finds it again.
/// </summary>
internal static partial class AuditedId
{
    /// <summary>What stands for an id.</summary>
    public static string Of(string id) =>
        Plain().IsMatch(id) ? id : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";

    /// <summary>What stands for a route value that may be no id: nothing, then.</summary>
    public static string OfRoute(string routeValue) => Auth0UserId.TryParse(routeValue, out var id) ? Of(id.Value) : "-";

    /// <summary>A user's id, a client's, or a machine's <c>sub</c>, which is no e-mail address in spite of its <c>@clients</c>.</summary>
    [GeneratedRegex(@"\A([A-Za-z0-9_.:+~/=|-]{1,255}|[A-Za-z0-9_-]{1,64}@clients)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();
}
