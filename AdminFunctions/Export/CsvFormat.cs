using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>
/// CSV (RFC 4180) in UTF-8: a header row, then one row per user. The columns have the same order as the fields in JSON. The identities are
/// JSON in one cell.
/// </summary>
/// <remarks>The dashboard writes the same table. Both are tested with AdminFunctions.Tests/Export/csv-cells.json.</remarks>
/// <param name="fields">The fields that are columns.</param>
/// <param name="withByteOrderMark">Whether the file begins with a byte order mark, so that Excel recognizes UTF-8.</param>
internal sealed partial class CsvFormat(IReadOnlyList<string> fields, bool withByteOrderMark) : IExportFormat
{
    /// <summary>
    /// The characters that begin a formula in a spreadsheet, including their full-width forms
    /// (https://owasp.org/www-community/attacks/CSV_Injection).
    /// </summary>
    private static readonly SearchValues<char> FormulaBeginnings = SearchValues.Create("=+-@＝＋－＠");

    /// <summary>
    /// The characters after which a spreadsheet may begin a cell. The separator depends on its settings. If it is not the comma, the
    /// spreadsheet does not recognize our quotation marks either.
    /// </summary>
    private static readonly SearchValues<char> Separators = SearchValues.Create(",;\t\r\n\v\f\u0085\u2028\u2029");

    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",;\t\r\n\v\f\u0085\u2028\u2029");

    private readonly JsonPropertyInfo[] _columns =
        [.. UsersJson.Default.User.Properties.Where(property => fields.Contains(property.Name))];

    public string ContentType => "text/csv; charset=utf-8; header=present";

    public string Extension => "csv";

    public void Begin(IBufferWriter<byte> output)
    {
        if (withByteOrderMark)
        {
            output.Write(Encoding.UTF8.Preamble);
        }

        Row(output, _columns.Select(static column => column.Name));
    }

    public void Write(IBufferWriter<byte> output, User user) => Row(output, _columns.Select(column => Text(column.Get!(user))));

    public void WriteCursor(IBufferWriter<byte> output, string cursor)
    {
    }

    public void End(IBufferWriter<byte> output, long users)
    {
    }

    public void Fail(IBufferWriter<byte> output, ReadOnlySpan<byte> problem)
    {
    }

    private static void Row(IBufferWriter<byte> output, IEnumerable<string?> cells)
    {
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Escape)), output);
        output.Write("\r\n"u8);
    }

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

        var harmless = Disarm(cell);
        return harmless.AsSpan().ContainsAny(Quoted)
            ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : harmless;
    }

    /// <summary>
    /// Puts a <c>'</c> before each character that would begin a formula, also after white space and quotation marks, which a spreadsheet
    /// may remove. A phone number does not change, because as a formula it is only a number.
    /// </summary>
    private static string Disarm(string cell)
    {
        if (!cell.AsSpan().ContainsAny(FormulaBeginnings) || PhoneNumber().IsMatch(cell))
        {
            return cell;
        }

        StringBuilder? harmless = null;
        var isBeginning = true;
        for (var i = 0; i < cell.Length; i++)
        {
            var character = cell[i];
            if (isBeginning && FormulaBeginnings.Contains(character))
            {
                harmless ??= new StringBuilder(cell, 0, i, cell.Length + 1);
                harmless.Append('\'');
            }

            harmless?.Append(character);
            isBeginning = Separators.Contains(character) || (isBeginning && (char.IsWhiteSpace(character) || character is '"'));
        }

        return harmless?.ToString() ?? cell;
    }

    [GeneratedRegex(@"\A\+[0-9]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PhoneNumber();
}
