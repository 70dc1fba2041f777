using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AdminFunctions.Management;

/// <summary>
/// How a user of Auth0's is written for the SDK: the allowed fields alone, of each identity the four that are served, and the
/// ids of identities marked (<see cref="IdentityIds"/>).
/// </summary>
/// <remarks>
/// Values are copied token by token. Text that is no Unicode (half of a surrogate pair, bytes that are no UTF-8) becomes
/// U+FFFD where it is broken: the SDK cannot read it, and nobody could write it.
/// </remarks>
/// <param name="fields">The fields of a user that are kept.</param>
internal sealed class CanonicalUser(params IReadOnlyList<string> fields)
{
    private static readonly JsonEncodedText Users = JsonEncodedText.Encode("users");
    private static readonly JsonEncodedText Identities = JsonEncodedText.Encode("identities");
    private static readonly JsonEncodedText UserId = JsonEncodedText.Encode("user_id");
    private static readonly JsonEncodedText[] PageFields = Encode("start", "limit", "length", "total", "users");
    private static readonly JsonEncodedText[] IdentityFields = Encode(UserFields.OfIdentity.Select(static field => field.Name));

    private readonly JsonEncodedText[] _fields = Encode(fields);

    private delegate void MemberWriting(ref Utf8JsonReader value, JsonEncodedText name, Utf8JsonWriter json);

    private delegate void ItemWriting(ref Utf8JsonReader item, Utf8JsonWriter json);

    /// <summary>Writes a page of users with totals.</summary>
    /// <param name="page">Stands on the page.</param>
    /// <param name="json">Where to.</param>
    /// <exception cref="JsonException">It is no page of users.</exception>
    public void WritePage(ref Utf8JsonReader page, Utf8JsonWriter json) => WriteObject(ref page, PageFields, json, WritePageField);

    /// <summary>Writes a user.</summary>
    /// <param name="user">Stands on the user.</param>
    /// <param name="json">Where to.</param>
    /// <exception cref="JsonException">It is no user.</exception>
    public void Write(ref Utf8JsonReader user, Utf8JsonWriter json) => WriteObject(ref user, _fields, json, WriteField);

    private void WritePageField(ref Utf8JsonReader value, JsonEncodedText name, Utf8JsonWriter json)
    {
        json.WritePropertyName(name);
        if (name.Equals(Users))
        {
            WriteArray(ref value, json, Write);
        }
        else
        {
            WriteScalar(ref value, json);
        }
    }

    private static void WriteField(ref Utf8JsonReader value, JsonEncodedText name, Utf8JsonWriter json)
    {
        json.WritePropertyName(name);
        if (name.Equals(Identities))
        {
            WriteArray(ref value, json, WriteIdentity);
        }
        else
        {
            WriteScalar(ref value, json);
        }
    }

    private static void WriteIdentity(ref Utf8JsonReader identity, Utf8JsonWriter json) => WriteObject(ref identity, IdentityFields, json, WriteIdentityField);

    private static void WriteIdentityField(ref Utf8JsonReader value, JsonEncodedText name, Utf8JsonWriter json)
    {
        if (!name.Equals(UserId))
        {
            json.WritePropertyName(name);
            WriteScalar(ref value, json);
            return;
        }

        switch (value.TokenType)
        {
            case JsonTokenType.Number:
                json.WritePropertyName(name);
                WriteText(IdentityIds.NumberMark, ref value, json);
                break;
            case JsonTokenType.String:
                json.WritePropertyName(name);
                WriteText(IdentityIds.TextMark, ref value, json);
                break;
            default:
                // No id at all: null, an object, true.
                value.Skip();
                break;
        }
    }

    /// <summary>Writes the allowed members of an object; a null stays one.</summary>
    private static void WriteObject(ref Utf8JsonReader value, JsonEncodedText[] allowed, Utf8JsonWriter json, MemberWriting write)
    {
        if (value.TokenType is JsonTokenType.Null)
        {
            json.WriteNullValue();
            return;
        }

        Expect(JsonTokenType.StartObject, value.TokenType);
        json.WriteStartObject();
        while (value.Read() && value.TokenType is not JsonTokenType.EndObject)
        {
            var name = Allowed(ref value, allowed);
            value.Read();
            if (name is { } known)
            {
                write(ref value, known, json);
            }
            else
            {
                value.Skip();
            }
        }

        json.WriteEndObject();
    }

    private static void WriteArray(ref Utf8JsonReader value, Utf8JsonWriter json, ItemWriting write)
    {
        if (value.TokenType is JsonTokenType.Null)
        {
            json.WriteNullValue();
            return;
        }

        Expect(JsonTokenType.StartArray, value.TokenType);
        json.WriteStartArray();
        while (value.Read() && value.TokenType is not JsonTokenType.EndArray)
        {
            write(ref value, json);
        }

        json.WriteEndArray();
    }

    private static void WriteScalar(ref Utf8JsonReader value, Utf8JsonWriter json)
    {
        switch (value.TokenType)
        {
            case JsonTokenType.String:
                WriteText(mark: default, ref value, json);
                break;
            case JsonTokenType.Number:
                json.WriteRawValue(value.ValueSpan, skipInputValidation: true);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                json.WriteBooleanValue(value.GetBoolean());
                break;
            case JsonTokenType.Null:
                json.WriteNullValue();
                break;
            default:
                throw new JsonException($"A {value.TokenType} stands where Auth0 has a text, a number or a flag.");
        }
    }

    /// <summary>Writes a string, or a number's digits as a string, behind a mark.</summary>
    private static void WriteText(ReadOnlySpan<byte> mark, ref Utf8JsonReader value, Utf8JsonWriter json)
    {
        if (value.ValueIsEscaped)
        {
            json.WriteStringValue(Encoding.UTF8.GetString(mark) + Unescape(value.ValueSpan));
        }
        else if (mark.IsEmpty)
        {
            json.WriteStringValue(value.ValueSpan);
        }
        else
        {
            json.WriteStringValueSegment(mark, isFinalSegment: false);
            json.WriteStringValueSegment(value.ValueSpan, isFinalSegment: true);
        }
    }

    /// <summary>What an escaped string says. The reader has seen that its escapes are escapes; its own unescaping refuses half a surrogate pair.</summary>
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

        // Encoding and decoding it replaces what is half a pair.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(plain.ToString()));
    }

    private static JsonEncodedText? Allowed(ref Utf8JsonReader name, JsonEncodedText[] allowed)
    {
        ReadOnlySpan<byte> plain = name.ValueIsEscaped ? Encoding.UTF8.GetBytes(Unescape(name.ValueSpan)) : name.ValueSpan;
        foreach (var known in allowed)
        {
            if (plain.SequenceEqual(known.EncodedUtf8Bytes))
            {
                return known;
            }
        }

        return null;
    }

    private static void Expect(JsonTokenType expected, JsonTokenType found)
    {
        if (found != expected)
        {
            throw new JsonException($"A {found} stands where Auth0 has a {expected}.");
        }
    }

    private static JsonEncodedText[] Encode(params IEnumerable<string> names) => [.. names.Select(static name => JsonEncodedText.Encode(name))];
}
