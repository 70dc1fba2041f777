using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;

namespace AdminFunctions.Access;

/// <summary>
/// A cache of valid access tokens, so that the signature is not verified again for each request. Invalid tokens are not cached, so they
/// cannot fill the cache. It contains only the hash of a token, not the token.
/// </summary>
internal sealed class ValidatedTokens : IDisposable
{
    /// <summary>The maximum number of tokens. A dashboard has fewer users signed in at the same time.</summary>
    internal const int Capacity = 1000;

    private readonly MemoryCache _byHash = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <summary>Returns the contents of a cached token. You have to check its expiry and the tenant's current keys.</summary>
    public AccessToken? Find(string bearerToken) => _byHash.Get<AccessToken>(HashOf(bearerToken));

    /// <summary>Adds a token. When the cache is full, the least recently used tokens are removed.</summary>
    public void Keep(string bearerToken, AccessToken token) =>
        _byHash.Set(HashOf(bearerToken), token, new MemoryCacheEntryOptions { Size = 1 });

    /// <summary>Removes all tokens.</summary>
    public void Dispose() => _byHash.Dispose();

    private static string HashOf(string bearerToken) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(bearerToken)));
}
