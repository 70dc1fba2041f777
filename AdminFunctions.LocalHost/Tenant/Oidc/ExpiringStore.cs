using System.Diagnostics.CodeAnalysis;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>Stores values with a limited lifetime under random keys: pending sign-ins, codes.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="lifetime">The lifetime of the values.</param>
/// <param name="clock">The clock.</param>
internal sealed class ExpiringStore<T>(TimeSpan lifetime, TimeProvider clock)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (T Item, long At)> _items = new(StringComparer.Ordinal);

    /// <summary>Stores a value.</summary>
    /// <returns>The key.</returns>
    public string Add(T item)
    {
        var key = Tokens.Random();
        lock (_lock)
        {
            foreach (var old in _items.Where(entry => Expired(entry.Value.At)).Select(entry => entry.Key).ToArray())
            {
                _items.Remove(old);
            }

            _items[key] = (item, clock.GetTimestamp());
        }
        return key;
    }

    /// <summary>Gets the value of a key, and optionally removes it.</summary>
    public bool TryGet(string? key, [NotNullWhen(true)] out T? item, bool remove = false)
    {
        item = null;
        if (key is null)
        {
            return false;
        }

        lock (_lock)
        {
            if (!_items.TryGetValue(key, out var found) || Expired(found.At))
            {
                return false;
            }

            if (remove)
            {
                _items.Remove(key);
            }

            item = found.Item;
            return true;
        }
    }

    /// <summary>Removes the values that match.</summary>
    public void RemoveWhere(Predicate<T> matches)
    {
        lock (_lock)
        {
            foreach (var key in _items.Where(entry => matches(entry.Value.Item)).Select(static entry => entry.Key).ToList())
            {
                _items.Remove(key);
            }
        }
    }

    private bool Expired(long at) => clock.GetElapsedTime(at) >= lifetime;
}
