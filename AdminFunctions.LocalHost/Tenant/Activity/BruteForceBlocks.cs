using System.Collections.Concurrent;

namespace AdminFunctions.LocalHost.Tenant.Activity;

/// <summary>
/// Brute-force protection: after ten failed logins in a row, further logins to the account from that address are rejected
/// (https://auth0.com/docs/secure/attack-protection/brute-force-protection).
/// </summary>
internal sealed class BruteForceBlocks
{
    /// <summary>How many logins may fail in a row.</summary>
    public const int Threshold = 10;

    private readonly ConcurrentDictionary<string, IReadOnlyList<BruteForceBlock>> _blocks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string UserId, string Ip), int> _failures = new();

    /// <summary>The blocks of a user.</summary>
    public IReadOnlyList<BruteForceBlock> Of(string userId) => _blocks.GetValueOrDefault(userId) ?? [];

    /// <summary>The blocks of all users.</summary>
    public IReadOnlyList<(string UserId, BruteForceBlock Block)> All =>
        [.. _blocks.SelectMany(static user => user.Value.Select(block => (user.Key, block)))];

    /// <summary>Adds a block.</summary>
    public void Add(string userId, BruteForceBlock block) =>
        _blocks.AddOrUpdate(userId, [block], (_, blocks) => [.. blocks.Where(other => other != block), block]);

    /// <summary>Counts a failed login.</summary>
    /// <returns>Whether it was the one that leads to a block.</returns>
    public bool CountFailure(string userId, BruteForceBlock block)
    {
        var isLast = _failures.AddOrUpdate((userId, block.Ip), 1, static (_, count) => count + 1) == Threshold;
        if (isLast)
        {
            Add(userId, block);
        }

        return isLast;
    }

    /// <summary>Removes the blocks of a user, and forgets their failures.</summary>
    public void Remove(string userId)
    {
        _blocks.TryRemove(userId, out _);
        foreach (var key in _failures.Keys.Where(key => key.UserId == userId))
        {
            _failures.TryRemove(key, out _);
        }
    }
}

/// <summary>A block.</summary>
/// <param name="Identifier">What was typed in.</param>
internal sealed record BruteForceBlock(string Identifier, string Ip, string Connection);
