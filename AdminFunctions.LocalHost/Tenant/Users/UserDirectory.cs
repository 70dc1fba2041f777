namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>One page of a list.</summary>
/// <param name="Users">The users on it.</param>
/// <param name="Total">The number of users in the whole list.</param>
internal readonly record struct UserPage(IReadOnlyList<TenantUser> Users, int Total);

/// <summary>
/// The users of the tenant. Reading by ID is immediately consistent. Lists are eventually consistent like Auth0's search index: they
/// can still contain a deleted user for a while.
/// </summary>
internal sealed class UserDirectory
{
    private readonly TimeSpan _searchLag;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TenantUser> _byId;

    // The users as of the last addition. It includes users who were deleted later; lists skip them.
    private TenantUser[] _indexed;
    private readonly Dictionary<string, Deletion> _deleted = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Field, bool Descending), TenantUser[]> _sorted = [];

    /// <summary>Creates a directory.</summary>
    /// <param name="seed">The initial users.</param>
    /// <param name="searchLag">How long lists still contain a deleted user.</param>
    /// <param name="clock">The clock for the search lag.</param>
    public UserDirectory(IEnumerable<TenantUser> seed, TimeSpan searchLag, TimeProvider clock)
    {
        _searchLag = searchLag;
        _clock = clock;
        _byId = seed.ToDictionary(user => user.UserId, StringComparer.Ordinal);
        _indexed = [.. _byId.Values];
    }

    /// <summary>The number of users.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byId.Count;
            }
        }
    }

    /// <summary>The users, oldest first.</summary>
    public IReadOnlyList<TenantUser> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _byId.Values.OrderBy(user => user.CreatedAt)];
            }
        }
    }

    /// <summary>The user with an ID; null if there is none.</summary>
    public TenantUser? Find(string userId)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(userId);
        }
    }

    /// <summary>Adds users, or replaces those with the same ID.</summary>
    public void Put(params IEnumerable<TenantUser> users)
    {
        lock (_lock)
        {
            foreach (var user in users)
            {
                _byId[user.UserId] = user;
                _deleted.Remove(user.UserId);
            }
            foreach (var gone in Gone())
            {
                _deleted.Remove(gone);
            }

            _indexed = [.. _byId.Values, .. _deleted.Values.Select(deletion => deletion.User)];
            _sorted.Clear();
        }
    }

    /// <summary>Changes a user.</summary>
    /// <returns>The changed user; null if there is no such user.</returns>
    public TenantUser? Update(string userId, Func<TenantUser, TenantUser> change)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(userId, out var user))
            {
                return null;
            }

            Put(change(user));
            return _byId[userId];
        }
    }

    /// <summary>Deletes a user.</summary>
    /// <returns>Whether the user existed.</returns>
    public bool Delete(string userId)
    {
        lock (_lock)
        {
            if (!_byId.Remove(userId, out var user))
            {
                return false;
            }

            _deleted[userId] = new(user, _clock.GetTimestamp());
            return true;
        }
    }

    /// <summary>Lists users.</summary>
    /// <param name="query">The search query; null for all users.</param>
    /// <param name="sort">The field to sort by. Users without a value come last. Ties are ordered oldest first.</param>
    /// <param name="descending">Whether the order is descending.</param>
    /// <param name="start">The number of users to skip.</param>
    /// <param name="limit">The maximum number of users to return.</param>
    public UserPage List(Predicate<TenantUser>? query, UserField sort, bool descending, int start, int limit)
    {
        TenantUser[] sorted;
        HashSet<string> gone;
        lock (_lock)
        {
            sorted = Sorted(sort, descending);
            gone = Gone();
        }

        List<TenantUser> page = new(Math.Min(limit, 100));
        var total = 0;
        foreach (var user in sorted)
        {
            // Without a query, the total is known, so stop here.
            if (query is null && page.Count == limit)
            {
                break;
            }

            if (query is not null && !query(user))
            {
                continue;
            }

            if (gone.Contains(user.UserId))
            {
                continue;
            }

            if (total >= start && page.Count < limit)
            {
                page.Add(user);
            }

            total++;
        }
        return new(page, query is null ? sorted.Length - gone.Count : total);
    }

    /// <summary>The deleted users whom lists no longer contain.</summary>
    private HashSet<string> Gone() =>
        [.. _deleted.Where(deleted => _clock.GetElapsedTime(deleted.Value.At) >= _searchLag).Select(deleted => deleted.Key)];

    private TenantUser[] Sorted(UserField field, bool descending)
    {
        if (_sorted.TryGetValue((field.Name, descending), out var sorted))
        {
            return sorted;
        }

        IComparer<IComparable?> order = field.Kind switch
        {
            UserFieldKind.Text => Comparer<IComparable?>.Create((a, b) => StringComparer.OrdinalIgnoreCase.Compare(a, b)),
            UserFieldKind.Keyword => Comparer<IComparable?>.Create((a, b) => StringComparer.Ordinal.Compare(a, b)),
            _ => Comparer<IComparable?>.Default,
        };
        var present = _indexed.OrderBy(user => field.Value(user) is null);
        var ordered = descending ? present.ThenByDescending(field.Value, order) : present.ThenBy(field.Value, order);
        sorted = [.. ordered.ThenBy(user => user.CreatedAt)];
        return _sorted[(field.Name, descending)] = sorted;
    }

    private sealed record Deletion(TenantUser User, long At);
}
