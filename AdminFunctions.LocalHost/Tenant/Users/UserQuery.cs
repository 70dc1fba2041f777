using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using System.Text.Json;

namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>A query that Auth0's user search would reject. The message says why.</summary>
internal sealed class UserQueryException(string message) : Exception(message);

/// <summary>
/// Parses a query of Auth0's user search (v3, a subset of the Lucene syntax) into a predicate for users:
/// https://auth0.com/docs/manage-users/user-search/user-search-query-syntax.
/// <code>
/// any     = all { [ "OR" | "||" ] all }
/// all     = clause { ( "AND" | "&amp;&amp;" ) clause }
/// clause  = [ "NOT" | "!" | "-" | "+" ] ( "(" any ")" | field ":" value | value )
/// value   = "(" any ")" | "[" bound "TO" bound "]" | phrase | term
/// </code>
/// Adjacent clauses are alternatives, as in Lucene. But a clause with <c>+</c> is required, and one with <c>-</c>, <c>!</c> or NOT is
/// excluded. AND has a higher precedence than OR.
/// </summary>
internal sealed class UserQuery
{
    private const int MaxDepth = 50;
    private const int MinWildcardLiteral = 3;

    // A term without a field name matches a whole value, or whole words of it. It is not case-sensitive.
    private static readonly Test Unnamed = term =>
    {
        CheckWildcards(term);
        return user => Array.Exists(UserField.Unnamed, field => field.Value(user) is string value
            && (term.HasWildcard
                ? term.Glob(value, ignoreCase: true) || Array.Exists(Words(value), word => term.Glob(word, ignoreCase: true))
                : HasWords(value, term.Text)));
    };

    private static readonly (string Format, Func<DateTime, DateTime> Next)[] Periods =
    [
        ("yyyy", from => from.AddYears(1)),
        ("yyyy-MM", from => from.AddMonths(1)),
        ("yyyy-MM-dd", from => from.AddDays(1)),
        ("yyyy-MM-ddTHH:mmK", from => from.AddMinutes(1)),
        ("yyyy-MM-ddTHH:mm:ssK", from => from.AddSeconds(1)),
        ("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", from => from.AddMilliseconds(1)),
    ];

    private readonly string _text;
    private int _at;
    private int _depth;

    private UserQuery(string text) => _text = text;

    private delegate Predicate<TenantUser> Test(Term term);

    private enum Occur
    {
        Should,
        Must,
        MustNot,
    }

    /// <summary>Parses a query.</summary>
    /// <exception cref="UserQueryException">The query is not valid.</exception>
    public static Predicate<TenantUser> Parse(string text)
    {
        var query = new UserQuery(text);
        var test = query.Any(Unnamed);
        return query.AtEnd ? test : throw query.Unexpected();
    }

    private bool AtEnd
    {
        get
        {
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            {
                _at++;
            }

            return _at == _text.Length;
        }
    }

    private Predicate<TenantUser> Any(Test test)
    {
        if (++_depth > MaxDepth)
        {
            throw new UserQueryException($"More than {MaxDepth} nested groups.");
        }

        List<Predicate<TenantUser>> should = [], must = [], mustNot = [];
        do
        {
            // After an explicit OR, a negation is an alternative like any other.
            var either = Take("OR") || Take("||");
            if (either && should.Count + must.Count + mustNot.Count is 0)
            {
                throw Unexpected();
            }

            var (occur, clause) = All(test);
            if (Peek("OR") || Peek("||") || either)
            {
                should.Add(occur is Occur.MustNot ? user => !clause(user) : clause);
            }
            else
            {
                (occur switch { Occur.Must => must, Occur.MustNot => mustNot, _ => should }).Add(clause);
            }
        }
        while (!AtEnd && _text[_at] is not ')');
        _depth--;
        if (must.Count is 0 && mustNot.Count is 0 && should.Count is 1)
        {
            return should[0];
        }

        return user => must.TrueForAll(clause => clause(user))
            && !mustNot.Exists(clause => clause(user))
            && (must.Count > 0 || should.Count is 0 || should.Exists(clause => clause(user)));
    }

