using System.Globalization;
using System.Text;
using AdminFunctions.Management;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>
/// Reads query parameters and collects their faults. A parameter that is never read is a fault too, because a list with a misspelled filter
/// would otherwise return everyone.
/// </summary>
internal sealed class ParameterReader(IQueryCollection parameters)
{
    /// <summary>The number of results that Auth0 pages through, even if the search has more.</summary>
    public const int PageableResults = 1000;

    private const int MaxSearchLength = 1000;

    /// <summary>The maximum number of unknown names in a response, and the maximum length of each.</summary>
    private const int MaxEchoes = 5, MaxEchoLength = 50;

    /// <summary>Parameters that are not for this API. The first two are for the Functions host, the others for API Management.</summary>
    private static readonly string[] Others = ["code", "clientId", "subscription-key", "api-version"];

    private readonly List<string> _known = [];

    private readonly Dictionary<string, string[]> _faults = new(StringComparer.Ordinal);

    /// <summary>Reads a parameter as a value.</summary>
    /// <param name="otherwise">The value if the parameter is absent or faulty.</param>
    /// <param name="parse">Parses the text. Returns <see langword="null"/> if it is faulty.</param>
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
    /// <param name="rule">What the parameter must be, as a sentence.</param>
    /// <returns>The text, or <see langword="null"/> if the parameter is absent or faulty.</returns>
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

    /// <summary>Refuses every parameter, for a function that has none.</summary>
    /// <exception cref="InvalidRequestException">There are parameters.</exception>
    public static void RefuseAll(IQueryCollection parameters) => new ParameterReader(parameters).ThrowIfFaulty();

    /// <summary>Reads <c>page</c>, <c>per_page</c> and <c>include_totals</c>.</summary>
    /// <param name="beyond">What to do about results beyond those that Auth0 pages through.</param>
    public (int Page, int PerPage, bool IncludeTotals) ReadPage(string beyond)
    {
        var page = Read("page", 0, WholeNumber, "page is a whole number, 0 or greater.");
        var perPage = Read(
            "per_page",
            50,
            static text => WholeNumber(text) is { } number and >= 1 and <= 100 ? number : null,
            "per_page is a whole number from 1 to 100.");
        if (((long)page + 1) * perPage > PageableResults)
        {
            Fault("page", $"Auth0 pages through the first {PageableResults} results, and this page ends after them. {beyond}");
        }

        return (page, perPage, ReadFlag("include_totals"));

        static int? WholeNumber(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Reads <c>q</c>, a user search; <see langword="null"/> means all users.</summary>
    public string? ReadSearch()
    {
        var q = Read("q", static text => text.Length <= MaxSearchLength, $"q has at most {MaxSearchLength} characters.");
        return string.IsNullOrWhiteSpace(q) ? null : q;
    }

    /// <summary>
    /// Reads <c>fields</c> and <c>include_fields</c>. Returns the named fields of <see cref="UserFields.Names"/>, or all others. Without
    /// these parameters, returns all fields.
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
    /// <param name="otherwise">The value if the parameter is absent or faulty.</param>
    public bool ReadFlag(string name, bool otherwise = false) =>
        Read(
            name,
            otherwise,
            static text => text switch { "true" => true, "false" => false, _ => (bool?)null },
            $"{name} is true or false.");

    /// <summary>Records a fault of a parameter. Only the first one counts.</summary>
    public void Fault(string name, string sentence) => _faults.TryAdd(name, [sentence]);

    /// <summary>Throws if there are faults. Call it last: each parameter that has not been read is a fault.</summary>
    /// <exception cref="InvalidRequestException">
    /// Parameters are faulty. The exception names all of them, but only the first few that do not exist.
    /// </exception>
    public void ThrowIfFaulty()
    {
        foreach (var unknown in parameters.Keys.Except(_known.Concat(Others), StringComparer.OrdinalIgnoreCase).Take(MaxEchoes))
        {
            var name = Echo(unknown);
            var known = _known is [] ? "This function has no parameters." : $"The parameters are {string.Join(", ", _known)}.";
            Fault(name, $"There is no parameter \"{name}\". {known}");
        }

        if (_faults.Count > 0)
        {
            throw new InvalidRequestException(_faults);
        }
    }

    /// <summary>Returns a caller's text for a message: shortened, and without control and formatting characters.</summary>
    private static string Echo(string text)
    {
        var echo = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(MaxEchoLength))
        {
            var isVisible = !Rune.IsControl(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
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
