using System.Text;

namespace AdminFunctions.Management;

/// <summary>The fields of an object that reach the SDK, found by their names in UTF-8.</summary>
internal sealed class KeptFields
{
    private readonly (byte[] Name, Field Field)[][] _byLength;

    public KeptFields(params IEnumerable<Field> fields)
    {
        var named = fields.Select(static field => (Name: Encoding.UTF8.GetBytes(field.Name), Field: field)).ToList();
        _byLength =
        [
            .. Enumerable.Range(0, named.Max(static field => field.Name.Length) + 1)
                .Select(length => named.Where(field => field.Name.Length == length).ToArray()),
        ];
        AreOfUser = ReferenceEquals(Find("user_id"u8), UserFields.UserId);
    }

    /// <summary>Whether the object is a user.</summary>
    public bool AreOfUser { get; }

    /// <summary>The field of this name; <see langword="null"/> if it is not kept.</summary>
    public Field? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length < _byLength.Length)
        {
            foreach (var (known, field) in _byLength[name.Length])
            {
                if (name.SequenceEqual(known))
                {
                    return field;
                }
            }
        }

        return null;
    }
}
