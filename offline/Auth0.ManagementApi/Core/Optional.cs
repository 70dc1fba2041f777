namespace Auth0.ManagementApi.Core;

/// <summary>A value that may be left unsaid, which is not the same as null.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Optional<T> : IEquatable<Optional<T>>
{
    private readonly T _value;

    private Optional(T value) => (_value, IsDefined) = (value, true);

    /// <summary>Left unsaid.</summary>
    public static Optional<T> Undefined => default;

    /// <summary>Whether there is a value, null included.</summary>
    public bool IsDefined { get; }

    /// <summary>Whether it was left unsaid.</summary>
    public bool IsUndefined => !IsDefined;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It was left unsaid.</exception>
    public T Value => IsDefined ? _value : throw new InvalidOperationException("Optional value is undefined");

    /// <summary>Says a value.</summary>
    /// <param name="value">The value.</param>
    public static Optional<T> Of(T value) => new(value);

    /// <summary>The value, or another when it was left unsaid.</summary>
    /// <param name="defaultValue">The other.</param>
    public T GetValueOrDefault(T defaultValue = default!) => IsDefined ? _value : defaultValue;

    /// <summary>The value, if there is one.</summary>
    /// <param name="value">The value.</param>
    public bool TryGetValue(out T value)
    {
        value = IsDefined ? _value : default!;
        return IsDefined;
    }

    /// <inheritdoc/>
    public bool Equals(Optional<T> other) => IsDefined == other.IsDefined && EqualityComparer<T>.Default.Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Optional<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsDefined, _value);

    /// <inheritdoc/>
    public override string ToString() => IsDefined ? $"Defined({_value})" : "Undefined";

    /// <summary>Says a value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Optional<T>(T value) => Of(value);

    /// <summary>Whether both say the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Optional<T> left, Optional<T> right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Optional<T> left, Optional<T> right) => !left.Equals(right);
}
