using System.Text;

namespace AdminFunctions.Tests.Security;

/// <summary>A request and what it may lead to, at the most.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Index">Its place in the run: with the seed, all that it takes to make it again.</param>
/// <param name="Bytes">What is sent.</param>
internal sealed record HostileRequest(int Seed, int Index, byte[] Bytes)
{
    /// <summary>The method, as it is sent.</summary>
    public required string Method { get; init; }

    /// <summary>The token in the one place where a token counts, in one header alone; null for none.</summary>
    public HostileToken? Token { get; init; }

    /// <summary>The user whom the address names: decoded once; null if it names none.</summary>
    public string? AskedId { get; init; }

    /// <summary>The function that answers; null for a request that a web server may as well turn away by itself.</summary>
    public string? Function { get; init; }

    /// <summary>Whether the request ends too early, or not at all.</summary>
    public bool IsCutOff { get; init; }

    /// <summary>How to make it again, and what it says, as far as it can be read.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var octet in Bytes.Take(3000))
        {
            _ = octet is >= 0x20 and < 0x7f or (byte)'\n' ? text.Append((char)octet)
                : octet is (byte)'\r' ? text.Append("\\r")
                : text.Append($"\\x{octet:x2}");
        }

        var rest = Bytes.Length > 3000 ? $"… {Bytes.Length} bytes" : "";
        return $"HOSTILE_SEED={Seed} HOSTILE_REQUEST={Index} makes this request again:\n{text}{rest}";
    }
}

internal static class RandomExtensions
{
    public static T NextItem<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Whether something happens that happens so many times in a hundred.</summary>
    public static bool NextChance(this Random random, int percent) => random.Next(100) < percent;
}
