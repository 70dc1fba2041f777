using System.Globalization;
using System.Text.RegularExpressions;

namespace AdminFunctions.Tests.Kusto;

/// <summary>
/// Runs queries in the part of the Kusto Query Language that infra/ uses, over rows in memory. It throws at everything else, and at the
/// name of a table, column or function that does not exist. https://learn.microsoft.com/kusto/query/
/// </summary>
internal sealed partial class KustoQuery
{
    private readonly List<string> _tokens;
    private readonly Dictionary<string, object?> _names;
    private readonly DateTimeOffset _now;
    private int _next;

    private KustoQuery(string text, IReadOnlyDictionary<string, KustoTable> tables, DateTimeOffset now)
    {
        _tokens = [.. TokenPattern().Matches(text).Select(token => token.Value).Where(token => !string.IsNullOrWhiteSpace(token))];
        _names = tables.ToDictionary(table => table.Key, table => (object?)table.Value, StringComparer.Ordinal);
        _now = now;
    }

    private delegate object? Scalar(IReadOnlyDictionary<string, object?> row);

    private delegate object? Aggregate(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows);

    /// <summary>Runs a query.</summary>
    /// <param name="text">Any number of <c>let</c> statements, and a tabular expression.</param>
    /// <param name="tables">The tables by name.</param>
    /// <param name="now">What <c>now()</c> returns.</param>
    public static KustoTable Run(string text, IReadOnlyDictionary<string, KustoTable> tables, DateTimeOffset now)
    {
        var query = new KustoQuery(text, tables, now);
        while (query.Takes("let"))
        {
            var name = query.Take();
            query.Expect("=");
            query._names[name] = query.Takes("toscalar") ? query.ToScalar() : query.Tabular();
            query.Expect(";");
        }

        var result = query.Tabular();
        return query._next == query._tokens.Count ? result : throw query.Unexpected();
    }

    private object? ToScalar()
    {
        Expect("(");
        var table = Tabular();
        Expect(")");
        return table.Rows.Count == 0 ? null : table.Rows[0][table.Columns[0]];
    }

    private KustoTable Tabular()
    {
        var table = _names.TryGetValue(Take(), out var named) && named is KustoTable known ? known : throw Unexpected(-1);
        while (Takes("|"))
        {
            table = Take() switch
            {
                "where" => Where(table),
                "parse" => Parse(table),
                "extend" => Extend(table),
                "project" => Project(table),
                "summarize" => Summarize(table),
                "join" => AntiJoin(table),
                "order" => Order(table, count: int.MaxValue),
                "top" => Order(table, int.Parse(Take(), CultureInfo.InvariantCulture)),
                _ => throw Unexpected(-1),
            };
        }

        return table;
    }

    private KustoTable Where(KustoTable table)
    {
        var condition = Expression(table);
        return table with { Rows = [.. table.Rows.Where(row => condition(row) is true)] };
    }

