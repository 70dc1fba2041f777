using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>A version of the user search.</summary>
public readonly record struct SearchEngineVersionsEnum : IStringEnum
{
    /// <summary>The first.</summary>
    public static readonly SearchEngineVersionsEnum V1 = new("v1");

    /// <summary>The second.</summary>
    public static readonly SearchEngineVersionsEnum V2 = new("v2");

    /// <summary>The one to use.</summary>
    public static readonly SearchEngineVersionsEnum V3 = new("v3");

    /// <summary>A version.</summary>
    /// <param name="value">Its name.</param>
    public SearchEngineVersionsEnum(string value) => Value = value;

    /// <summary>Its name.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public bool Equals(string? other) => Value.Equals(other, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
