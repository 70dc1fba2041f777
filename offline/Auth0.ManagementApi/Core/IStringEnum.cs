namespace Auth0.ManagementApi.Core;

/// <summary>An enumeration of strings that the service may extend.</summary>
public interface IStringEnum : IEquatable<string>
{
    /// <summary>The string.</summary>
    string Value { get; }
}
