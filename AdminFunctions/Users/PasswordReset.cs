using System.Text.Json.Serialization;
using AdminFunctions.Management;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Users;

/// <summary>The optional body of a request for a password reset.</summary>
/// <param name="Connection">The database connection of the account, for a user who has accounts in several.</param>
internal sealed partial record PasswordReset(string? Connection)
{
    private const int MaxBodyInBytes = 4096;

    private const string Rule = "The body is a JSON object such as {\"connection\":\"Username-Password-Authentication\"}, or empty.";

    /// <summary>Reads the body.</summary>
    /// <exception cref="InvalidRequestException">It is not such an object, it is larger than 4 KiB, or it did not arrive.</exception>
    public static async Task<PasswordReset> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        await JsonBody.ReadAsync(request, PasswordResetJson.Default.PasswordReset, MaxBodyInBytes, Rule, cancellationToken)
            ?? new(Connection: null);

    /// <summary>The account whose password is to be reset, and the address for the email.</summary>
    /// <exception cref="EmailRefusedException">There is no such account, none can be chosen, or it has no address.</exception>
    public (string Email, string Connection) Find(IdentifiedUser user)
    {
        List<IdentifiedAccount> accounts = [.. user.DatabaseAccounts.Where(static account => account.Connection is { Length: > 0 })];
        if (accounts is [])
        {
            throw new EmailRefusedException(
                EmailRefusal.NoPassword, "The user has no password at Auth0: none of their accounts is in a database connection.");
        }

        List<string> connections = [.. accounts.Select(static account => account.Connection!).Distinct(StringComparer.Ordinal)];
        if (Connection is null && connections.Count > 1)
        {
            throw new EmailRefusedException(
                EmailRefusal.ConnectionRequired,
                $"The user has accounts in several database connections: {string.Join(", ", connections)}. Name one of them in the body.");
        }

        // A user may have two accounts in the same connection.
        var account = accounts.Where(account => Connection is null || account.Connection == Connection)
            .OrderByDescending(account => account.Id == user.UserId)
            .ThenByDescending(account => user.AddressOf(account) is not null)
            .FirstOrDefault()
            ?? throw new InvalidRequestException(
                "connection", $"The user has no account in this database connection. They have one in: {string.Join(", ", connections)}.");
        return user.AddressOf(account) is { } email
            ? (email, account.Connection!)
            : throw new EmailRefusedException(
                EmailRefusal.NoEmail,
                $"The user's account in {account.Connection} has no email address to which Auth0 could send the email.");
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false)]
    [JsonSerializable(typeof(PasswordReset))]
    private sealed partial class PasswordResetJson : JsonSerializerContext;
}
