namespace AdminFunctions.Management;

/// <summary>The ways in which the tenant can fail us.</summary>
public enum TenantFailure
{
    /// <summary>Auth0 refused us (credentials, grant, scope), or gave an answer that is no answer.</summary>
    Refused,

    /// <summary>Auth0's rate limit outlasted our retries.</summary>
    RateLimited,

    /// <summary>Auth0 did not answer within the budget.</summary>
    Timeout,

    /// <summary>Auth0 refused what the caller asked for, such as a query that it cannot parse.</summary>
    InvalidRequest,
}

/// <summary>A call to the tenant failed.</summary>
/// <param name="failure">Which way.</param>
/// <param name="message">What happened and what to set right, for the caller to read; no secret, no token.</param>
/// <param name="inner">What the client library said.</param>
public sealed class TenantException(TenantFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which way the call failed.</summary>
    public TenantFailure Failure { get; } = failure;

    /// <summary>For <see cref="TenantFailure.RateLimited"/>: when to come again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The client secret could not be read from Key Vault.</summary>
/// <param name="message">What happened and what to set right; no secret.</param>
/// <param name="inner">What the client library said.</param>
public sealed class VaultException(string message, Exception? inner = null) : Exception(message, inner);
