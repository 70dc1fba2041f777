using System.Diagnostics;
using Auth0.ManagementApi;

namespace AdminFunctions.Management;

/// <summary>
/// Brings the ids of identities through the SDK unharmed. The SDK takes every text that looks like a 32-bit number for one, so
/// that <c>"0012"</c> becomes 12, and it cannot read a greater number. So <see cref="CanonicalJsonWriter"/> writes every id as a text
/// with a mark before it, and here the mark is taken off: always both, so that nothing in an id can pass for a mark.
/// </summary>
internal static class IdentityIds
{
    /// <summary>Stands before an id that was a text.</summary>
    public static ReadOnlySpan<byte> TextMark => "s"u8;

    /// <summary>Stands before the digits of an id that was a JSON number.</summary>
    public static ReadOnlySpan<byte> NumberMark => "n"u8;

    /// <summary>The id as Auth0 gave it.</summary>
    /// <param name="id">What the SDK made of it.</param>
    /// <returns>Its text, and whether it is a JSON number: its digits are then as Auth0 wrote them.</returns>
    public static (string Text, bool IsNumber) Read(UserId id) => id.Value switch
    {
        string and ['s', .. var text] => (text, false),
        string and ['n', .. var digits] => (digits, true),
        _ => throw new UnreachableException("An identity's id came to the SDK without a mark."),
    };
}
