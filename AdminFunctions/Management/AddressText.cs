using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;

namespace AdminFunctions.Management;

/// <summary>
/// Preserves text outside ASCII in the addresses of requests. The SDK escapes each UTF-16 code unit separately, which turns an emoji or a
/// rare Han character into replacement characters: a search for 𠮷野 finds nobody, and Auth0 accepts the deletion of an ID that does not
/// exist. And it reserves three characters for each, while é takes six and 語 nine: a long ID or search ends in an exception. So such text
/// is written in base64url before the SDK escapes it, and restored afterwards.
/// </summary>
internal static partial class AddressText
{
    /// <summary>The delimiter. Text that contains it is written in base64url too, so that no text can imitate one.</summary>
    private const char Delimiter = '^';

    /// <summary>Writes text outside ASCII in base64url.</summary>
    /// <param name="text">The text for a path or a query, in well-formed UTF-16.</param>
    public static string SpellOut(string text) => Ascii.IsValid(text) && !text.Contains(Delimiter, StringComparison.Ordinal)
        ? text
        : $"{Delimiter}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text))}{Delimiter}";

    /// <summary>Restores the text.</summary>
    /// <param name="address">The address from the SDK.</param>
    private static string PutBack(string address) => Spelling().Replace(
        address, static match => Uri.EscapeDataString(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(match.Groups["text"].ValueSpan))));

    // The delimiter, percent-encoded.
    [GeneratedRegex(
        "%5E(?<text>[A-Za-z0-9_-]+)%5E",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spelling();

    /// <summary>Restores the text in the address of each request.</summary>
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
