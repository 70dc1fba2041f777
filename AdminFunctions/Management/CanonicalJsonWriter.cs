using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AdminFunctions.Management;

/// <summary>
/// Rewrites Auth0's JSON, so that the SDK, which is strict about types, can read it whatever the users hold. Of each object, only the
/// fields of an allow-list are kept.
/// </summary>
/// <remarks>
/// <para>
/// A value of another type than its field's is converted where its meaning is certain, or left out; docs/odd-users.md has the table. The
/// IDs of identities are marked (<see cref="IdentityIds"/>).
/// </para>
/// <para>Text that is not Unicode (half a surrogate pair, invalid UTF-8) becomes U+FFFD where it is broken: the SDK cannot read it.</para>
/// </remarks>
internal ref struct CanonicalJsonWriter
{
    private readonly KeptFields _fields;
    private readonly LeftOutValues _log;
    private JsonExcerpt _excerpt;
    private Utf8JsonReader _reader;
    private ReadOnlySpan<byte> _userId;
    private bool _userIdIsEscaped;
    private List<(string Field, FieldKind Expected, JsonValueKind Kind)>? _leftOut;

    /// <param name="document">The whole document, in valid UTF-8.</param>
    /// <param name="fields">The fields of the document that are kept.</param>
    public CanonicalJsonWriter(ReadOnlySpan<byte> document, KeptFields fields, IBufferWriter<byte> output, LeftOutValues log)
    {
        (_fields, _log) = (fields, log);
        _reader = new Utf8JsonReader(document, Reading);
        _excerpt = new JsonExcerpt(document, output);
    }

    // The resilience handler limits the size of the document; its depth does not matter.
    private static JsonReaderOptions Reading => new() { MaxDepth = int.MaxValue };

    /// <summary>Rewrites the document.</summary>
    /// <exception cref="JsonException">
    /// It is not a JSON object, or the value of a field that must be readable cannot be read.
    /// </exception>
    public void Write()
    {
        _reader.Read();
        if (_reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new JsonException($"Expected an object, found {_reader.TokenType}.");
        }

        WriteFields(_fields, parent: null);
        LogLeftOut();

        // This throws if anything but white space follows.
        _excerpt.CopyTo(_reader.BytesConsumed);
        _reader.Read();
    }

    /// <summary>Writes the kept fields of the current object.</summary>
    /// <param name="parent">The field of which it is a value; <see langword="null"/> for the document.</param>
    private void WriteFields(KeptFields fields, Field? parent)
    {
        var members = new JsonExcerpt.Parts(_reader.BytesConsumed);
        while (_reader.Read() && _reader.TokenType is not JsonTokenType.EndObject)
        {
            var start = _reader.TokenStartIndex;
            var field = fields.Find(Name());
            _reader.Read();
            if (ReferenceEquals(field, UserFields.UserId))
            {
                _userId = _reader.ValueSpan;
                _userIdIsEscaped = _reader.ValueIsEscaped;
            }

            if (field is not null && TryWrite(field, ref members, start))
            {
                if (field.Companion is { } companion)
                {
                    _excerpt.Insert(_reader.BytesConsumed, Encoding.UTF8.GetBytes($",{companion}"));
                }

                members.End(_reader.BytesConsumed);
                continue;
            }

            if (field is not null)
            {
                LeaveOut(field, parent);
            }

            _reader.Skip();
            members.LeaveOut(ref _excerpt, _reader.BytesConsumed);
        }

        if (fields.AreOfUser)
        {
            LogLeftOut();
        }
    }

    /// <summary>Writes a field whose value its kind allows or that can be converted.</summary>
    /// <param name="start">The position of the field.</param>
    private bool TryWrite(Field field, ref JsonExcerpt.Parts members, long start)
    {
        if (IsAsExpected(ref _reader, field.Kind))
        {
            members.Keep(ref _excerpt, start);
            return true;
        }

        if (field.Kind is FieldKind.Structures && _reader.TokenType is JsonTokenType.StartArray)
        {
            members.Keep(ref _excerpt, start);
            WriteItems(field);
            return true;
        }

        if (field.Kind is FieldKind.Structure && _reader.TokenType is JsonTokenType.StartObject)
        {
            members.Keep(ref _excerpt, start);
            WriteFields(field.Of!, field);
            return true;
        }

        var value = _reader.TokenStartIndex;
        if (field.Kind is FieldKind.IdentityId && _reader.TokenType is JsonTokenType.String && !HasUnicodeEscape(ref _reader))
        {
            members.Keep(ref _excerpt, start);
            _excerpt.Insert(value + 1, IdentityIds.TextMark);
            return true;
        }

        if (field.Kind is FieldKind.IdentityId && _reader.TokenType is JsonTokenType.Number)
        {
            members.Keep(ref _excerpt, start);
            _excerpt.Insert(value, "\""u8);
            _excerpt.Insert(value, IdentityIds.NumberMark);
            _excerpt.Insert(_reader.BytesConsumed, "\""u8);
            return true;
        }

        if (Converted(field.Kind) is not { } json)
        {
            return false;
        }

        members.Keep(ref _excerpt, start);
        _excerpt.Replace(value, _reader.BytesConsumed, Encoding.UTF8.GetBytes(json));
        return true;
    }

    /// <summary>The current value as JSON of this kind, or <see langword="null"/>. Of an array, it is the value of the only item.</summary>
    private string? Converted(FieldKind kind)
    {
        if (_reader.TokenType is not JsonTokenType.StartArray)
        {
            return Converted(ref _reader, kind);
        }

        // The reader is a struct: a copy looks ahead.
        var item = _reader;
        item.Read();
        var end = item;
        if (kind is FieldKind.IdentityId
            || item.TokenType is JsonTokenType.EndArray or JsonTokenType.StartArray or JsonTokenType.StartObject
            || !end.Read()
            || end.TokenType is not JsonTokenType.EndArray
            || Converted(ref item, kind) is not { } json)
        {
            return null;
        }

        _reader = end;
        return json;
    }

    private static string? Converted(ref Utf8JsonReader value, FieldKind kind) => (kind, value.TokenType) switch
    {
        (FieldKind.Text, JsonTokenType.String or JsonTokenType.Number) => Quoted(Text(ref value)),
        (FieldKind.IdentityId, JsonTokenType.String) => Quoted(Encoding.UTF8.GetString(IdentityIds.TextMark) + Text(ref value)),
        (FieldKind.Flag, JsonTokenType.True) => "true",
        (FieldKind.Flag, JsonTokenType.False) => "false",
        (FieldKind.Flag, JsonTokenType.String) when bool.TryParse(Text(ref value), out var flag) => flag ? "true" : "false",
        (FieldKind.Number, JsonTokenType.Number) => ToInt32(ref value)?.ToString(CultureInfo.InvariantCulture),
        (FieldKind.Number, JsonTokenType.String)
            when int.TryParse(Text(ref value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                number.ToString(CultureInfo.InvariantCulture),
        (FieldKind.Moment, JsonTokenType.String) when ToUtc(ref value) is { } moment =>
            Quoted(moment.ToString("O", CultureInfo.InvariantCulture)),
        _ => null,
    };

    private void WriteItems(Field field)
    {
        var items = new JsonExcerpt.Parts(_reader.BytesConsumed);
        while (_reader.Read() && _reader.TokenType is not JsonTokenType.EndArray)
        {
            if (_reader.TokenType is JsonTokenType.StartObject)
            {
                items.Keep(ref _excerpt, _reader.TokenStartIndex);
                WriteFields(field.Of!, field);
                items.End(_reader.BytesConsumed);
            }
            else
            {
                if (_reader.TokenType is not JsonTokenType.Null || !field.AllowsNulls)
                {
                    LeaveOut(field, parent: null);
                }

                _reader.Skip();
                items.LeaveOut(ref _excerpt, _reader.BytesConsumed);
            }
        }
    }

    private void LeaveOut(Field field, Field? parent)
    {
        if (field.MustBeReadable)
        {
            throw new JsonException($"Expected {field.Kind} in {field.Name}, found {_reader.TokenType}.");
        }

        var name = parent is null or { Of.AreOfUser: true } ? field.Name : $"{parent.Name}.{field.Name}";
        (_leftOut ??= []).Add((name, field.Kind, _reader.TokenType switch
        {
            JsonTokenType.StartObject => JsonValueKind.Object,
            JsonTokenType.StartArray => JsonValueKind.Array,
            JsonTokenType.String => JsonValueKind.String,
            JsonTokenType.Number => JsonValueKind.Number,
            JsonTokenType.True => JsonValueKind.True,
            JsonTokenType.False => JsonValueKind.False,
            _ => JsonValueKind.Null,
        }));
    }

    private void LogLeftOut()
    {
        if (_leftOut is { Count: > 0 })
        {
            var user = _userIdIsEscaped ? Unescape(_userId) : Encoding.UTF8.GetString(_userId);
            foreach (var (field, expected, kind) in _leftOut)
            {
                _log.Add(user, field, expected, kind);
            }

            _leftOut.Clear();
        }

        _userId = default;
    }

    /// <summary>Whether the SDK reads the value as it is: null too, which it takes for absent.</summary>
    private static bool IsAsExpected(ref Utf8JsonReader value, FieldKind kind) => value.TokenType switch
    {
        JsonTokenType.Null => true,
        JsonTokenType.String => kind switch
        {
            FieldKind.Text => !HasUnicodeEscape(ref value),
            FieldKind.Moment => IsAuth0sForm(ref value),
            _ => false,
        },
        JsonTokenType.True or JsonTokenType.False => kind is FieldKind.Flag,
        JsonTokenType.Number => kind is FieldKind.Number && value.TryGetInt32(out _),
        _ => false,
    };

    /// <summary>Whether the text may contain half a surrogate pair, which only an escape can.</summary>
    private static bool HasUnicodeEscape(ref Utf8JsonReader value) => value.ValueIsEscaped && value.ValueSpan.IndexOf("\\u"u8) >= 0;

    /// <summary>A whole number such as 5, 5.0 or 5e0.</summary>
    private static int? ToInt32(ref Utf8JsonReader value) =>
        value.TryGetInt32(out var number) ? number
        : value.TryGetDouble(out var real) && real == Math.Floor(real) && real is >= int.MinValue and <= int.MaxValue ? (int)real
        : null;

    /// <summary>Such as 2026-01-01T00:00:00.000Z: the SDK reads it, so it need not be written anew.</summary>
    private static bool IsAuth0sForm(ref Utf8JsonReader value) =>
        !value.ValueIsEscaped
        && value.ValueSpan is { Length: 24 } text
        && text[23] is (byte)'Z'
        && value.TryGetDateTime(out var moment)
        && moment.Kind is DateTimeKind.Utc;

    /// <summary>
    /// A date of ISO 8601 or RFC 1123; <see langword="null"/> for any other text. Auth0 keeps dates in UTC, so one without an offset is in
    /// UTC.
    /// </summary>
    private static DateTime? ToUtc(ref Utf8JsonReader value)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var text = Text(ref value);
        var plain = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\""));
        plain.Read();
        return plain.TryGetDateTime(out var moment)
                ? moment.Kind is DateTimeKind.Unspecified ? DateTime.SpecifyKind(moment, DateTimeKind.Utc) : moment.ToUniversalTime()
            : DateTime.TryParseExact(text, "R", CultureInfo.InvariantCulture, utc, out moment) ? moment
            : null;
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private readonly ReadOnlySpan<byte> Name() =>
        _reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(Unescape(_reader.ValueSpan)) : _reader.ValueSpan;

    private static string Text(ref Utf8JsonReader value) =>
        value.ValueIsEscaped ? Unescape(value.ValueSpan) : Encoding.UTF8.GetString(value.ValueSpan);

    /// <summary>
    /// Unescapes a string whose escapes the reader has checked. The reader's own unescaping throws at half a surrogate pair.
    /// </summary>
    private static string Unescape(ReadOnlySpan<byte> escaped)
    {
        var text = Encoding.UTF8.GetString(escaped);
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            switch (text[++i])
            {
                case 'u':
                    plain.Append((char)int.Parse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 4;
                    break;
                case 'b': plain.Append('\b'); break;
                case 'f': plain.Append('\f'); break;
                case 'n': plain.Append('\n'); break;
                case 'r': plain.Append('\r'); break;
                case 't': plain.Append('\t'); break;
                case var self: plain.Append(self); break;
            }
        }

        // Encoding and decoding replaces half a pair.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(plain.ToString()));
    }
}
