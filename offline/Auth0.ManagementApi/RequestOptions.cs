namespace Auth0.ManagementApi;

/// <summary>Settings of one call.</summary>
public class RequestOptions
{
    /// <summary>Headers to add, or to send instead of the client's own.</summary>
    public IEnumerable<KeyValuePair<string, string?>> AdditionalHeaders { get; set; } = [];

    /// <summary>Instead of <see cref="ManagementClientOptions.Timeout"/>.</summary>
    public TimeSpan? Timeout { get; set; }
}
