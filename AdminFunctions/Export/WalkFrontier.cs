using AdminFunctions.Management;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// How far a walk has come: everyone with a lesser key than the one reached is delivered, and of those with that key the ones
/// that it remembers. That is all it remembers, however long the walk.
/// </summary>
/// <param name="order">What the walk goes by.</param>
internal sealed class WalkFrontier(WalkOrder order)
{
    private readonly HashSet<string> _deliveredAtKey = new(StringComparer.Ordinal);
    private string? _key;
    private string? _windowFrom;
    private bool _isPassed;

    /// <summary>How many users are delivered.</summary>
    public long Delivered { get; private set; }

    /// <summary>Begins a window.</summary>
    /// <returns>A clause for all who are still to come; <see langword="null"/> for everyone.</returns>
    public string? Beyond()
    {
        _windowFrom = _key;
        return _key is null ? null : _isPassed ? order.Beyond(_key) : order.From(_key);
    }

    /// <summary>Sees that a page is in order: what follows goes by it.</summary>
    /// <param name="users">The page.</param>
    /// <exception cref="TenantException">It is not.</exception>
    public void Check(IReadOnlyList<UserResponseSchema> users)
    {
        var last = _windowFrom ?? "";
        var mayRepeat = !_isPassed;
        foreach (var user in users)
        {
            var key = order.KeyOf(user);
            var isBehind = string.CompareOrdinal(key, last) is var compared && (mayRepeat ? compared < 0 : compared <= 0);
            if (key is null || user.UserId is null || isBehind)
            {
                throw OutOfOrder();
            }

            last = key;
            mayRepeat = !order.IsUnique;
        }
    }

    /// <summary>Sees that a page that was asked for backwards is in order, and that everyone on it can be reached.</summary>
    /// <param name="users">The page.</param>
    /// <exception cref="TenantException">It is not, or not everyone can.</exception>
    public void CheckBackwards(IReadOnlyList<UserResponseSchema> users)
    {
        string? last = null;
        foreach (var user in users)
        {
            var key = order.KeyOf(user);
            if (key is null || user.UserId is null || (last is not null && string.CompareOrdinal(key, last) > 0))
            {
                throw OutOfOrder();
            }

            last = key;
        }
    }

    /// <summary>Whether a page begins before the key that is reached, so that nobody can be between it and the one before.</summary>
    /// <param name="users">The page.</param>
    public bool IsWithin(IReadOnlyList<UserResponseSchema> users) =>
        users.Count > 0 && string.CompareOrdinal(order.KeyOf(users[0]), _key) < 0;

    /// <summary>Goes on to the end of a page.</summary>
    /// <param name="users">The page.</param>
    /// <returns>The users on it that are not delivered yet.</returns>
    public IReadOnlyList<UserResponseSchema> Advance(IReadOnlyList<UserResponseSchema> users)
    {
        var fresh = Deliver(users);
        foreach (var user in fresh)
        {
            Reach(user);
            _deliveredAtKey.Add(user.UserId!);
        }

        return fresh;
    }

    /// <summary>Delivers those who are not yet, and goes on no further.</summary>
    /// <param name="users">Some users.</param>
    /// <returns>Those of them.</returns>
    public IReadOnlyList<UserResponseSchema> Deliver(IReadOnlyList<UserResponseSchema> users)
    {
        var fresh = Fresh(users);
        Delivered += fresh.Count;
        return fresh;
    }

    /// <summary>Goes on to the key that all users of a page have.</summary>
    /// <param name="users">The page.</param>
    public void EnterCrowd(IReadOnlyList<UserResponseSchema> users) => Reach(users[0]);

    /// <summary>A clause for all with the key that is reached.</summary>
    public string AtKey() => order.At(_key!);

    /// <summary>Leaves the key that is reached behind: all who have it are delivered.</summary>
    public void LeaveCrowd()
    {
        _deliveredAtKey.Clear();
        _isPassed = true;
    }

    /// <summary>Those who are not delivered yet.</summary>
    /// <param name="users">Some users.</param>
    public IReadOnlyList<UserResponseSchema> Fresh(IReadOnlyList<UserResponseSchema> users) =>
        [.. users.Where(user => string.CompareOrdinal(order.KeyOf(user), _key) is var compared
            && (compared > 0 || (compared == 0 && !_isPassed && !_deliveredAtKey.Contains(user.UserId!))))];

    private static TenantException OutOfOrder() => new(
        TenantFailure.Unavailable,
        "Auth0 listed users out of the order that was asked for, so the export would miss some. Try again; if this lasts, narrow it with q.");

    private void Reach(UserResponseSchema user)
    {
        if (order.KeyOf(user) is var key && key != _key)
        {
            _deliveredAtKey.Clear();
            _key = key;
            _isPassed = false;
        }
    }
}
