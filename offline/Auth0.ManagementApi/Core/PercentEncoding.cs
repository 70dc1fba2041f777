using System.Buffers;
using System.Numerics;
using System.Text;

namespace Auth0.ManagementApi.Core;

/// <summary>Escapes as the package does: what RFC 3986 allows in a place stays as it is.</summary>
internal static class PercentEncoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    private static readonly SearchValues<char> SafeInPath = SearchValues.Create(Unreserved + "!$&'()*+,;=:@");
    private static readonly SearchValues<char> SafeInQuery = SearchValues.Create(Unreserved + "!$'()*,=:@/?");

    /// <exception cref="ArgumentException">It is too long, as in the package, which reserves three characters for each.</exception>
    internal static string PathSegment(string? text) => InBuffer(Encode(text ?? "", SafeInPath), 3 * (text ?? "").Length);

    internal static string QueryValue(string text) => Encode(text, SafeInQuery);

    /// <summary>A query of those parameters that have a value, with its <c>?</c>; nothing if none has.</summary>
    /// <exception cref="ArgumentException">
    /// It is too long, as in the package, which reserves three characters for each, and at most 8192.
    /// </exception>
    internal static string QueryString((string Name, string? Value)[] parameters)
    {
        var said = parameters.Where(parameter => parameter.Value is not null).ToList();
        var query = string.Join('&', said.Select(parameter => $"{parameter.Name}={QueryValue(parameter.Value!)}"));
        var estimated = said.Sum(parameter => parameter.Name.Length + parameter.Value!.Length + 2);
        return said is [] ? "" : InBuffer($"?{query}", Math.Min(3 * estimated, 8192));
    }

    internal static string? Flag(Optional<bool?> flag) => flag.GetValueOrDefault() switch { true => "true", false => "false", null => null };

    /// <summary>The package writes into a pooled array, whose length is a power of two.</summary>
    private static string InBuffer(string text, int reserved)
    {
        text.CopyTo(new char[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, reserved))]);
        return text;
    }

    private static string Encode(string text, SearchValues<char> safe)
    {
        var result = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (safe.Contains(character))
            {
                result.Append(character);
            }
            else // One UTF-16 unit at a time, as the package: half a surrogate pair becomes U+FFFD.
            {
                foreach (var octet in Encoding.UTF8.GetBytes([character]))
                {
                    result.Append('%').Append(Convert.ToHexString([octet]));
                }
            }
        }

        return result.ToString();
    }
}