    /// <summary>parse Message with Event " action=" Action: a star or a name for what varies. All columns are empty if it does not match.</summary>
    private KustoTable Parse(KustoTable table)
    {
        var source = Column(table);
        Expect("with");
        var pattern = "^";
        var names = new List<string>();
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        while (Peek is { } token && token is not ("|" or ";" or ")"))
        {
            Take();
            if (token == "*")
            {
                pattern += ".*?";
            }
            else if (IsText(token))
            {
                pattern += Regex.Escape(TextOf(token));
            }
            else
            {
                names.Add(token);
                pattern += $"(?<{token}>.*{(Peek is { } next && IsText(next) ? "?" : "")})";
                if (Takes(":"))
                {
                    Expect("int");
                    numbers.Add(token);
                }
            }
        }

        var regex = new Regex(pattern + "$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        return With(table, [.. names.Select(name => (name, (Scalar)(row =>
            regex.Match((string)source(row)!) is not { Success: true } match ? numbers.Contains(name) ? null : ""
            : numbers.Contains(name) ? ToNumber(match.Groups[name].Value) : match.Groups[name].Value)))]);
    }

    private KustoTable Extend(KustoTable table) => With(table, Named(table));

    private KustoTable Project(KustoTable table)
    {
        var columns = Named(table);
        return new(
            [.. columns.Select(column => column.Name)],
            [.. table.Rows.Select(row => columns.ToDictionary(column => column.Name, column => column.Value(row), StringComparer.Ordinal))]);
    }

    private KustoTable Summarize(KustoTable table)
    {
        var aggregates = new List<(string Name, Aggregate Value)>();
        do
        {
            var name = _tokens[_next + 1] == "=" ? Take() : null;
            if (name is not null)
            {
                Expect("=");
            }

            var (function, value) = AggregateOf(table);
            aggregates.Add((name ?? function, value));
        }
        while (Takes(","));

        var keys = Takes("by") ? Named(table) : [];
        var groups = table.Rows.GroupBy(row => string.Join('\n', keys.Select(key => key.Value(row))), StringComparer.Ordinal).Select(group => group.ToList());
        return new(
            [.. keys.Select(key => key.Name), .. aggregates.Select(aggregate => aggregate.Name)],
            [
                // Without "by", there is one row even if there were none.
                .. (keys.Count == 0 ? [[.. table.Rows]] : groups).Select(rows =>
                    keys.Select(key => (key.Name, Value: key.Value(rows[0])))
                        .Concat(aggregates.Select(aggregate => (aggregate.Name, Value: aggregate.Value(rows))))
                        .ToDictionary(cell => cell.Name, cell => cell.Value, StringComparer.Ordinal)),
            ]);
    }

    /// <summary>An aggregate, or round() of one.</summary>
    private (string Name, Aggregate Value) AggregateOf(KustoTable table)
    {
        var function = Take();
        Expect("(");
        if (function == "round")
        {
            var (name, inner) = AggregateOf(table);
            Expect(")");
            return (name, rows => inner(rows) is double number ? Math.Round(number) : null);
        }

        if (function == "count")
        {
            Expect(")");
            return ("count_", rows => (double)rows.Count);
        }

        var argument = Expression(table);
        var percent = function == "percentile" && Takes(",") ? double.Parse(Take(), CultureInfo.InvariantCulture) : 0;
        Expect(")");
        IEnumerable<double> Numbers(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows) => rows.Select(row => argument(row)).OfType<double>();
        return (function + "_", function switch
        {
            "sum" => rows => Numbers(rows).Sum(),
            "min" => rows => Numbers(rows).Cast<double?>().Min(),
            "percentile" => rows => Numbers(rows).Order().ToList() is { Count: > 0 } sorted ? sorted[(int)Math.Ceiling(percent / 100 * sorted.Count) - 1] : null,
            _ => throw Unexpected(-1),
        });
    }

    /// <summary>join kind=leftanti (…) on Column: the rows without a partner.</summary>
    private KustoTable AntiJoin(KustoTable table)
    {
        Expect("kind");
        Expect("=");
        Expect("leftanti");
        Expect("(");
        var other = Tabular();
        Expect(")");
        Expect("on");
        var column = Column(table, out var name);
        var partners = other[name].ToHashSet();
        return table with { Rows = [.. table.Rows.Where(row => !partners.Contains(column(row)))] };
    }

    private KustoTable Order(KustoTable table, int count)
    {
        Expect("by");
        var column = Column(table);
        var sorted = Takes("asc") ? table.Rows.OrderBy(row => column(row)) : Takes("desc") ? table.Rows.OrderByDescending(row => column(row)) : throw Unexpected();
        return table with { Rows = [.. sorted.Take(count)] };
    }

    /// <summary>Name = expression, or a column, or a function of a column, which has its name: bin(TimeGenerated, 1h).</summary>
    private List<(string Name, Scalar Value)> Named(KustoTable table)
    {
        var columns = new List<(string, Scalar)>();
        do
        {
            if (_tokens.ElementAtOrDefault(_next + 1) == "=")
            {
                var name = Take();
                Expect("=");
                columns.Add((name, Expression(table)));
            }
            else
            {
                var name = Peek == "bin" ? _tokens[_next + 2] : Peek!;
                columns.Add((name, Expression(table)));
            }
        }
        while (Takes(","));
        return columns;
    }

    private static KustoTable With(KustoTable table, List<(string Name, Scalar Value)> columns) => new(
        [.. table.Columns.Concat(columns.Select(column => column.Name)).Distinct()],
        [
            .. table.Rows.Select(row =>
            {
                var cells = row.ToDictionary(StringComparer.Ordinal);
                foreach (var (name, value) in columns)
                {
                    cells[name] = value(row);
                }

                return cells;
            }),
        ]);

    private Scalar Expression(KustoTable table)
    {
        var left = Comparison(table);
        while (Takes("and"))
        {
            var (first, second) = (left, Comparison(table));
            left = row => first(row) is true && second(row) is true;
        }

        return left;
    }

    private Scalar Comparison(KustoTable table)
    {
        var left = Product(table);
        switch (Peek)
        {
            case "matches":
                Take();
                Expect("regex");
                var regex = new Regex(TextOf(Take()), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
                return row => regex.IsMatch((string)left(row)!);
            case "in" or "!in":
                var isIn = Take() == "in";
                Expect("(");
                var values = new HashSet<string>(StringComparer.Ordinal);
                do
                {
                    values.Add(TextOf(Take()));
                }
                while (Takes(","));
                Expect(")");
                return row => values.Contains((string)left(row)!) == isIn;
            case "==" or "!=" or "<" or ">" or ">=" or "startswith" or "endswith" or "has":
                var (comparison, right) = (Take(), Product(table));
                return row => Compare(comparison, left(row), right(row));
            default:
                return left;
        }
    }

    private static bool Compare(string comparison, object? left, object? right) => comparison switch
    {
        "==" => Equals(left, right),
        "!=" => !Equals(left, right),
        _ when left is null || right is null => false,
        "<" => Comparer<object>.Default.Compare(left, right) < 0,
        ">" => Comparer<object>.Default.Compare(left, right) > 0,
        ">=" => Comparer<object>.Default.Compare(left, right) >= 0,
        "startswith" => ((string)left).StartsWith((string)right, StringComparison.OrdinalIgnoreCase),
        "endswith" => ((string)left).EndsWith((string)right, StringComparison.OrdinalIgnoreCase),

        // Whole terms: what is beside it may not be a letter or a digit, if it begins or ends with one.
        _ => Regex.IsMatch(
            (string)left,
            $"(?<![A-Za-z0-9](?=[A-Za-z0-9])){Regex.Escape((string)right)}(?!(?<=[A-Za-z0-9])[A-Za-z0-9])",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1)),
    };

    private Scalar Product(KustoTable table)
    {
        var left = Value(table);
        while (Takes("*"))
        {
            var (first, second) = (left, Value(table));
            left = row => (double?)first(row) * (double?)second(row);
        }

        return left;
    }

    private Scalar Value(KustoTable table)
    {
        var token = Take();
        if (IsText(token))
        {
            var text = TextOf(token);
            return _ => text;
        }

        if (SpanPattern().Match(token) is { Success: true } span)
        {
            var value = double.Parse(span.Groups["number"].Value, CultureInfo.InvariantCulture);
            return span.Groups["unit"].Value switch
            {
                "" => _ => value,
                "m" => _ => TimeSpan.FromMinutes(value),
                _ => _ => TimeSpan.FromHours(value),
            };
        }

        if (Peek == "(")
        {
            return Call(token, table);
        }

        _next--;
        return Column(table);
    }

    private Scalar Call(string function, KustoTable table)
    {
        Expect("(");
        var arguments = new List<Scalar>();
        while (!Takes(")"))
        {
            arguments.Add(Takes("-") ? Negative(Value(table)) : Expression(table));
            Takes(",");
        }

        return (function, arguments.Count) switch
        {
            ("tostring", 1) => row => arguments[0](row)?.ToString() ?? "",
            ("toint", 1) => row => ToNumber((string)arguments[0](row)!),
            ("iff", 3) => row => arguments[0](row) is true ? arguments[1](row) : arguments[2](row),
            ("extract", 3) => row =>
                Regex.Match((string)arguments[2](row)!, (string)arguments[0](row)!, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
                    .Groups[(int)(double)arguments[1](row)!].Value,
            ("now", 1) => row => _now + (TimeSpan)arguments[0](row)!,
            ("bin", 2) => row => Floor((DateTimeOffset)arguments[0](row)!, (TimeSpan)arguments[1](row)!),
            _ => throw new FormatException($"{function} with {arguments.Count} arguments is not known."),
        };
    }

    private static Scalar Negative(Scalar span) => row => -(TimeSpan)span(row)!;

    private static DateTimeOffset Floor(DateTimeOffset date, TimeSpan by) => date.AddTicks(-(date.UtcTicks % by.Ticks));

    private Scalar Column(KustoTable table) => Column(table, out _);

    /// <summary>A column, a property of a dynamic one (Properties.Category, Properties["a.b"]), or a scalar that a let statement has defined.</summary>
    private Scalar Column(KustoTable table, out string name)
    {
        var column = name = Take();
        if (!table.Columns.Contains(column))
        {
            return _names.TryGetValue(column, out var scalar) && scalar is not KustoTable ? _ => scalar : throw Unexpected(-1);
        }

        if (Peek is not ("." or "["))
        {
            return row => row[column];
        }

        var property = Take() == "." ? Take() : TextOf(Take());
        Takes("]");
        return row => (row[column] as IReadOnlyDictionary<string, string>)?.GetValueOrDefault(property);
    }

    private string? Peek => _next < _tokens.Count ? _tokens[_next] : null;

    private string Take() => Peek is null ? throw Unexpected() : _tokens[_next++];

    private bool Takes(string token)
    {
        if (Peek != token)
        {
            return false;
        }

        _next++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Takes(token))
        {
            throw Unexpected();
        }
    }

    private FormatException Unexpected(int offset = 0) =>
        new($"Not known here: {string.Join(' ', _tokens.Skip(_next + offset).Take(5))}");

    private static bool IsText(string token) => token[0] is '"' or '@';

    private static string TextOf(string token) => IsText(token) ? token.TrimStart('@')[1..^1] : throw new FormatException($"Not a string: {token}");

    private static double? ToNumber(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex("""@?"[^"]*"|[0-9.]+[mh]?\b|!?[A-Za-z_]\w*|[=!<>]=|\S""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TokenPattern();

    [GeneratedRegex(@"^(?<number>[0-9.]+)(?<unit>[mh]?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SpanPattern();
}
