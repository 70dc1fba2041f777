namespace AdminFunctions.Access;

/// <summary>Who calls, as the access token says.</summary>
/// <param name="Subject">The token's <c>sub</c>: the caller's user id, or <c>{client id}@clients</c> for a machine.</param>
/// <param name="AuthorizedParty">The token's <c>azp</c>: the application that the token was issued to, if it is named.</param>
public sealed record Caller(string Subject, string? AuthorizedParty = null);
