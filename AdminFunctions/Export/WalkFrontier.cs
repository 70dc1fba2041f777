using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// The progress of a walk. All users with a smaller key than the current one have been delivered. Of the users with the current key, it
/// remembers which have been delivered, and the same for users without a key. So its memory does not grow with the length of the walk.
/// </summary>
/// <param name="from">The position at which the walk starts; <see langword="null"/> for the beginning.</param>
internal sealed class WalkFrontier(WalkOrder order, WalkPosition? from)
{
    // The marks of IDs, which fit into a cursor.
    private readonly HashSet<ulong> _deliveredAtKey = [.. from?.AtKey ?? []];
    private readonly HashSet<ulong> _deliveredWithoutKey = [.. from?.WithoutKey ?? []];
    private string? _key = from?.Key;
    private string? _windowFrom;
    private bool _isPassed = from?.IsPassed ?? false;
    private string? _undatedUpTo = from?.UndatedUpTo;

    /// <summary>The number of delivered users.</summary>
    public long Delivered { get; private set; } = from?.Delivered ?? 0;

    /// <summary>The current key; <see langword="null"/> before the first one.</summary>
    public string? Key => _key;

    /// <summary>How many delivered users the next window contains.</summary>
    public int DeliveredAhead => _deliveredAtKey.Count;

    /// <summary>Returns the position of the walk.</summary>
    /// <param name="tiesUpTo">The last ID, if the users with the current key are being delivered by ID.</param>
    public WalkPosition Position(WalkPlace place, string? tiesUpTo, bool hasLookedForUndated) => new(
        place, _key, _isPassed, tiesUpTo, hasLookedForUndated, _undatedUpTo, Delivered, _deliveredAtKey, _deliveredWithoutKey);

    /// <summary>Begins a window.</summary>
    /// <returns>A clause for all users who have not been delivered; <see langword="null"/> for everyone.</returns>
    public string? Beyond()
    {
        _windowFrom = _key;
        return _key is null ? null : _isPassed ? order.Beyond(_key) : order.From(_key);
    }

    /// <summary>Checks that the users of a page are in order. Everything else relies on that.</summary>
    /// <exception cref="TenantException">They are not in order, or cannot be told apart.</exception>
    public void Check(IReadOnlyList<UserResponseSchema> users)
    {
        CheckIds(users);
        var last = _windowFrom ?? "";
        var mayRepeat = !_isPassed;
        foreach (var key in users.Select(order.KeyOf).OfType<string>())
        {
            var compared = string.CompareOrdinal(key, last);
            if (compared < 0 || (compared == 0 && !mayRepeat))
            {
                throw OutOfOrder();
            }

            last = key;
            mayRepeat = !order.IsUnique;
        }
    }

    /// <summary>Checks that the users of a page are in reverse order, and that the walk can reach each of them.</summary>
    /// <exception cref="TenantException">They are not in reverse order, or the walk cannot reach one.</exception>
    public void CheckBackwards(IReadOnlyList<UserResponseSchema> users)
    {
        CheckIds(users);
        string? last = null;
        foreach (var user in users)
        {
            var key = order.KeyOf(user);
            if (key is null && IsFresh(user))
            {
                throw Gap($"The user {AuditedId.Of(IdOf(user))} has no {order.Name} that can be read");
            }

            if (last is not null && key is not null && string.CompareOrdinal(key, last) > 0)
            {
                throw OutOfOrder();
            }

            last = key ?? last;
        }
    }

    /// <summary>Whether a page begins before the current key, so that no user is between it and the previous page.</summary>
    public bool IsWithin(IReadOnlyList<UserResponseSchema> users) =>
        users.Select(order.KeyOf).FirstOrDefault(static key => key is not null) is { } first && string.CompareOrdinal(first, _key) < 0;

    /// <summary>Whether any user of a page has a key.</summary>
    public bool HasKeys(IReadOnlyList<UserResponseSchema> users) => users.Any(user => order.KeyOf(user) is not null);

    /// <summary>Whether all users of a page that have a key have the same one.</summary>
    public bool HasTies(IReadOnlyList<UserResponseSchema> users) => users.Select(order.KeyOf).OfType<string>().Distinct().Count() is 1;

