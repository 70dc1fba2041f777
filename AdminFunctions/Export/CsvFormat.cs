using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AdminFunctions.Users;

namespace AdminFunctions.Export;

/// <summary>
/// A table (RFC 4180) in UTF-8: a header row, then a row a user, with the fields in the order in which they are always served.
/// Identities are one cell of JSON.
/// </summary>
/// <param name="fields">The fields that are columns.</param>
internal sealed class CsvFormat(IReadOnlyList<string> fields) : IExportFormat
{
    /// <summary>What a spreadsheet takes for the beginning of a formula, in full width too (https://owasp.org/www-community/attacks/CSV_Injection).</summary>
    private static readonly SearchValues<char> FormulaBeginnings = SearchValues.Create("=+-@＝＋－＠\t\r\n");

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private static readonly Dictionary<string, Func<User, string?>> Cells = new(StringComparer.Ordinal)
    {
        ["user_id"] = static user => user.UserId,
        ["email"] = static user => user.Email,
        ["email_verified"] = static user => Text(user.EmailVerified),
        ["username"] = static user => user.Username,
        ["phone_number"] = static user => user.PhoneNumber,
        ["phone_verified"] = static user => Text(user.PhoneVerified),
        ["name"] = static user => user.Name,
        ["given_name"] = static user => user.GivenName,
        ["family_name"] = static user => user.FamilyName,
        ["nickname"] = static user => user.Nickname,
        ["picture"] = static user => user.Picture,
        ["created_at"] = static user => Text(user.CreatedAt),
        ["updated_at"] = static user => Text(user.UpdatedAt),
        ["last_login"] = static user => Text(user.LastLogin),
        ["last_ip"] = static user => user.LastIp,
        ["logins_count"] = static user => user.LoginsCount?.ToString(CultureInfo.InvariantCulture),
        ["blocked"] = static user => Text(user.Blocked),
        ["identities"] = static user => user.Identities is { } identities ? JsonSerializer.Serialize(identities, UsersJson.Unescaped.IReadOnlyListIdentity) : null,
    };

    private readonly Func<User, string?>[] _columns = [.. Columns(fields).Select(static field => Cells[field])];

    public string ContentType => "text/csv; charset=utf-8; header=present";

    public string Extension => "csv";

    public void Begin(IBufferWriter<byte> output) => Row(output, Columns(fields));

    public void Write(IBufferWriter<byte> output, User user) => Row(output, _columns.Select(cell => cell(user)));

    public void End(IBufferWriter<byte> output, long users)
    {
    }

    public void Fail(IBufferWriter<byte> output, ReadOnlySpan<byte> problem)
    {
    }

    private static IEnumerable<string> Columns(IReadOnlyList<string> fields) => User.ServedFields.Where(fields.Contains);

    private static void Row(IBufferWriter<byte> output, IEnumerable<string?> cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Escape)) + "\r\n", output);

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

    private static string? Text(bool? flag) => flag switch { true => "true", false => "false", null => null };

    private static string? Text(DateTime? moment) => moment is { } at ? Auth0DateTimeConverter.Format(at) : null;
}
