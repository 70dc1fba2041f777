using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;

namespace AdminFunctions.Access;

/// <summary>
/// The access tokens that were found good, so that a caller's next request need not have its signature verified again. Only good
/// ones are kept: whoever sends others fills nothing. A token itself is not kept, just its hash.
/// </summary>
internal sealed class ValidatedTokens : IDisposable
{
    /// <summary>How many are kept; a dashboard has fewer signed in at once.</summary>
    internal const int Capacity = 1000;

    private readonly MemoryCache _byHash = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <summary>A token that was found good; whether it still is (its expiry, the tenant's keys) is for the caller to see.</summary>
    public AccessToken? Find(string bearerToken) => _byHash.Get<AccessToken>(HashOf(bearerToken));

    /// <summary>Keeps a token, until there are too many and others have been of use since.</summary>
    public void Keep(string bearerToken, AccessToken token) =>
        _byHash.Set(HashOf(bearerToken), token, new MemoryCacheEntryOptions { Size = 1 });

    /// <summary>Forgets them all.</summary>
    public void Dispose() => _byHash.Dispose();

    private static string HashOf(string bearerToken) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(bearerToken)));
}
