using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AdminFunctions.Users;

/// <summary>
/// An Auth0 user id: a provider, a bar, and what identifies the user there, in one part or more
/// (https://auth0.com/docs/manage-users/user-accounts/identify-users).
/// </summary>
public static partial class UserId
{
    /// <summary>The longest id that is taken, in characters.</summary>
    public const int LongestInCharacters = 255;

    /// <summary>Reads an id out of a route.</summary>
    /// <param name="routeValue">
    /// The value as the host hands it over: decoded, but for the slash, so that a <c>%2F</c> left in it means <c>/</c>, and but
    /// for what is no UTF-8: a <c>%FF</c> left in it may be the text of an id, or rubbish that must not pass for it.
    /// </param>
    /// <returns>The id.</returns>
    /// <exception cref="InvalidRequestException">This cannot be an id.</exception>
    public static string Parse(string routeValue)
    {
        var id = routeValue.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var fault =
            id.Length > LongestInCharacters ? $"A user id has at most {LongestInCharacters} characters."
            : id.EnumerateRunes().Any(static rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar) || NoUtf8().IsMatch(id) ? "A user id has no control characters and is valid UTF-8."
            : id.EnumerateRunes().Any(static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format)
                ? "A user ID has no invisible formatting characters, such as a zero-width space."
            : id != id.Trim() ? "A user ID has no white space before or after it."
            : !id.Contains('|', StringComparison.Ordinal) ? "A user id has a bar, as in auth0|5f7c8ec7c33c6c004bbafe82: send it percent-encoded, as auth0%7C5f7c8ec7c33c6c004bbafe82."
            : id.Split('|').Any(string.IsNullOrWhiteSpace) ? "A user id has something before and after each bar, as in auth0|5f7c8ec7c33c6c004bbafe82."
            : null;

        return fault is null
            ? id
            : throw new InvalidRequestException(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["id"] = [fault] });
    }

    [GeneratedRegex("%[89A-F][0-9A-F]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NoUtf8();
}
