namespace AdminFunctions.Management;

/// <summary>How a call to Auth0 failed.</summary>
public enum TenantFailure
{
    /// <summary>Auth0 rejected this application: its credentials, its grant, a scope or a setting. Someone has to correct it.</summary>
    Refused,

    /// <summary>Auth0 could not be reached, failed (a status of 500 or above), or returned a response that is not Auth0's.</summary>
    Unavailable,

    /// <summary>Auth0's rate limit was still exceeded after the retries.</summary>
    RateLimited,

    /// <summary>Auth0 did not respond within the <see cref="RequestBudget"/>.</summary>
    Timeout,

    /// <summary>Auth0 rejected what the caller asked for, such as a query that it cannot parse.</summary>
    InvalidRequest,

    /// <summary>The tenant's plan does not include what the caller asked for.</summary>
    NotInPlan,

    /// <summary>A write may have been carried out, and that could not be found out.</summary>
    OutcomeUnknown,
}

/// <summary>A call to Auth0 failed.</summary>
/// <param name="failure">How it failed.</param>
/// <param name="message">What happened and what to do, for the caller to read. It contains no secret and no token.</param>
/// <param name="inner">The client library's exception.</param>
public sealed class TenantException(TenantFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How the call failed.</summary>
    public TenantFailure Failure { get; } = failure;

    /// <summary>
    /// When to try again, for <see cref="TenantFailure.RateLimited"/> and, if it is known, <see cref="TenantFailure.Unavailable"/>.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>For a write: whether Auth0 may have carried it out, because an attempt ended without Auth0's refusal.</summary>
    public bool MayBeDone { get; init; }

    /// <summary>
    /// For <see cref="TenantFailure.InvalidRequest"/>: the parameter that Auth0 rejects, <c>q</c> or <c>sort</c>;
    /// <see langword="null"/> if that is not certain.
    /// </summary>
    public string? Parameter { get; init; }
}

/// <summary>The client secret could not be read from Key Vault.</summary>
/// <param name="message">What happened and what to do. It contains no secret.</param>
/// <param name="inner">The client library's exception.</param>
public sealed class VaultException(string message, Exception? inner = null) : Exception(message, inner);
