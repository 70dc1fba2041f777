using Auth0.ManagementApi;

namespace AdminFunctions.Users;

/// <summary>The response of BlockUser.</summary>
/// <param name="AccessRevocation">What became of the user's sessions and refresh tokens.</param>
internal sealed record BlockOutcome(bool Blocked, string AccessRevocation, string? Detail);

/// <summary>The response of UnblockUser.</summary>
/// <param name="BruteForceBlocks">What became of the blocks by brute-force protection.</param>
internal sealed record UnblockOutcome(bool Blocked, string BruteForceBlocks, string? Detail);

/// <summary>The response of SignOutUser.</summary>
internal sealed record SignOutOutcome(string AccessRevocation);

/// <summary>The response of the functions that have Auth0 send an email.</summary>
/// <param name="EmailRequest">Auth0 has accepted the request; whether the email arrives is another matter.</param>
internal sealed record EmailOutcome(string EmailRequest, string? Connection = null, string? JobId = null);

/// <summary>The response of ResetMfa.</summary>
/// <param name="AuthenticationMethods">The methods that were deleted.</param>
/// <param name="RememberedBrowsers">What became of the browsers that the user has told to remember the second factor.</param>
internal sealed record MfaOutcome(IReadOnlyList<DeletedMethod> AuthenticationMethods, string RememberedBrowsers, string? Detail);

/// <summary>An authentication method that was deleted.</summary>
internal sealed record DeletedMethod(string Id, string Type)
{
    public static DeletedMethod From(UserAuthenticationMethod method) => new(method.Id, method.Type.Value);
}