    private (Occur Occur, Predicate<TenantUser> Clause) All(Test test)
    {
        var (occur, first) = Clause(test);
        if (!Peek("AND") && !Peek("&&"))
        {
            return (occur, first);
        }

        List<Predicate<TenantUser>> clauses = [occur is Occur.MustNot ? user => !first(user) : first];
        while (Take("AND") || Take("&&"))
        {
            var (next, clause) = Clause(test);
            clauses.Add(next is Occur.MustNot ? user => !clause(user) : clause);
        }
        return (Occur.Should, user => clauses.TrueForAll(clause => clause(user)));
    }

    private (Occur Occur, Predicate<TenantUser> Clause) Clause(Test test)
    {
        var occur = Occur.Should;
        if (AtEnd)
        {
            throw Unexpected();
        }

        if (Take("NOT") || TakeSign('!') || TakeSign('-'))
        {
            occur = Occur.MustNot;
        }
        else if (TakeSign('+'))
        {
            occur = Occur.Must;
        }

        if (AtEnd)
        {
            throw Unexpected();
        }

        if (_text[_at] is '(')
        {
            return (occur, Group(test));
        }

        var term = ReadTerm();
        if (_at == _text.Length || _text[_at] is not ':' || term.Quoted)
        {
            return (occur, test(term));
        }

        // A field and its value.
        if (test != Unnamed)
        {
            throw new UserQueryException($"The field {term.Text} is not allowed inside the group of another field.");
        }

        _at++;
        if (AtEnd)
        {
            throw Unexpected();
        }

        if (term.Text is "_exists_")
        {
            return (occur, Exists(ReadTerm().Text));
        }

        var field = Field(term.Text);
        return (occur, _text[_at] switch
        {
            '(' => Group(field),
            '[' or '{' => Range(term.Text),
            _ => field(ReadTerm()),
        });
    }

    private Predicate<TenantUser> Group(Test test)
    {
        _at++;
        var group = Any(test);
        if (AtEnd)
        {
            throw new UserQueryException("A group is not closed. The ) is missing.");
        }

        _at++;
        return group;
    }

    private static Test Field(string name)
    {
        if (Metadata(name) is { } metadata)
        {
            return term => term.HasWildcard
                ? throw new UserQueryException($"Wildcards cannot be used on {name}.")
                : user => metadata(user).Any(value => string.Equals(value, term.Text, StringComparison.Ordinal));
        }
        var field = Known(name);
        return term =>
        {
            var matches = Matches(field, term);
            return user => field.Any(user, matches);
        };
    }

    private static UserField Known(string name) => UserField.All.GetValueOrDefault(name)
        ?? throw new UserQueryException(name is "connection"
            ? "connection is not searchable. Use identities.connection."
            : $"{name} is not a searchable field.");

    private static Predicate<TenantUser> Exists(string name)
    {
        if (Metadata(name) is { } metadata)
        {
            return user => metadata(user).Any();
        }

        var field = Known(name);
        return user => field.Any(user, _ => true);
    }

    private static Func<IComparable, bool> Matches(UserField field, Term term)
    {
        if (term is { HasWildcard: true, Text: "*" })
        {
            return _ => true;
        }

        if (field.Kind is UserFieldKind.Text or UserFieldKind.Keyword)
        {
            CheckWildcards(term);
            var ignoreCase = field.Kind is UserFieldKind.Text;
            var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            return term.HasWildcard
                ? value => term.Glob((string)value, ignoreCase)
                : value => term.Text.Equals((string)value, comparison);
        }
        if (term.HasWildcard)
        {
            throw new UserQueryException($"Wildcards cannot be used on {field.Name}.");
        }

        switch (field.Kind)
        {
            case UserFieldKind.Number:
                var number = Number(field, term.Text);
                return value => value.Equals(number);
            case UserFieldKind.Date:
                var (from, to) = Period(field, term.Text);
                return value => (DateTime)value >= from && (DateTime)value < to;
            default:
                if (!bool.TryParse(term.Text, out var flag))
                {
                    throw new UserQueryException($"{field.Name} is true or false, not \"{term.Text}\".");
                }

                return value => value.Equals(flag);
        }
    }

