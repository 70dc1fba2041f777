using System.Globalization;
using System.Text;
using AdminFunctions.Management;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>
/// Reads one query parameter after the other and collects the faults. A parameter that nobody reads is a fault too: a misspelled
/// filter would otherwise return everyone.
/// </summary>
internal sealed class ParameterReader(IQueryCollection parameters)
{
    private const int MaxSearchLength = 1000;

    /// <summary>How many unknown names are returned to the caller, and how much of each.</summary>
    private const int MaxEchoes = 5, MaxEchoLength = 50;

    /// <summary>Parameters of others on the way: function keys are the Functions host's, the rest is API Management's.</summary>
    private static readonly string[] Others = ["code", "clientId", "subscription-key", "api-version"];

    private readonly List<string> _known = [];

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

    /// <summary>
    /// Reads <c>fields</c> and <c>include_fields</c>: the named ones of <see cref="UserFields.Names"/>, or all but those. Absent,
    /// they mean all of them.
    /// </summary>
    public IReadOnlyList<string> ReadFields()
    {
        var text = Single("fields");
        var include = ReadFlag("include_fields", otherwise: true);
        if (text is null)
        {
            return UserFields.Names;
        }

        var named = text.Split(',');
        string[] unknown = [.. named.Except(UserFields.Names).Take(MaxEchoes).Select(static name => $"\"{Echo(name)}\"")];
        if (unknown is not [])
        {
            Fault(
                "fields",
                $"fields contains {string.Join(", ", unknown)}. It is a comma-separated list of these names: "
                    + $"{string.Join(", ", UserFields.Names)}.");
            return UserFields.Names;
        }

        IReadOnlyList<string> fields = include ? [.. named.Distinct(StringComparer.Ordinal)] : [.. UserFields.Names.Except(named)];
        if (fields is [])
        {
            Fault("fields", "fields names every field, and include_fields=false leaves none of them.");
        }

        return fields;
    }

    /// <summary>Reads a parameter that is <c>true</c> or <c>false</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">The value if the parameter is absent or faulty.</param>
    public bool ReadFlag(string name, bool otherwise = false) =>
        Read(name, otherwise, static text => text switch { "true" => true, "false" => false, _ => (bool?)null }, $"{name} is true or false.");

    /// <summary>Records what is wrong with a parameter. The first fault of a parameter stays.</summary>
    public void Fault(string name, string sentence) => _faults.TryAdd(name, [sentence]);

    /// <summary>Ends the reading. Each parameter that was not read is a fault.</summary>
    /// <exception cref="InvalidRequestException">
    /// Parameters are faulty. The exception names all of them, but only the first few that do not exist.
    /// </exception>
    public void ThrowIfFaulty()
    {
        foreach (var unknown in parameters.Keys.Except(_known.Concat(Others), StringComparer.OrdinalIgnoreCase).Take(MaxEchoes))
        {
            var name = Echo(unknown);
            Fault(name, $"There is no parameter \"{name}\". The parameters are {string.Join(", ", _known)}.");
        }

        if (_faults.Count > 0)
        {
            throw new InvalidRequestException(_faults);
        }
    }

    /// <summary>What a caller has sent, short and without what could disguise it on a screen.</summary>
    private static string Echo(string text)
    {
        var echo = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(MaxEchoLength))
        {
            var isVisible = !Rune.IsControl(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            echo.Append(isVisible ? rune : Rune.ReplacementChar);
        }

        return echo.Length < text.Length ? $"{echo}…" : echo.ToString();
    }

    private string? Single(string name)
    {
        _known.Add(name);
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
