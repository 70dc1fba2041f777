using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AdminFunctions.Management;

/// <summary>
/// Brings characters beyond the Basic Multilingual Plane (emoji, many of the Han) through the SDK unharmed. It escapes UTF-16
/// unit by unit and so makes replacement characters of them: a search for 𠮷野 finds nobody, and a deletion is one of an id that
/// nobody has, which Auth0 takes. So they are spelled out before the SDK escapes them and put back when it has.
/// </summary>
internal static partial class SupplementaryCharacters
{
    /// <summary>Characters of the private use area, which are spelled out themselves, so that nothing else can pass for a spelling.</summary>
    private const char Begin = '\uE002';
    private const char End = '\uE003';

    /// <summary>Spells such characters out.</summary>
    /// <param name="text">What goes into a path or a query; well-formed UTF-16.</param>
    public static string SpellOut(string text)
    {
        if (!text.Any(static unit => char.IsSurrogate(unit) || unit is Begin or End))
        {
            return text;
        }

        var spelled = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsBmp && rune.Value is not (Begin or End))
            {
                spelled.Append((char)rune.Value);
            }
            else
            {
                spelled.Append(CultureInfo.InvariantCulture, $"{Begin}{rune.Value:X}{End}");
            }
        }

        return spelled.ToString();
    }

    /// <summary>Puts them back.</summary>
    /// <param name="address">The address that the SDK made.</param>
    private static string PutBack(string address) =>
        Spelling().Replace(address, static match =>
            Uri.EscapeDataString(new Rune(int.Parse(match.Groups["hex"].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString()));

    // U+E002 and U+E003 in UTF-8, percent-encoded.
    [GeneratedRegex("%EE%80%82(?<hex>[0-9A-F]{4,6})%EE%80%83", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spelling();

    /// <summary>Puts them back in what it sends.</summary>
    public sealed class Handler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri?.AbsoluteUri is { } address && PutBack(address) is var restored && !ReferenceEquals(restored, address))
            {
                request.RequestUri = new Uri(restored);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
