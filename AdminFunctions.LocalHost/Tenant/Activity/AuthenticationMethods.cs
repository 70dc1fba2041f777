using System.Collections.Concurrent;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.Activity;

/// <summary>An authentication method.</summary>
/// <param name="Type">Auth0's type, such as <c>totp</c>.</param>
internal sealed record AuthenticationMethod(string Id, string Type);

/// <summary>The authentication methods of users. Some users have only a password, some have several. The ID of the user decides.</summary>
internal sealed class AuthenticationMethods
{
    private static readonly string[][] SecondFactors =
    [
        ["totp", "recovery-code"],
        [],
        ["push", "phone", "recovery-code"],
        [],
        ["webauthn-roaming", "webauthn-platform", "recovery-code"],
        [],
        ["email", "passkey"],
    ];

    private readonly ConcurrentDictionary<(string UserId, string Id), bool> _deleted = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<AuthenticationMethod>> _set = new(StringComparer.Ordinal);

    /// <summary>Replaces the methods of a user.</summary>
    public void Set(string userId, params IReadOnlyList<string> types) => _set[userId] = Make(userId, types);

    /// <summary>The methods of a user.</summary>
    public IReadOnlyList<AuthenticationMethod> Of(TenantUser user)
    {
        var methods = _set.GetValueOrDefault(user.UserId) ?? Make(user.UserId, TypesOf(user));
        return [.. methods.Where(method => !_deleted.ContainsKey((user.UserId, method.Id)))];
    }

    /// <summary>Deletes a method.</summary>
    /// <returns>Whether it existed.</returns>
    public bool Delete(TenantUser user, string id) =>
        Of(user).Any(method => method.Id == id) && _deleted.TryAdd((user.UserId, id), true);

    /// <summary>Forgets the methods of a user.</summary>
    public void Forget(string userId)
    {
        _set.TryRemove(userId, out _);
        foreach (var key in _deleted.Keys.Where(key => key.UserId == userId))
        {
            _deleted.TryRemove(key, out _);
        }
    }

    private static IEnumerable<string> TypesOf(TenantUser user)
    {
        if (user.Identities[0].Connection.Provider is "auth0")
        {
            yield return "password";
        }

        if (user.EmailVerified is true)
        {
            yield return "email-verification";
        }

        foreach (var type in SecondFactors[user.UserId.Sum(static character => character) % SecondFactors.Length])
        {
            yield return type;
        }
    }

    private static IReadOnlyList<AuthenticationMethod> Make(string userId, IEnumerable<string> types) =>
        [.. types.Select(type => new AuthenticationMethod($"{type}|dev_{Math.Abs(HashOf(userId, type)):x8}", type))];

    /// <summary>A hash that is the same in every process.</summary>
    private static int HashOf(string userId, string type) =>
        (userId + type).Aggregate(17, static (hash, character) => unchecked((hash * 31) + character)) & int.MaxValue;
}
