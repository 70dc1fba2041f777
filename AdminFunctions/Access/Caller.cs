namespace AdminFunctions.Access;

/// <summary>Who calls, as the access token says.</summary>
/// <param name="Subject">The token's <c>sub</c>: the caller's user id, or <c>{client id}@clients</c> for a machine.</param>
public sealed record Caller(string Subject);
