using System.Collections.Concurrent;
using System.Globalization;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Chaos;

/// <summary>
/// The tenant's users, as they should be: those that it began with, whom nobody deletes, and fresh ones, who are put into its
/// directory to be deleted.
/// </summary>
internal sealed class People(UserDirectory directory)
{
    private const string Prefix = "auth0|fresh-";

    /// <summary>How many fresh users wait to be deleted.</summary>
    private const int Stock = 400;

    private const int Most = 2_000_000;

    private static readonly TenantConnection Connection = new("Username-Password-Authentication", "auth0");

    private readonly ConcurrentQueue<string> _again = new();
    private readonly bool[] _answeredGone = new bool[Most];
    private int _put;
    private int _asked;

    /// <summary>The users that the tenant began with, by id.</summary>
    public IReadOnlyDictionary<string, TenantUser> Residents { get; } = directory.All.ToDictionary(user => user.UserId, StringComparer.Ordinal);

    /// <summary>The directory itself.</summary>
    public UserDirectory Directory => directory;

    /// <summary>How many fresh users somebody was asked to delete.</summary>
    public int Asked => Math.Min(Volatile.Read(ref _asked), Volatile.Read(ref _put));

    /// <summary>Puts fresh users into the directory, many of them created at one and the same moment.</summary>
    public void Restock()
    {
        var put = _put;
        var next = Math.Min(Most, _asked + Stock);
        if (next - put < Stock / 4)
        {
            return;
        }

        // Auth0's moments have milliseconds.
        var now = new DateTime(TimeProvider.System.GetUtcNow().Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);
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

    /// <summary>Somebody to delete: a fresh user, or one whose deletion has failed.</summary>
    public bool TryTake(out string id)
    {
        if (_again.TryDequeue(out id!))
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

    /// <summary>The deletion was answered with a 204.</summary>
    public void AnsweredGone(string id) => _answeredGone[NumberOf(id)!.Value] = true;

    /// <summary>The deletion was answered otherwise, or not at all: gone or not.</summary>
    public void Unknown(string id) => _again.Enqueue(id);

    /// <summary>Whether there has ever been such a user.</summary>
    public bool Knows(string id, string? name) => Residents.TryGetValue(id, out var resident)
        ? resident.Name == name
        : NumberOf(id) is { } number && name == "Fresh " + Digits(number);

    /// <summary>Compares the directory with what was answered.</summary>
    public void Check(Law law)
    {
        foreach (var id in Residents.Keys)
        {
            law.Check(directory.Find(id) is not null, () => $"{id} is gone, whom nobody asked to delete.");
        }

        for (var number = 0; number < _put; number++)
        {
            var id = Prefix + Digits(number);
            var isThere = directory.Find(id) is not null;
            law.Check(!(isThere && _answeredGone[number]), () => $"{id} is there, whose deletion was answered 204.");
            law.Check(isThere || number < _asked, () => $"{id} is gone, whom nobody asked to delete.");
        }

        foreach (var user in directory.All)
        {
            law.Check(Knows(user.UserId, user.Name), () => $"{user.UserId} is there, whom nobody put there.");
        }
    }

    private int? NumberOf(string id) =>
        id.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(id.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number < Math.Max(Volatile.Read(ref _put), _asked + Stock)
            ? number
            : null;

    private static string Digits(int number) => number.ToString("D7", CultureInfo.InvariantCulture);
}
