using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AdminFunctions.Management;

/// <summary>
/// Preserves characters outside the Basic Multilingual Plane (emoji, many Han characters) in the addresses of requests. The SDK escapes
/// each UTF-16 code unit separately, which turns them into replacement characters: a search for 𠮷野 finds nobody, and Auth0 accepts the
/// deletion of an ID that does not exist. So these characters are written as hex numbers before the SDK escapes the text, and restored
/// afterwards.
/// </summary>
internal static partial class SupplementaryCharacters
{
    /// <summary>The delimiters, from the private use area. They are written as hex numbers too, so that no text can imitate one.</summary>
    private const char Begin = '\uE002';
    private const char End = '\uE003';

    /// <summary>Writes these characters as hex numbers.</summary>
    /// <param name="text">The text for a path or a query, in well-formed UTF-16.</param>
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

    /// <summary>Restores the characters.</summary>
    /// <param name="address">The address from the SDK.</param>
    private static string PutBack(string address) =>
        Spelling().Replace(address, static match => Uri.EscapeDataString(RuneOf(match.Groups["hex"].Value).ToString()));

    private static Rune RuneOf(string hex) => new(int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    // U+E002 and U+E003 in UTF-8, percent-encoded.
    [GeneratedRegex(
        "%EE%80%82(?<hex>[0-9A-F]{4,6})%EE%80%83",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spelling();

    /// <summary>Restores the characters in the address of each request.</summary>
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