    /// <summary>Delivers the users of a page and moves the current key to its end.</summary>
    /// <returns>The users that had not been delivered.</returns>
    public IReadOnlyList<UserResponseSchema> Advance(IReadOnlyList<UserResponseSchema> users)
    {
        var fresh = Deliver(users);
        if (fresh.Select(order.KeyOf).LastOrDefault(static key => key is not null) is { } last)
        {
            Reach(last);
            _deliveredAtKey.UnionWith(fresh.Where(user => order.KeyOf(user) == last).Select(MarkOf));
        }

        return fresh;
    }

    /// <summary>Delivers users without moving the current key.</summary>
    /// <returns>The users that had not been delivered.</returns>
    public IReadOnlyList<UserResponseSchema> Deliver(IReadOnlyList<UserResponseSchema> users)
    {
        var fresh = Fresh(users);
        Delivered += fresh.Count;
        _deliveredWithoutKey.UnionWith(fresh.Where(user => order.KeyOf(user) is null).Select(MarkOf));
        return fresh;
    }

    /// <summary>
    /// Delivers users with the current key, by ID. They come up once only, so those who were delivered before need not be remembered.
    /// </summary>
    /// <returns>The users that had not been delivered.</returns>
    public IReadOnlyList<UserResponseSchema> DeliverTies(IReadOnlyList<UserResponseSchema> users)
    {
        var fresh = Deliver(users);
        _deliveredAtKey.ExceptWith(users.Select(MarkOf));
        return fresh;
    }

    /// <summary>Delivers users without a key, by ID, and remembers only the last one.</summary>
    /// <returns>The users that had not been delivered.</returns>
    public IReadOnlyList<UserResponseSchema> DeliverUndated(IReadOnlyList<UserResponseSchema> users)
    {
        var fresh = Deliver(users);
        if (users is not [])
        {
            _undatedUpTo = IdOf(users[^1]);
            _deliveredWithoutKey.ExceptWith(users.Select(MarkOf));
        }

        return fresh;
    }

    /// <summary>Moves the current key to the one that all users of a page have.</summary>
    public void EnterTies(IReadOnlyList<UserResponseSchema> users) => Reach(users.Select(order.KeyOf).OfType<string>().First());

    /// <summary>A clause for all users with the current key.</summary>
    public string AtKey() => order.At(_key!);

    /// <summary>Leaves the current key: all users who have it have been delivered.</summary>
    public void LeaveTies()
    {
        _deliveredAtKey.Clear();
        _isPassed = true;
    }

    /// <summary>Returns the users that have not been delivered.</summary>
    public IReadOnlyList<UserResponseSchema> Fresh(IReadOnlyList<UserResponseSchema> users) => [.. users.Where(IsFresh)];

    /// <summary>Creates the exception that ends an export which would have a gap.</summary>
    /// <param name="why">The beginning of the sentence.</param>
    public static TenantException Gap(string why) => new(
        TenantFailure.Unavailable,
        $"{why}, so the export would miss some users. Try again; if this persists, narrow the export with q.");

    private static TenantException OutOfOrder() => Gap("Auth0 listed users in another order than the requested one");

    private bool IsFresh(UserResponseSchema user)
    {
        if (order.KeyOf(user) is not { } key)
        {
            var isDone = _undatedUpTo is not null && string.CompareOrdinal(IdOf(user), _undatedUpTo) <= 0;
            return !isDone && !_deliveredWithoutKey.Contains(MarkOf(user));
        }

        var compared = string.CompareOrdinal(key, _key);
        return compared > 0 || (compared == 0 && !_isPassed && !_deliveredAtKey.Contains(MarkOf(user)));
    }

    private void Reach(string key)
    {
        if (key != _key)
        {
            _deliveredAtKey.Clear();
            _key = key;
            _isPassed = false;
        }
    }

    /// <summary>Users are told apart by key and ID. One user per key may have no ID, but not two.</summary>
    private void CheckIds(IReadOnlyList<UserResponseSchema> users)
    {
        var withoutId = users.Where(static user => user.UserId is null).Select(order.KeyOf).ToList();
        if (withoutId.Contains(null) || withoutId.Distinct().Count() < withoutId.Count)
        {
            throw Gap("Auth0 listed users without a user_id who cannot be told apart");
        }
    }

    private static ulong MarkOf(UserResponseSchema user) => WalkPosition.Mark(IdOf(user));

    private static string IdOf(UserResponseSchema user) => user.UserId ?? "";
}
