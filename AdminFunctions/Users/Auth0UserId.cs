using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace AdminFunctions.Users;

/// <summary>
/// A well-formed Auth0 user ID: a provider, a vertical bar, and one or more parts that identify the user there
/// (https://auth0.com/docs/manage-users/user-accounts/identify-users). Whether such a user exists is another matter.
/// </summary>
public sealed partial record Auth0UserId
{
    /// <summary>The length of the longest ID, in characters.</summary>
    public const int MaxLength = 255;

    private const string NotText = "A user ID contains no control characters and is valid UTF-8.";

    private Auth0UserId(string value) => Value = value;

    /// <summary>The ID, decoded, such as <c>auth0|5f7c8ec7c33c6c004bbafe82</c>.</summary>
    public string Value { get; }

    /// <summary>Reads an ID from a route.</summary>
    /// <param name="routeValue">
    /// The ID in one of two forms. The first is <c>~</c> and the base64url (RFC 4648, section 5) of the ID in UTF-8, without padding. No
    /// proxy changes this form. The second is the ID as the Functions host passes it: decoded except for slashes and for bytes that are not
    /// UTF-8. A remaining <c>%2F</c> is a slash. A remaining <c>%FF</c> may be part of an ID or an invalid byte, so it is refused.
    /// </param>
    /// <exception cref="InvalidRequestException">The value cannot be an ID.</exception>
    public static Auth0UserId Parse(string routeValue)
    {
        var (id, fault) = Read(routeValue);
        return fault is null
            ? new(id)
            : throw new InvalidRequestException("id", fault);
    }

    /// <inheritdoc cref="Parse"/>
    /// <returns>Whether the value can be an ID.</returns>
    public static bool TryParse(string routeValue, [NotNullWhen(true)] out Auth0UserId? userId)
    {
        var (id, fault) = Read(routeValue);
        userId = fault is null ? new(id) : null;
        return userId is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static (string Id, string? Fault) Read(string routeValue)
    {
        if (routeValue is ['~', .. var encoded] && !encoded.Contains('|', StringComparison.Ordinal))
        {
            return Decode(encoded) is { } decoded
                ? (decoded, FaultOf(decoded))
                : ("", "After ~, a user ID is in base64url (RFC 4648, section 5) of its UTF-8, without padding.");
        }

        var id = routeValue.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return (id, InvalidUtf8().IsMatch(id) ? NotText : FaultOf(id));
    }

    /// <summary>Decodes base64url; <see langword="null"/> if it is not the only way to encode some UTF-8.</summary>
    private static string? Decode(string encoded)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        var status = Base64Url.DecodeFromChars(encoded, bytes, out _, out var length);
        var decoded = bytes.AsSpan(0, length);

        // The decoder accepts padding and white space, the encoder writes neither.
        return status is OperationStatus.Done
            && Base64Url.EncodeToString(decoded).Equals(encoded, StringComparison.Ordinal)
            && Utf8.IsValid(decoded)
            ? Encoding.UTF8.GetString(decoded)
            : null;
    }

    private static string? FaultOf(string id) =>
        id.Length > MaxLength ? $"A user ID has at most {MaxLength} characters."
        : id.EnumerateRunes().Any(static rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar) ? NotText
        : id.EnumerateRunes().Any(static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format)
            ? "A user ID contains no invisible formatting characters, such as a zero-width space."
        : id != id.Trim() ? "A user ID does not begin or end with white space."
        : !id.Contains('|', StringComparison.Ordinal)
            ? "A user ID contains a vertical bar (|), as in auth0|5f7c8ec7c33c6c004bbafe82. "
                + "In an address it is percent-encoded: auth0%7C5f7c8ec7c33c6c004bbafe82."
        : id.Split('|').Any(string.IsNullOrWhiteSpace)
            ? "A user ID has text before and after each vertical bar (|), as in auth0|5f7c8ec7c33c6c004bbafe82."
        : null;

    [GeneratedRegex("%[89A-F][0-9A-F]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InvalidUtf8();
}
