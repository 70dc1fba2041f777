namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>One page of a list.</summary>
/// <param name="Users">The users on it.</param>
/// <param name="Total">How many the whole list has.</param>
internal readonly record struct UserPage(IReadOnlyList<TenantUser> Users, int Total);

/// <summary>
/// The tenant's users. Reading one by id is immediate; lists may go on showing a deleted user for a while, as
/// Auth0's search index does ("eventually consistent").
/// </summary>
internal sealed class UserDirectory
{
    private readonly TimeSpan _searchLag;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TenantUser> _byId;

    // What lists are made of: as of the last addition, so with the users deleted since, who are passed over.
    private TenantUser[] _indexed;
    private readonly Dictionary<string, Deletion> _deleted = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Field, bool Descending), TenantUser[]> _sorted = [];

    /// <summary>Makes a directory.</summary>
    /// <param name="seed">The users to begin with.</param>
    /// <param name="searchLag">How long lists go on showing a deleted user.</param>
    /// <param name="clock">Tells when that time is over.</param>
    public UserDirectory(IEnumerable<TenantUser> seed, TimeSpan searchLag, TimeProvider clock)
    {
        _searchLag = searchLag;
        _clock = clock;
        _byId = seed.ToDictionary(user => user.UserId, StringComparer.Ordinal);
        _indexed = [.. _byId.Values];
    }

    /// <summary>How many users there are.</summary>
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

    /// <summary>The user of an id; null when there is none.</summary>
    public TenantUser? Find(string userId)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(userId);
        }
    }

    /// <summary>Adds users, or puts them in the place of those with the same id.</summary>
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

    /// <summary>Deletes a user.</summary>
    /// <returns>Whether there was one.</returns>
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
    /// <param name="query">Which; null for all.</param>
    /// <param name="sort">By what; those without a value come last, and ties are oldest first.</param>
    /// <param name="descending">In which direction.</param>
    /// <param name="start">How many to pass over.</param>
    /// <param name="limit">How many to take.</param>
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
            // Without a query the total is known: no need to go on to the end.
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

    /// <summary>The deleted users whom lists no longer show.</summary>
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
        sorted = [.. (descending ? present.ThenByDescending(field.Value, order) : present.ThenBy(field.Value, order)).ThenBy(user => user.CreatedAt)];
        return _sorted[(field.Name, descending)] = sorted;
    }

    private sealed record Deletion(TenantUser User, long At);
}
