using AdminFunctions.Access;
using AdminFunctions.Deletions;
using AdminFunctions.Export;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AdminFunctions.Http;

/// <summary>A failure as callers see it: problem details (RFC 9457) with the headers that belong to them.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Slug">The last part of the problem's <c>type</c>.</param>
/// <param name="Title">What kind of problem this is, always the same.</param>
/// <param name="Detail">What happened this time and what to do.</param>
public sealed record Problem(int Status, string Slug, string Title, string Detail)
{
    /// <summary>For each parameter at fault, what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The challenge of a 401 or 403 (RFC 6750, section 3).</summary>
    public string? WwwAuthenticate { get; init; }

    /// <summary>
    /// When to try again: in the header Retry-After (RFC 9110, section 10.2.3) and in the member <c>retryAfter</c>, because browsers
    /// hide that header from pages of another origin, and a stream has sent its headers already.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The settings are not valid, so no function can work.</summary>
    /// <param name="faults">A sentence for each fault.</param>
    public static Problem Misconfigured(IEnumerable<string> faults) =>
        new(StatusCodes.Status503ServiceUnavailable, "misconfigured", "The settings are not valid", string.Join(' ', faults));

    /// <summary>The table of everything that can go wrong.</summary>
    public static Problem From(Exception exception) => exception switch
    {
        InvalidRequestException invalid => InvalidRequest(invalid.Message) with { Errors = invalid.Errors },

        AccessDeniedException { Denial: AccessDenial.MissingToken } denied => new(
            401, "missing-token", "An access token is missing", denied.Message)
        {
            // Without an error code, because the request has no token (RFC 6750, section 3.1).
            WwwAuthenticate = "Bearer",
        },
        AccessDeniedException { Denial: AccessDenial.InvalidToken } denied => new(
            401, "invalid-token", "The access token is not valid", denied.Message)
        {
            WwwAuthenticate = $"Bearer error=\"invalid_token\", error_description=\"{Quotable(denied.Message)}\"",
        },
        AccessDeniedException { Denial: AccessDenial.InsufficientPermission } denied => new(
            403, "insufficient-permission", "The access token lacks a permission", denied.Message)
        {
            WwwAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{denied.Permission}\"",
        },

        AccessDeniedException { Denial: AccessDenial.OrganizationToken } denied => new(
            403, "organization-token", "The access token is for an organization", denied.Message)
        {
            // Not invalid_token: a new token from the same sign-in is no better (RFC 6750, section 3.1). No scope would help.
            WwwAuthenticate = $"Bearer error=\"insufficient_scope\", error_description=\"{Quotable(denied.Message)}\"",
        },

        NoSuchUserException missing => new(404, "no-such-user", "The user does not exist", missing.Message),

        ProtectionException { Rule: ProtectionRule.SelfDeletion } forbidden => new(
            409, "self-deletion", "You cannot delete your own account", forbidden.Message),
        ProtectionException { Rule: ProtectionRule.OwnAccount } forbidden => new(
            409, "own-account", "You cannot do this to your own account", forbidden.Message),
        ProtectionException { Rule: ProtectionRule.ProtectedUser } forbidden => new(
            409, "protected-user", "The user is protected", forbidden.Message),

        EmailRefusedException { Refusal: EmailRefusal.NoPassword } refused => new(
            409, "no-password", "The user has no password at Auth0", refused.Message),
        EmailRefusedException { Refusal: EmailRefusal.NoEmail } refused => new(
            409, "no-email", "The user has no email address", refused.Message),
        EmailRefusedException { Refusal: EmailRefusal.ConnectionRequired } refused => new(
            409, "connection-required", "The user has several passwords at Auth0", refused.Message)
        {
            Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["connection"] = [refused.Message] },
        },
        EmailRefusedException { Refusal: EmailRefusal.NoVerification } refused => new(
            409, "no-verification", "Auth0 does not verify this user's address", refused.Message),

        TenantException { Failure: TenantFailure.InvalidRequest, Parameter: { } parameter } tenant => InvalidRequest(tenant.Message) with
        {
            Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [parameter] = [tenant.Message] },
        },
        TenantException { Failure: TenantFailure.InvalidRequest } tenant => InvalidRequest(tenant.Message),
        TenantException { Failure: TenantFailure.Refused } tenant => new(
            502, "tenant-refused", "Auth0 returned an error", tenant.Message),
        TenantException { Failure: TenantFailure.Unavailable } tenant => new(
            502, "tenant-unavailable", "Auth0 is not available", tenant.Message)
        {
            RetryAfter = tenant.RetryAfter,
        },
        TenantException { Failure: TenantFailure.NotInPlan } tenant => new(
            409, "not-in-plan", "The tenant's plan does not include this", tenant.Message),
        TenantException { Failure: TenantFailure.OutcomeUnknown } tenant => new(
            502, "outcome-unknown", "The outcome is not known", tenant.Message),
        TenantException { Failure: TenantFailure.RateLimited } tenant => new(
            503, "tenant-rate-limited", "Auth0's rate limit has been reached", tenant.Message)
        {
            RetryAfter = tenant.RetryAfter,
        },
        TenantException { Failure: TenantFailure.Timeout } tenant => new(
            504, "tenant-timeout", "Auth0 did not respond in time", tenant.Message),
        PlanRefusedException { Refusal: PlanRefusal.Expired } plan => new(
            409, "plan-expired", "The plan has expired", plan.Message),
        PlanRefusedException { Refusal: PlanRefusal.AnotherActor } plan => new(
            409, "another-actor", "The plan is another administrator's", plan.Message),
        PlanRefusedException { Refusal: PlanRefusal.ApprovalRequired } plan => new(
            409, "approval-required", "The plan is not approved", plan.Message),
        PlanRefusedException { Refusal: PlanRefusal.TooLarge } plan => new(
            409, "plan-too-large", "Too many users match", plan.Message),
        TooManyExportsException exports => new(
            503, "too-many-exports", "Too many exports are in progress", exports.Message)
        {
            RetryAfter = exports.RetryAfter,
        },
        VaultException vault => new(503, "vault-unavailable", "The client secret could not be read", vault.Message),

        _ => new(
            500,
            "unexpected",
            "An unexpected error occurred",
            "If it occurs again, report it with the traceId, by which the log can be searched."),
    };

    /// <summary>How many whole seconds to wait, as in Retry-After.</summary>
    public int? RetryAfterSeconds => RetryAfter is { } wait ? (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, int.MaxValue) : null;

    /// <summary>The problem details (RFC 9457, section 3).</summary>
    /// <param name="traceId">The request's trace id.</param>
    public ProblemDetails ToDetails(string traceId)
    {
        var details = new ProblemDetails
        {
            Type = $"urn:admin-functions:problem:{Slug}",
            Title = Title,
            Status = Status,
            Detail = Detail,
            Extensions = { ["traceId"] = traceId },
        };
        if (RetryAfterSeconds is { } seconds)
        {
            details.Extensions["retryAfter"] = seconds;
        }

        if (Errors is { } errors)
        {
            details.Extensions["errors"] = errors;
        }

        return details;
    }

    private static Problem InvalidRequest(string detail) => new(400, "invalid-request", "The request is not valid", detail);

    /// <summary>Removes characters that an error_description may not contain (RFC 6750, section 3); an audience may contain them.</summary>
    private static string Quotable(string text) =>
        string.Concat(text.Where(static character => character is >= ' ' and <= '~' and not '"' and not '\\'));
}