    private Predicate<TenantUser> Range(string name)
    {
        if (Metadata(name) is not null)
        {
            throw new UserQueryException($"Ranges cannot be used on {name}.");
        }

        var field = Known(name);
        var withLower = _text[_at++] is '[';
        var lower = ReadBound();
        if (!Take("TO"))
        {
            throw new UserQueryException("A range must have the form [a TO b].");
        }

        var upper = ReadBound();
        if (AtEnd || _text[_at] is not (']' or '}'))
        {
            throw new UserQueryException("The end of a range (] or }) is missing.");
        }

        var withUpper = _text[_at++] is ']';

        var above = Bound(field, lower, upper: false, withLower);
        var below = Bound(field, upper, upper: true, withUpper);
        return user => field.Any(user, value => above(value) && below(value));
    }

    private static Func<IComparable, bool> Bound(UserField field, string bound, bool upper, bool including)
    {
        if (bound is "*")
        {
            return _ => true;
        }

        switch (field.Kind)
        {
            case UserFieldKind.Date:
                // A bound that is a day or a month includes all of it.
                var (from, to) = Period(field, bound);
                return (upper, including) switch
                {
                    (false, true) => value => (DateTime)value >= from,
                    (false, false) => value => (DateTime)value >= to,
                    (true, true) => value => (DateTime)value < to,
                    (true, false) => value => (DateTime)value < from,
                };
            case UserFieldKind.Number:
                return Ordered(Number(field, bound), (a, b) => a.CompareTo(b));
            case UserFieldKind.Flag:
                throw new UserQueryException($"Ranges cannot be used on {field.Name}.");
            default:
                var comparer = field.Kind is UserFieldKind.Text ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
                return Ordered(bound, comparer.Compare);
        }

        Func<IComparable, bool> Ordered(IComparable than, Func<IComparable, IComparable, int> compare) => value =>
            compare(value, than) is var order && (including && order is 0 || (upper ? order < 0 : order > 0));
    }

