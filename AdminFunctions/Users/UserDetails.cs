using System.Text.Json.Serialization;
using Auth0.ManagementApi;

namespace AdminFunctions.Users;

/// <summary>A user who was read by ID.</summary>
internal sealed record UserDetails : User
{
    /// <summary>Adds to the served fields of a user.</summary>
    public UserDetails(User user)
        : base(user)
    {
    }

    /// <summary>The blocks by brute-force protection; <see langword="null"/> if they were not requested.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<BruteForceBlock>? BlockedFor { get; init; }
}

/// <summary>A block by brute-force protection: after too many failed logins, Auth0 rejects further ones of this kind.</summary>
/// <param name="Identifier">What was typed in: an email address, a username or a phone number.</param>
/// <param name="Ip">The IP address from which logins are rejected; absent if they are rejected from everywhere.</param>
/// <param name="Connection">The connection's name.</param>
internal sealed record BruteForceBlock(string? Identifier, string? Ip, string? Connection)
{
    public static BruteForceBlock From(UserBlockIdentifier block) => new(block.Identifier, block.Ip, block.Connection);
}
