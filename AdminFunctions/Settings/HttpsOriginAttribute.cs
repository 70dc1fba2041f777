using System.ComponentModel.DataAnnotations;
using System.Text;

namespace AdminFunctions.Settings;

/// <summary>
/// Accepts the address of an https server with nothing behind host and port, as <see cref="Uri"/> reads it, which is what reads it
/// when it is used. An empty value passes: <see cref="RequiredAttribute"/> is for that.
/// </summary>
/// <remarks>
/// A regular expression let through what <see cref="Uri"/> refuses (half an IPv6 address, a port over 65535): the settings were
/// reported as good, and every call failed.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpsOriginAttribute : ValidationAttribute
{
    /// <summary>Of a host name in characters (RFC 1035, section 2.3.4, without the length bytes).</summary>
    private const int LongestHost = 253;

    /// <summary>Whether the value is host and port alone, without <c>https://</c> and the last slash.</summary>
    public bool IsHostAlone { get; init; }

    /// <summary>
    /// Whether identifiers are made of the value, which are compared letter by letter: then only its normal form is right, in lower
    /// case, without the default port, with the last slash.
    /// </summary>
    public bool IsIdentifier { get; init; }

    /// <inheritdoc />
    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text || IsOrigin(IsHostAlone ? $"https://{text}/" : text);

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
