namespace Auth0.ManagementApi;

/// <summary>A call's result, with the answer that it was read from.</summary>
/// <typeparam name="T">The result.</typeparam>
public readonly struct WithRawResponse<T>
{
    /// <summary>The result.</summary>
    public required T Data { get; init; }

    /// <summary>The answer.</summary>
    public required RawResponse RawResponse { get; init; }
}
