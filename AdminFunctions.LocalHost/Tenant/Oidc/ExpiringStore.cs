using System.Diagnostics.CodeAnalysis;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>Keeps things under random keys for a while: sign-ins under way, codes, sessions.</summary>
/// <typeparam name="T">What is kept.</typeparam>
/// <param name="lifetime">For how long.</param>
/// <param name="clock">The time.</param>
internal sealed class ExpiringStore<T>(TimeSpan lifetime, TimeProvider clock)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (T Item, long At)> _items = new(StringComparer.Ordinal);

    /// <summary>Keeps something.</summary>
    /// <returns>Its key.</returns>
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

    /// <summary>Finds what is kept under a key, and may drop it.</summary>
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

    private bool Expired(long at) => clock.GetElapsedTime(at) >= lifetime;
}
