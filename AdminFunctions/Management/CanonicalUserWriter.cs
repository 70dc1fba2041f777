using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AdminFunctions.Management;

/// <summary>
/// Rewrites Auth0's JSON about users, so that the SDK, which is strict about types, can read it whatever the users hold. Of each user
/// only some fields are kept, and of each identity the four in <see cref="UserFields.OfIdentity"/>.
/// </summary>
/// <remarks>
/// <para>
/// A value of another type than its field's is converted where its meaning is certain, or left out of its user; docs/odd-users.md has the
/// table. The IDs of identities are marked (<see cref="IdentityIds"/>).
/// </para>
/// <para>Text that is not Unicode (half a surrogate pair, invalid UTF-8) becomes U+FFFD where it is broken: the SDK cannot read it.</para>
/// </remarks>
internal ref struct CanonicalUserWriter
{
    private static readonly KeptFields IdentityFields = new(UserFields.OfIdentity);

    private readonly KeptFields _fields;
    private readonly Utf8JsonWriter _json;
    private readonly LeftOutValues _log;
    private Utf8JsonReader _reader;
    private ReadOnlySpan<byte> _userId;
    private bool _userIdIsEscaped;
    private bool _needsIdentities;
    private List<(string Field, UserFieldKind Expected, JsonValueKind Kind)>? _leftOut;

    /// <param name="reader">Not advanced yet. It must read the whole document at once.</param>
    /// <param name="fields">The fields of a user that are kept.</param>
    public CanonicalUserWriter(Utf8JsonReader reader, KeptFields fields, Utf8JsonWriter json, LeftOutValues log)
    {
        (_fields, _json, _log) = (fields, json, log);
        _reader = reader;
    }

    /// <summary>Rewrites a document that is a page of users with totals.</summary>
    /// <exception cref="JsonException">It is not JSON, or not a page of users.</exception>
    public void WritePage()
    {
        _reader.Read();
        Expect(JsonTokenType.StartObject);
        _json.WriteStartObject();
        while (_reader.Read() && _reader.TokenType is not JsonTokenType.EndObject)
        {
            var name = Name();
            _reader.Read();
            if (name.SequenceEqual("users"u8))
            {
                _json.WritePropertyName("users"u8);
                WriteUsers();
            }
            else if (_reader.TokenType is not JsonTokenType.Null
                && (name.SequenceEqual("start"u8) || name.SequenceEqual("limit"u8) || name.SequenceEqual("length"u8) || name.SequenceEqual("total"u8)))
            {
                Expect(JsonTokenType.Number);
                _json.WritePropertyName(name);
                _json.WriteRawValue(_reader.ValueSpan, skipInputValidation: true);
            }
            else
            {
                _reader.Skip();
            }
        }

        _json.WriteEndObject();
        ExpectEnd();
    }

    /// <summary>
    /// Rewrites a document that is a user. The identities must be readable: they decide whether the user may be deleted.
    /// </summary>
    /// <exception cref="JsonException">It is not JSON, or not a user.</exception>
    public void WriteUser()
    {
        _needsIdentities = true;
        _reader.Read();
        WriteCurrentUser();
        ExpectEnd();
    }

    private void WriteUsers()
    {
        if (_reader.TokenType is JsonTokenType.Null)
        {
            _json.WriteNullValue();
            return;
        }

        Expect(JsonTokenType.StartArray);
        _json.WriteStartArray();
        while (_reader.Read() && _reader.TokenType is not JsonTokenType.EndArray)
        {
            WriteCurrentUser();
        }

        _json.WriteEndArray();
    }

    /// <summary>Something other than an object in a user's place is not data of a user, and is not left out silently.</summary>
    private void WriteCurrentUser()
    {
        Expect(JsonTokenType.StartObject);
        _userId = default;
        WriteFields(_fields, prefix: "");
        foreach (var (field, expected, kind) in _leftOut ?? [])
        {
            _log.Add(_userIdIsEscaped ? Unescape(_userId) : Encoding.UTF8.GetString(_userId), field, expected, kind);
        }

        _leftOut?.Clear();
    }

    /// <summary>Writes the kept fields of the current object.</summary>
    private void WriteFields(KeptFields fields, string prefix)
    {
        _json.WriteStartObject();
        while (_reader.Read() && _reader.TokenType is not JsonTokenType.EndObject)
        {
            var field = fields.Find(Name());
            _reader.Read();
            if (ReferenceEquals(field?.Field, UserFields.UserId))
            {
                _userId = _reader.ValueSpan;
                _userIdIsEscaped = _reader.ValueIsEscaped;
            }

            if (field is not null && !TryWrite(ref _reader, field) && !TryWriteArray(field) && _reader.TokenType is not JsonTokenType.Null)
            {
                LeaveOut(prefix + field.Field.Name, field.Field.Kind);
            }

            _reader.Skip();
        }

        _json.WriteEndObject();
    }

    /// <summary>Writes a field whose value is a single token that its kind allows or that can be converted.</summary>
    private bool TryWrite(ref Utf8JsonReader value, KeptField field)
    {
        var name = field.EncodedName;
        switch (field.Field.Kind, value.TokenType)
        {
            case (UserFieldKind.Text, JsonTokenType.String):
                _json.WritePropertyName(name);
                WriteText(mark: default, ref value);
                return true;
            case (UserFieldKind.Text, JsonTokenType.Number):
                _json.WriteString(name, value.ValueSpan);
                return true;
            case (UserFieldKind.IdentityId, JsonTokenType.String):
                _json.WritePropertyName(name);
                WriteText(IdentityIds.TextMark, ref value);
                return true;
            case (UserFieldKind.IdentityId, JsonTokenType.Number):
                _json.WritePropertyName(name);
                WriteText(IdentityIds.NumberMark, ref value);
                return true;
            case (UserFieldKind.Flag, JsonTokenType.True or JsonTokenType.False):
                _json.WriteBoolean(name, value.TokenType is JsonTokenType.True);
                return true;
            case (UserFieldKind.Flag, JsonTokenType.String) when bool.TryParse(Text(ref value), out var flag):
                _json.WriteBoolean(name, flag);
                return true;
            case (UserFieldKind.Number, JsonTokenType.Number) when ToInt32(ref value) is { } number:
                _json.WriteNumber(name, number);
                return true;
            case (UserFieldKind.Number, JsonTokenType.String)
                when int.TryParse(Text(ref value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                _json.WriteNumber(name, number);
                return true;
            case (UserFieldKind.Moment, JsonTokenType.String) when IsAuth0sForm(ref value):
                _json.WriteString(name, value.ValueSpan);
                return true;
            case (UserFieldKind.Moment, JsonTokenType.String) when ToUtc(ref value) is { } moment:
                _json.WriteString(name, moment);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes the identities, or a field whose value is an array of one fitting value.</summary>
    private bool TryWriteArray(KeptField field)
    {
        if (_reader.TokenType is not JsonTokenType.StartArray)
        {
            return false;
        }

        switch (field.Field.Kind)
        {
            case UserFieldKind.Identities:
                _json.WritePropertyName(field.EncodedName);
                WriteIdentities();
                return true;
            case UserFieldKind.IdentityId:
                return false;
            default:
                // The reader is a struct: a copy looks ahead.
                var item = _reader;
                item.Read();
                var next = item;
                return item.TokenType is not (JsonTokenType.EndArray or JsonTokenType.StartArray or JsonTokenType.StartObject)
                    && next.Read()
                    && next.TokenType is JsonTokenType.EndArray
                    && TryWrite(ref item, field);
        }
    }

    private void WriteIdentities()
    {
        _json.WriteStartArray();
        while (_reader.Read() && _reader.TokenType is not JsonTokenType.EndArray)
        {
            if (_reader.TokenType is JsonTokenType.StartObject)
            {
                WriteFields(IdentityFields, prefix: "identities.");
            }
            else
            {
                LeaveOut("identities", UserFieldKind.Identities);
                _reader.Skip();
            }
        }

        _json.WriteEndArray();
    }

    private void LeaveOut(string field, UserFieldKind expected)
    {
        if (_needsIdentities && expected is UserFieldKind.Identities && _reader.TokenType is not JsonTokenType.Null)
        {
            throw new JsonException($"Expected an identity, found {_reader.TokenType}.");
        }

        (_leftOut ??= []).Add((field, expected, _reader.TokenType switch
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
        var text = Text(ref value);
        var plain = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\""));
        plain.Read();
        return plain.TryGetDateTime(out var moment)
                ? moment.Kind is DateTimeKind.Unspecified ? DateTime.SpecifyKind(moment, DateTimeKind.Utc) : moment.ToUniversalTime()
            : DateTime.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment)
                ? moment
            : null;
    }

    /// <summary>Writes a string, or a number's digits as a string, behind a mark.</summary>
    private readonly void WriteText(ReadOnlySpan<byte> mark, ref Utf8JsonReader value)
    {
        if (value.ValueIsEscaped)
        {
            _json.WriteStringValue(Encoding.UTF8.GetString(mark) + Unescape(value.ValueSpan));
        }
        else if (mark.IsEmpty)
        {
            _json.WriteStringValue(value.ValueSpan);
        }
        else
        {
            _json.WriteStringValueSegment(mark, isFinalSegment: false);
            _json.WriteStringValueSegment(value.ValueSpan, isFinalSegment: true);
        }
    }

    private readonly ReadOnlySpan<byte> Name() =>
        _reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(Unescape(_reader.ValueSpan)) : _reader.ValueSpan;

    private static string Text(ref Utf8JsonReader value) =>
        value.ValueIsEscaped ? Unescape(value.ValueSpan) : Encoding.UTF8.GetString(value.ValueSpan);

    /// <summary>Unescapes a string whose escapes the reader has checked. The reader's own unescaping throws at half a surrogate pair.</summary>
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

    private readonly void Expect(JsonTokenType expected)
    {
        if (_reader.TokenType != expected)
        {
            throw new JsonException($"Expected {expected}, found {_reader.TokenType}.");
        }
    }

    /// <summary>Reads to the end of the document, which throws if anything but white space follows.</summary>
    private void ExpectEnd() => _reader.Read();
}
