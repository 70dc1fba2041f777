using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>
/// CSV (RFC 4180) in UTF-8: a header row, then one row per user. The columns are in the order in which the fields are served.
/// Identities are one cell of JSON.
/// </summary>
/// <param name="fields">The fields that are columns.</param>
internal sealed class CsvFormat(IReadOnlyList<string> fields) : IExportFormat
{
    /// <summary>
    /// The characters that begin a formula in a spreadsheet, their full-width forms included
    /// (https://owasp.org/www-community/attacks/CSV_Injection).
    /// </summary>
    private static readonly SearchValues<char> FormulaBeginnings = SearchValues.Create("=+-@＝＋－＠\t\r\n");

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private readonly JsonPropertyInfo[] _columns =
        [.. UsersJson.Default.User.Properties.Where(property => fields.Contains(property.Name))];

    public string ContentType => "text/csv; charset=utf-8; header=present";

    public string Extension => "csv";

    public void Begin(IBufferWriter<byte> output) => Row(output, _columns.Select(static column => column.Name));

    public void Write(IBufferWriter<byte> output, User user) => Row(output, _columns.Select(column => Text(column.Get!(user))));

    public void End(IBufferWriter<byte> output, long users)
    {
    }

    public void Fail(IBufferWriter<byte> output, ReadOnlySpan<byte> problem)
    {
    }

    private static void Row(IBufferWriter<byte> output, IEnumerable<string?> cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Escape)) + "\r\n", output);

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        DateTime moment => Auth0DateTimeConverter.Format(moment),
        IReadOnlyList<Identity> identities => JsonSerializer.Serialize(identities, UsersJson.Unescaped.IReadOnlyListIdentity),
        _ => throw new UnreachableException($"A user has a {value.GetType()}."),
    };

    private static string? Escape(string? cell)
    {
        if (string.IsNullOrEmpty(cell))
        {
            return cell;
        }

        var harmless = FormulaBeginnings.Contains(cell[0]) ? "'" + cell : cell;
        return harmless.AsSpan().ContainsAny(Quoted)
            ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : harmless;
    }
}
