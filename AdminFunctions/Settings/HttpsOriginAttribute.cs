using System.ComponentModel.DataAnnotations;
using System.Text;

namespace AdminFunctions.Settings;

/// <summary>
/// Accepts an https URL that consists of a host and, optionally, a port. It is parsed by <see cref="Uri"/>, as it is when it is used: a
/// regular expression accepts what <see cref="Uri"/> then rejects, such as a port over 65535. An empty value is valid, as in every
/// <see cref="ValidationAttribute"/> except <see cref="RequiredAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpsOriginAttribute : ValidationAttribute
{
    /// <summary>In characters (RFC 1035, section 2.3.4, without the length bytes).</summary>
    private const int LongestHost = 253;

    /// <summary>Whether the value is the host and port alone, without <c>https://</c> and the slash at the end.</summary>
    public bool IsHostAlone { get; init; }

    /// <summary>
    /// Whether the value is part of identifiers, which are compared character by character. Then only its normal form is valid: in lower
    /// case, without the default port, with the slash at the end.
    /// </summary>
    public bool IsIdentifier { get; init; }

    /// <summary>How many values there may be, separated by commas.</summary>
    public int MaxCount { get; init; } = 1;

    /// <inheritdoc />
    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text
        || (text.Replace(", ", ",", StringComparison.Ordinal).Split(',') is var values
            && values.Length <= MaxCount
            && values.All(origin => IsOrigin(IsHostAlone ? $"https://{origin}/" : origin)));

    private bool IsOrigin(string address) =>
        Ascii.IsValid(address)
        && !address.AsSpan().ContainsAnyInRange('\0', ' ')
        && !address.AsSpan().ContainsAny("\\%?#")
        && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
        && uri.Host.Length <= LongestHost
        && !uri.Host.EndsWith('.')
        && uri.Port > 0
        && uri.UserInfo.Length is 0
        && uri.AbsolutePath is "/"
        && (!IsIdentifier || uri.AbsoluteUri == address);
}
