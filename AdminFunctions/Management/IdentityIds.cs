using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Auth0.ManagementApi;

namespace AdminFunctions.Management;

/// <summary>
/// Brings the ids of identities through the SDK unharmed. The SDK takes every one that looks like a 32-bit number for one, so
/// that the string <c>"0012"</c> becomes 12, and it cannot read a page with a greater number in it. So such ids are marked
/// before the SDK reads the page and unmarked when it has.
/// </summary>
internal static partial class IdentityIds
{
    /// <summary>Characters of the private use area, which no id has: what follows was a number, or a string of digits.</summary>
    private const char NumberMark = '\uE000';
    private const char TextMark = '\uE001';

    /// <summary>The id as Auth0 gave it.</summary>
    /// <param name="id">What the SDK made of it.</param>
    /// <returns>Its text, and whether it is a JSON number.</returns>
    public static (string Text, bool IsNumber) Read(UserId id)
    {
        var text = Convert.ToString(id.Value, CultureInfo.InvariantCulture) ?? "";
        return text is [NumberMark or TextMark, ..] ? (text[1..], text[0] is NumberMark) : (text, id.IsInt());
    }

    /// <summary>Marks such ids in an answer of the Management API.</summary>
    /// <param name="json">The answer.</param>
    public static string Mark(string json) =>
        LooksLikeNumber().Replace(json, static match =>
            match.Groups["number"] is { Success: true, Value: var number }
                ? $"\"user_id\":\"{NumberMark}{number}\""
                : $"\"user_id\":\"{TextMark}{match.Groups["text"].Value}\"");

    // A user's own user_id has a bar in it and is never meant.
    [GeneratedRegex("""
        "user_id"\s*:\s*(?:(?<number>-?[0-9]+)(?![0-9.eE])|"(?<text>\s*[+-]?[0-9]+\s*)")
        """, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LooksLikeNumber();

    /// <summary>Marks the ids in what it receives.</summary>
    public sealed class Handler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode && request.Method == HttpMethod.Get)
            {
                var json = await response.Content.ReadAsStringAsync(cancellationToken);
                var marked = Mark(json);
                if (!ReferenceEquals(json, marked))
                {
                    response.Content.Dispose();
                    response.Content = new StringContent(marked, Encoding.UTF8, "application/json");
                }
            }

            return response;
        }
    }
}
