namespace Auth0.ManagementApi;

/// <summary>A failure that the SDK found.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="innerException">Why.</param>
public class ManagementException(string message, Exception? innerException = null) : Exception(message, innerException);