    private static long Number(UserField field, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UserQueryException($"{field.Name} is a number, not \"{text}\".");

    /// <summary>The period of a date: a year, month, day, minute, second or millisecond.</summary>
    private static (DateTime From, DateTime To) Period(UserField field, string text)
    {
        foreach (var (format, next) in Periods)
        {
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, Utc, out var from))
            {
                // DateTime ends with the year 9999.
                return (from, from.Year < DateTime.MaxValue.Year ? next(from) : DateTime.MaxValue);
            }
        }
        throw new UserQueryException($"{field.Name} is a date such as 2024-05-17 or 2024-05-17T09:30:00.000Z, not \"{text}\".");
    }

    /// <summary>The values at a path in metadata; null if the field is not metadata.</summary>
    private static Func<TenantUser, IEnumerable<string>>? Metadata(string name)
    {
        var path = name.Split('.');
        Func<TenantUser, JsonElement?> root;
        switch (path[0])
        {
            case "user_metadata":
                root = user => user.UserMetadata;
                break;
            case "app_metadata":
                root = user => user.AppMetadata;
                break;
            default:
                return null;
        }
        return path.Length is 1
            ? throw new UserQueryException($"{name} must be searched with a path, such as {name}.plan.")
            : user => root(user) is { } metadata ? Values(metadata, path.AsMemory(1)) : [];
    }

    private static IEnumerable<string> Values(JsonElement element, ReadOnlyMemory<string> path) => element.ValueKind switch
    {
        // Arrays are not part of the path.
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Values(item, path)),
        JsonValueKind.Object when path.Length > 0 && element.TryGetProperty(path.Span[0], out var next) => Values(next, path[1..]),
        JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined => [],
        _ when path.Length > 0 => [],
        JsonValueKind.String => [element.GetString()!],
        _ => [element.GetRawText()],
    };

    private static void CheckWildcards(Term term)
    {
        if (term.HasWildcard && !term.IsPrefix && term.LongestLiteral < MinWildcardLiteral)
        {
            throw new UserQueryException(
                $"A wildcard requires at least {MinWildcardLiteral} other characters: ann* or *smith, but not *th.");
        }
    }

    private static string[] Words(string value) =>
        value.Split([' ', '.', '@', '-', '_', '+', '|', '/', '\''], StringSplitOptions.RemoveEmptyEntries);

    private static bool HasWords(string value, string words)
    {
        if (words.Length is 0)
        {
            return false;
        }

        for (var at = 0; (at = value.IndexOf(words, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + words.Length;
            if ((at is 0 || !char.IsLetterOrDigit(value[at - 1])) && (end == value.Length || !char.IsLetterOrDigit(value[end])))
            {
                return true;
            }
        }
        return false;
    }

    private bool Peek(string word)
    {
        if (AtEnd || string.CompareOrdinal(_text, _at, word, 0, word.Length) is not 0)
        {
            return false;
        }

        var end = _at + word.Length;
        return !char.IsLetter(word[0]) || end == _text.Length || char.IsWhiteSpace(_text[end]) || _text[end] is '(' or ')';
    }

    private bool Take(string word)
    {
        if (!Peek(word))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private bool TakeSign(char sign)
    {
        if (_at == _text.Length || _text[_at] != sign)
        {
            return false;
        }

        _at++;
        return true;
    }

    private string ReadBound()
    {
        if (AtEnd)
        {
            throw Unexpected();
        }

        if (_text[_at] is '"')
        {
            return ReadTerm().Text;
        }

        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not (']' or '}'))
        {
            _at++;
        }

        return _at > start ? _text[start.._at].Replace("\\", "", StringComparison.Ordinal) : throw Unexpected();
    }

    private Term ReadTerm()
    {
        var quoted = _text[_at] is '"';
        if (quoted)
        {
            _at++;
        }
        else if (Peek("AND") || Peek("OR") || Peek("NOT"))
        {
            throw Unexpected();
        }

        var literals = new List<string>();
        var literal = new StringBuilder();
        var start = _at;
        for (; ; _at++)
        {
            if (_at == _text.Length)
            {
                if (quoted)
                {
                    throw new UserQueryException("A phrase is not closed. The \" is missing.");
                }

                break;
            }
            var c = _text[_at];
            if (c is '\\')
            {
                if (++_at == _text.Length)
                {
                    throw new UserQueryException("Nothing follows the last \\.");
                }

                literal.Append(_text[_at]);
            }
            else if (quoted)
            {
                if (c is '"')
                {
                    break;
                }

                literal.Append(c);
            }
            else if (c is '*')
            {
                literals.Add(literal.ToString());
                literal.Clear();
            }
            else if (char.IsWhiteSpace(c) || c is ':' or '(' or ')')
            {
                break;
            }
            else if (c is '"' or '[' or ']' or '{' or '}' or '^' or '~' or '?' || (_at == start && c is '/' or '<' or '>' or '='))
            {
                throw new UserQueryException($"{c} at position {_at + 1} is not valid. Put values with such characters in double quotes.");
            }
            else
            {
                literal.Append(c);
            }
        }
        if (!quoted && _at == start)
        {
            throw Unexpected();
        }

        if (quoted)
        {
            _at++;
        }

        literals.Add(literal.ToString());
        return new Term(literals, quoted);
    }

    private UserQueryException Unexpected() => AtEnd
        ? new("The query ends too early.")
        : new($"\"{_text[_at]}\" at position {_at + 1} was not expected.");

    /// <summary>A word or a phrase.</summary>
    /// <param name="literals">The text before, between and after wildcards.</param>
    /// <param name="quoted">Whether it is in double quotes.</param>
    private sealed class Term(IReadOnlyList<string> literals, bool quoted)
    {
        private readonly string _pattern = string.Join('*', literals.Select(literal => literal
            .Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("*", @"\*", StringComparison.Ordinal)
            .Replace("?", @"\?", StringComparison.Ordinal)));

        public string Text { get; } = string.Join('*', literals);

        public bool Quoted { get; } = quoted;

        public bool HasWildcard { get; } = literals.Count > 1;

        /// <summary>Whether the only wildcard is at the end.</summary>
        public bool IsPrefix { get; } = literals is [_, ""];

        public int LongestLiteral { get; } = literals.Max(literal => literal.Length);

        public bool Glob(string value, bool ignoreCase) => IsPrefix
            ? value.StartsWith(literals[0], ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            : FileSystemName.MatchesSimpleExpression(_pattern, value, ignoreCase);
    }
}
