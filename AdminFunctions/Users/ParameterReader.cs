using AdminFunctions.Management;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>Reads one query parameter after the other and collects the faults.</summary>
internal sealed class ParameterReader(IQueryCollection parameters)
{
    private const int MaxSearchLength = 1000;

    private readonly Dictionary<string, string[]> _faults = new(StringComparer.Ordinal);

    /// <summary>Reads a parameter as a value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">The value if the parameter is absent or faulty.</param>
    /// <param name="parse">Parses the text; <see langword="null"/> if it is faulty.</param>
    /// <param name="rule">What the parameter must be, as a sentence.</param>
    public T Read<T>(string name, T otherwise, Func<string, T?> parse, string rule)
        where T : struct
    {
        if (Single(name) is not { } text)
        {
            return otherwise;
        }

        if (parse(text) is not { } value)
        {
            Fault(name, rule);
            return otherwise;
        }

        return value;
    }

    /// <summary>Reads a parameter as text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isValid">Whether the text is what the parameter must be.</param>
    /// <param name="rule">What the parameter must be, as a sentence.</param>
    /// <returns>The text; <see langword="null"/> if the parameter is absent or faulty.</returns>
    public string? Read(string name, Predicate<string> isValid, string rule)
    {
        var text = Single(name);
        if (text is null || isValid(text))
        {
            return text;
        }

        Fault(name, rule);
        return null;
    }

    /// <summary>Reads <c>q</c>, a user search; <see langword="null"/> means all users.</summary>
    public string? ReadSearch()
    {
        var q = Read("q", static text => text.Length <= MaxSearchLength, $"q has at most {MaxSearchLength} characters.");
        return string.IsNullOrWhiteSpace(q) ? null : q;
    }

    /// <summary>Reads <c>fields</c>, some of <see cref="UserFields.Names"/>; absent, it means all of them.</summary>
    public IReadOnlyList<string> ReadFields()
    {
        var fields = Read(
            "fields",
            static text => text.Split(',').All(UserFields.Names.Contains),
            $"fields is a comma-separated list of these names: {string.Join(", ", UserFields.Names)}.");
        return fields is null ? UserFields.Names : [.. fields.Split(',').Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Reads a parameter that is <c>true</c> or <c>false</c>; absent, it means <c>false</c>.</summary>
    public bool ReadFlag(string name) =>
        Read(name, false, static text => text switch { "true" => true, "false" => false, _ => (bool?)null }, $"{name} is true or false.");

    /// <summary>Records what is wrong with a parameter. The first fault of a parameter stays.</summary>
    public void Fault(string name, string sentence) => _faults.TryAdd(name, [sentence]);

    /// <summary>Ends the reading.</summary>
    /// <exception cref="InvalidRequestException">Parameters are faulty. The exception names all of them.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw new InvalidRequestException(_faults);
        }
    }

    private string? Single(string name)
    {
        if (!parameters.TryGetValue(name, out var values))
        {
            return null;
        }

        if (values.Count > 1)
        {
            var times = values.Count is 2 ? "twice" : $"{values.Count} times";
            Fault(name, $"{name} was specified {times}; specify it once.");
            return null;
        }

        return values[0];
    }
}
