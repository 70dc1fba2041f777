using Auth0.ManagementApi;

namespace AdminFunctions.Management;

/// <summary>Who a user is, as far as Auth0 knows: all the accounts of a person.</summary>
/// <param name="UserId">The user's ID.</param>
/// <param name="Email">The user's email address, which is that of the primary account.</param>
/// <param name="Accounts">The user's accounts; the first is the primary one.</param>
public sealed record IdentifiedUser(string UserId, string? Email, IReadOnlyList<IdentifiedAccount> Accounts)
{
    /// <summary>
    /// The user's ID and that of each linked account. Tokens that were issued before the accounts were linked still name the person by it.
    /// </summary>
    public IReadOnlyList<string> Ids { get; } = [UserId, .. Accounts.Select(static account => account.Id).OfType<string>()];

    /// <summary>The accounts in a database connection: the ones with a password at Auth0.</summary>
    public IReadOnlyList<IdentifiedAccount> DatabaseAccounts { get; } = [.. Accounts.Where(static account => account.Provider is "auth0")];

    /// <summary>The address to which Auth0 sends emails about an account; <see langword="null"/> if there is none.</summary>
    public string? AddressOf(IdentifiedAccount account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return (account.Id == UserId ? Email : account.Email) is { Length: > 0 } address ? address : null;
    }

    internal static IdentifiedUser? From(GetUserResponseContent? user) => user is { UserId.Length: > 0 }
        ? new(user.UserId, user.Email, [.. (user.Identities ?? []).Select(IdentifiedAccount.From)])
        : null;
}

/// <summary>An account of a user at an identity provider.</summary>
/// <param name="Provider">The provider, such as <c>auth0</c>.</param>
/// <param name="UserId">The ID there. For enterprise connections and custom social ones it begins with the connection.</param>
/// <param name="Connection">The connection's name.</param>
/// <param name="Email">The email address there, if the account is not the primary one.</param>
public sealed record IdentifiedAccount(string? Provider, string? UserId, string? Connection, string? Email)
{
    /// <summary>The ID of a user who has this account alone. An account that lacks the provider or the ID identifies nobody.</summary>
    public string? Id => Provider is not null && UserId is not null ? $"{Provider}|{UserId}" : null;

    internal static IdentifiedAccount From(UserIdentitySchema? identity) => new(
        identity?.Provider?.Value,
        identity?.UserId is { } id ? IdentityIds.Read(id).Text : null,
        identity?.Connection,
        identity?.ProfileData?.Email);
}
