using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// How far a walk has come: every user with a lesser key than the one reached is delivered, and of those with that key the ones that it
/// remembers. Apart from users without a key, it remembers no more than that, however long the walk is.
/// </summary>
internal sealed class WalkFrontier(WalkOrder order)
{
    private readonly HashSet<string> _deliveredAtKey = new(StringComparer.Ordinal);
    private readonly HashSet<string> _deliveredWithoutKey = new(StringComparer.Ordinal);
    private string? _key;
    private string? _windowFrom;
    private bool _isPassed;

    /// <summary>How many users are delivered.</summary>
    public long Delivered { get; private set; }

    /// <summary>Begins a window.</summary>
    /// <returns>A clause for all users who are still to come; <see langword="null"/> for everyone.</returns>
    public string? Beyond()
    {
        _windowFrom = _key;
        return _key is null ? null : _isPassed ? order.Beyond(_key) : order.From(_key);
    }

    /// <summary>Checks that a page is in order, on which everything else relies.</summary>
    /// <exception cref="TenantException">It is not, or has users who cannot be told apart.</exception>
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

    /// <summary>Checks that a page in reverse order is in order, and that every user on it can be reached.</summary>
    /// <exception cref="TenantException">It is not, or one cannot be reached.</exception>
    public void CheckBackwards(IReadOnlyList<UserResponseSchema> users)
    {
        CheckIds(users);
        string? last = null;
        foreach (var user in users)
        {
            var key = order.KeyOf(user);
            if (key is null && !_deliveredWithoutKey.Contains(IdOf(user)))
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

    /// <summary>Whether a page begins before the key that has been reached, so that no user is between it and the previous page.</summary>
    public bool IsWithin(IReadOnlyList<UserResponseSchema> users) =>
        users.Select(order.KeyOf).FirstOrDefault(static key => key is not null) is { } first && string.CompareOrdinal(first, _key) < 0;

    /// <summary>Whether any user of a page has a key.</summary>
    public bool HasKeys(IReadOnlyList<UserResponseSchema> users) => users.Any(user => order.KeyOf(user) is not null);

    /// <summary>Whether all users of a page that have a key have the same one.</summary>
    public bool HasTies(IReadOnlyList<UserResponseSchema> users) => users.Select(order.KeyOf).OfType<string>().Distinct().Count() is 1;

    /// <summary>Goes on to the end of a page.</summary>
    /// <returns>The users on it that are not delivered yet.</returns>
    public IReadOnlyList<UserResponseSchema> Advance(IReadOnlyList<UserResponseSchema> users)
    {
        var fresh = Deliver(users);
        foreach (var user in fresh)
        {
            if (order.KeyOf(user) is { } key)
            {
                Reach(key);
                _deliveredAtKey.Add(IdOf(user));
            }
        }

        return fresh;
    }

    /// <summary>Delivers the users that are not delivered yet, without going on.</summary>
    /// <returns>Those users.</returns>
    public IReadOnlyList<UserResponseSchema> Deliver(IReadOnlyList<UserResponseSchema> users)
    {
        var fresh = Fresh(users);
        Delivered += fresh.Count;
        _deliveredWithoutKey.UnionWith(fresh.Where(user => order.KeyOf(user) is null).Select(IdOf));
        return fresh;
    }

    /// <summary>Goes on to the key that all users of a page have.</summary>
    public void EnterTies(IReadOnlyList<UserResponseSchema> users) => Reach(users.Select(order.KeyOf).OfType<string>().First());

    /// <summary>A clause for all users with the key that has been reached.</summary>
    public string AtKey() => order.At(_key!);

    /// <summary>Leaves the key that has been reached: all users who have it are delivered.</summary>
    public void LeaveTies()
    {
        _deliveredAtKey.Clear();
        _isPassed = true;
    }

    /// <summary>The users that are not delivered yet.</summary>
    public IReadOnlyList<UserResponseSchema> Fresh(IReadOnlyList<UserResponseSchema> users) => [.. users.Where(IsFresh)];

    /// <summary>The export would have a gap, so it ends.</summary>
    /// <param name="why">A clause that begins the sentence.</param>
    public static TenantException Gap(string why) => new(
        TenantFailure.Unavailable,
        $"{why}, so the export would miss some users. Try again; if this persists, narrow the export with q.");

    private static TenantException OutOfOrder() => Gap("Auth0 listed users in another order than the requested one");

    private bool IsFresh(UserResponseSchema user)
    {
        if (order.KeyOf(user) is not { } key)
        {
            return !_deliveredWithoutKey.Contains(IdOf(user));
        }

        var compared = string.CompareOrdinal(key, _key);
        return compared > 0 || (compared == 0 && !_isPassed && !_deliveredAtKey.Contains(IdOf(user)));
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

    /// <summary>Users are told apart by key and ID. One user without an ID at a key is an ID like any other; two are not.</summary>
    private void CheckIds(IReadOnlyList<UserResponseSchema> users)
    {
        var withoutId = users.Where(static user => user.UserId is null).Select(order.KeyOf).ToList();
        if (withoutId.Contains(null) || withoutId.Distinct().Count() < withoutId.Count)
        {
            throw Gap("Auth0 listed users without a user_id who cannot be told apart");
        }
    }

    private static string IdOf(UserResponseSchema user) => user.UserId ?? "";
}
