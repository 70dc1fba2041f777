namespace AdminFunctions.Export;

/// <summary>So many exports are under way that this one is not begun. Auth0 has no part in it.</summary>
/// <param name="message">Which limit is reached and what to do, for the caller to read.</param>
/// <param name="retryAfter">When to come again.</param>
public sealed class TooManyExportsException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>When to come again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
