using System.Text.Json;

namespace AdminFunctions.Management;

/// <summary>The fields of an object that reach the SDK, found by their names in UTF-8.</summary>
internal sealed class KeptFields
{
    private readonly KeptField[][] _byLength;

    public KeptFields(IEnumerable<UserField> fields)
    {
        KeptField[] all = [.. fields.Select(static field => new KeptField(field, JsonEncodedText.Encode(field.Name)))];
        _byLength =
        [
            .. Enumerable.Range(0, all.Max(static field => field.EncodedName.EncodedUtf8Bytes.Length) + 1)
                .Select(length => all.Where(field => field.EncodedName.EncodedUtf8Bytes.Length == length).ToArray()),
        ];
    }

    /// <summary>The field of this name; <see langword="null"/> if it is not kept.</summary>
    public KeptField? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length < _byLength.Length)
        {
            foreach (var field in _byLength[name.Length])
            {
                if (name.SequenceEqual(field.EncodedName.EncodedUtf8Bytes))
                {
                    return field;
                }
            }
        }

        return null;
    }
}

/// <param name="Field">The field.</param>
/// <param name="EncodedName">Its name as JSON.</param>
internal sealed record KeptField(UserField Field, JsonEncodedText EncodedName);
