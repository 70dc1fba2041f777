namespace AdminFunctions.Export;

/// <summary>The export is not started, because too many are running. This is a limit of this API, not of Auth0.</summary>
/// <param name="message">Which limit is reached and what to do. The caller reads it.</param>
/// <param name="retryAfter">When to retry.</param>
public sealed class TooManyExportsException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>When to retry.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
