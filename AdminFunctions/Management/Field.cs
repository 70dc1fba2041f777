namespace AdminFunctions.Management;

/// <summary>What Auth0 documents as the type of a field.</summary>
public enum FieldKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A Boolean.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A date and time, as a string.</summary>
    Moment,

    /// <summary>An object.</summary>
    Structure,

    /// <summary>An array of objects.</summary>
    Structures,

    /// <summary>An ID at an identity provider: a string or, at some providers, a number.</summary>
    IdentityId,
}

/// <summary>A field of an object in Auth0's JSON.</summary>
/// <param name="Name">Auth0's name for it.</param>
/// <param name="Kind">Its documented type.</param>
public sealed record Field(string Name, FieldKind Kind)
{
    /// <summary>The fields that are kept of the object, or of each object in the array.</summary>
    internal KeptFields? Of { get; init; }

    /// <summary>Whether a value that cannot be read makes the whole response unreadable. Otherwise, the value is left out.</summary>
    internal bool MustBeReadable { get; init; }

    /// <summary>Whether a null in the array is left out. Otherwise, it is an item that cannot be read.</summary>
    internal bool AllowsNulls { get; init; }

    /// <summary>A member to write after this one, such as <c>"a":1</c>: the SDK requires it, and this API does not use it.</summary>
    internal string? Companion { get; init; }
}
