namespace AdminFunctions.Access;

/// <summary>Who calls, according to the access token.</summary>
/// <param name="Subject">The token's <c>sub</c>: the caller's user ID, or <c>{client id}@clients</c> for a machine.</param>
/// <param name="AuthorizedParty">The token's <c>azp</c>: the application that the token was issued to, if the token names it.</param>
public sealed record Caller(string Subject, string? AuthorizedParty = null)
{
    /// <summary>The permissions in the token that are among <see cref="Access.Permissions"/>.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>A caller who did not need a token. The subject is empty, which no accepted token's is.</summary>
    public static Caller Anonymous { get; } = new("");
}
