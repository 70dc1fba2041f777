using System.Collections.Concurrent;
using System.Globalization;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Chaos;

/// <summary>
/// The expected users of the tenant: permanent users, who exist from the start and are never deleted, and fresh users, who are added in
/// order to be deleted.
/// </summary>
internal sealed class TestUsers(UserDirectory directory)
{
    private const string Prefix = "auth0|fresh-";

    /// <summary>The number of fresh users to keep available.</summary>
    private const int StockSize = 400;

    private const int MaxUsers = 2_000_000;

    private static readonly TenantConnection Connection = new("Username-Password-Authentication", "auth0");

    private readonly ConcurrentQueue<string> _retries = new();
    private readonly bool[] _confirmedDeleted = new bool[MaxUsers];
    private int _put;
    private int _asked;

    /// <summary>The permanent users by ID.</summary>
    public IReadOnlyDictionary<string, TenantUser> PermanentUsers { get; } =
        directory.All.ToDictionary(user => user.UserId, StringComparer.Ordinal);

    /// <summary>The user directory of the tenant.</summary>
    public UserDirectory Directory => directory;

    /// <summary>The number of fresh users whose deletion was requested.</summary>
    public int Asked => Math.Min(Volatile.Read(ref _asked), Volatile.Read(ref _put));

    /// <summary>Adds fresh users to the directory, many of them with the same creation time.</summary>
    public void Restock()
    {
        var put = _put;
        var next = Math.Min(MaxUsers, _asked + StockSize);
        if (next - put < StockSize / 4)
        {
            return;
        }

        // Times in Auth0 have a resolution of one millisecond.
        var milliseconds = TimeProvider.System.GetUtcNow().Ticks / TimeSpan.TicksPerMillisecond;
        var now = new DateTime(milliseconds * TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);
        directory.Put(Enumerable.Range(put, next - put).Select(number => new TenantUser
        {
            UserId = Prefix + Digits(number),
            Name = "Fresh " + Digits(number),
            Identities = [new(Connection, Prefix[6..] + Digits(number))],
            CreatedAt = now,
            UpdatedAt = now,
        }));
        Volatile.Write(ref _put, next);
    }

    /// <summary>Gets a user to delete: a fresh user, or one whose deletion has failed.</summary>
    public bool TryTake(out string id)
    {
        if (_retries.TryDequeue(out id!))
        {
            return true;
        }

        var number = Interlocked.Increment(ref _asked) - 1;
        if (number < Volatile.Read(ref _put))
        {
            id = Prefix + Digits(number);
            return true;
        }

        Interlocked.Decrement(ref _asked);
        return false;
    }

    /// <summary>Records that a deletion returned 204.</summary>
    public void ConfirmDeleted(string id) => _confirmedDeleted[NumberOf(id)!.Value] = true;

    /// <summary>Records that a deletion failed or had no response. The user may exist or not.</summary>
    public void RetryLater(string id) => _retries.Enqueue(id);

    /// <summary>Whether the user exists or has existed.</summary>
    public bool Knows(string id, string? name) => PermanentUsers.TryGetValue(id, out var resident)
        ? resident.Name == name
        : NumberOf(id) is { } number && name == "Fresh " + Digits(number);

    /// <summary>Compares the directory with the responses.</summary>
    public void Check(Invariant invariant)
    {
        foreach (var id in PermanentUsers.Keys)
        {
            invariant.Check(directory.Find(id) is not null, () => $"{id} is gone, but no deletion was requested.");
        }

        for (var number = 0; number < _put; number++)
        {
            var id = Prefix + Digits(number);
            var isThere = directory.Find(id) is not null;
            invariant.Check(!(isThere && _confirmedDeleted[number]), () => $"{id} exists, but its deletion returned 204.");
            invariant.Check(isThere || number < _asked, () => $"{id} is gone, but no deletion was requested.");
        }

        foreach (var user in directory.All)
        {
            invariant.Check(Knows(user.UserId, user.Name), () => $"{user.UserId} exists, but was never added.");
        }
    }

    private int? NumberOf(string id) =>
        id.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(id.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number < Math.Max(Volatile.Read(ref _put), _asked + StockSize)
            ? number
            : null;

    private static string Digits(int number) => number.ToString("D7", CultureInfo.InvariantCulture);
}
