namespace AdminFunctions.Tests.Kusto;

/// <summary>Rows of a Kusto table. Their cells are strings, numbers (<see cref="double"/>), dates, booleans, dynamic objects or null.</summary>
/// <param name="Columns">The columns that a query may name.</param>
internal sealed record KustoTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows)
{
    /// <summary>The cells of a column.</summary>
    public IEnumerable<object?> this[string column] => Rows.Select(row => row[column]);
}
