using System.Buffers;
using System.Text;

namespace Auth0.ManagementApi.Core;

/// <summary>Escapes as the package does: what RFC 3986 allows in a place stays as it is.</summary>
internal static class PercentEncoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    private static readonly SearchValues<char> SafeInPath = SearchValues.Create(Unreserved + "!$&'()*+,;=:@");
    private static readonly SearchValues<char> SafeInQuery = SearchValues.Create(Unreserved + "!$'()*,=:@/?");

    internal static string PathSegment(string? text) => Encode(text ?? "", SafeInPath);

    internal static string QueryValue(string text) => Encode(text, SafeInQuery);

    /// <summary>A query of those parameters that have a value, with its <c>?</c>; nothing if none has.</summary>
    internal static string QueryString((string Name, string? Value)[] parameters)
    {
        var said = parameters.Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Name}={QueryValue(parameter.Value!)}").ToList();
        return said is [] ? "" : $"?{string.Join('&', said)}";
    }

    internal static string? Flag(Optional<bool?> flag) => flag.GetValueOrDefault() switch { true => "true", false => "false", null => null };

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
