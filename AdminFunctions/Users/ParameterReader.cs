using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>Reads parameter by parameter and gathers the faults.</summary>
internal sealed class ParameterReader(IQueryCollection parameters)
{
    private const int LongestSearchInCharacters = 1000;

    private readonly Dictionary<string, string[]> _faults = new(StringComparer.Ordinal);

    /// <summary>Reads a parameter.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is not given, or faulty.</param>
    /// <param name="parse">Reads its text; <see langword="null"/> for a faulty one.</param>
    /// <param name="rule">What it has to be, as a sentence.</param>
    public T Read<T>(string name, T absent, Func<string, T?> parse, string rule)
        where T : struct =>
        Text(name) is { } text ? parse(text) ?? Faulty(name, rule, absent) : absent;

    /// <inheritdoc cref="Read{T}(string, T, Func{string, T?}, string)"/>
    public T Read<T>(string name, T absent, Func<string, T?> parse, string rule, T? _ = null)
        where T : class? =>
        Text(name) is { } text ? parse(text) ?? Faulty(name, rule, absent) : absent;

    /// <summary>A user search (<c>q</c>), or <see langword="null"/> for all users.</summary>
    public string? ReadSearch()
    {
        var q = Read("q", null, static text => text.Length <= LongestSearchInCharacters ? text : null, $"q has at most {LongestSearchInCharacters} characters.");
        return string.IsNullOrWhiteSpace(q) ? null : q;
    }

    /// <summary>The fields of <see cref="User.ServedFields"/> that are asked for (<c>fields</c>); all of them if none is named.</summary>
    public IReadOnlyList<string> ReadFields() =>
        Read("fields", User.ServedFields, KnownFields, $"fields is a comma-separated list out of {string.Join(", ", User.ServedFields)}.");

    /// <summary>Whether something is asked for: <c>true</c> or <c>false</c>.</summary>
    public bool ReadFlag(string name) =>
        Read(name, false, static text => text switch { "true" => true, "false" => false, _ => (bool?)null }, $"{name} is true or false.");

    /// <summary>Notes what is wrong with a parameter; what was noted first stays.</summary>
    public void Fault(string name, string sentence) => _faults.TryAdd(name, [sentence]);

    /// <summary>Ends the reading.</summary>
    /// <exception cref="InvalidRequestException">Some parameters are wrong; it names every one.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw new InvalidRequestException(_faults);
        }
    }

    private string? Text(string name)
    {
        if (!parameters.TryGetValue(name, out var values))
        {
            return null;
        }

        if (values.Count > 1)
        {
            Fault(name, $"{name} is given {values.Count} times: give it once.");
            return null;
        }

        return values[0];
    }

    private T Faulty<T>(string name, string rule, T absent)
    {
        Fault(name, rule);
        return absent;
    }

    private static string[]? KnownFields(string text)
    {
        string[] fields = [.. text.Split(',').Distinct(StringComparer.Ordinal)];
        return fields.All(User.ServedFields.Contains) ? fields : null;
    }
}
