using System.Security.Cryptography;
using System.Text;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Deletions;

/// <summary>
/// The keys that plans are signed with. They are derived from the client secret (HKDF, RFC 5869), so that all instances of the app have
/// them without a further secret. A key that a rotation has replaced still verifies until the tickets that it signed have expired.
/// </summary>
public sealed class PlanKeys
{
    /// <summary>The maximum age of the secret behind a new signature, so that it outlives a rotation by a known time.</summary>
    internal static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    /// <summary>The pause between reads of the vault because of unknown keys: anyone can make up the name of a key.</summary>
    internal static readonly TimeSpan PauseBetweenReads = TimeSpan.FromSeconds(30);

    private readonly ClientSecret _secret;
    private readonly IOptions<UsersOptions> _settings;
    private readonly TimeProvider _time;
    private readonly SingleFlight<Current> _reading;
    private volatile Current? _current;
    private volatile IReadOnlyList<Replaced> _replaced = [];
    private long? _readAt;
    private volatile VaultException? _failure;

    /// <summary>Creates the keys' source. Nothing is read yet.</summary>
    public PlanKeys(ClientSecret secret, IOptions<UsersOptions> settings, TimeProvider time)
    {
        (_secret, _settings, _time) = (secret, settings, time);
        _reading = new(_ => ReadAsync());
    }

    /// <summary>Returns the key for new signatures.</summary>
    /// <param name="cancellationToken">Ends the wait for the vault.</param>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public async Task<SecurityKey> GetSigningKeyAsync(CancellationToken cancellationToken)
    {
        var current = _current;
        return current is not null && IsFresh(current) ? current.Key
            : (await _reading.RunAsync(() => _current is not { } read || !IsFresh(read), cancellationToken) ?? _current!).Key;
    }

    /// <summary>Returns the key of this name; <see langword="null"/> if there is none.</summary>
    /// <inheritdoc cref="GetSigningKeyAsync"/>
    public async Task<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (Find(keyId) is { } known)
        {
            return known;
        }

        await _reading.RunAsync(() => _readAt is not { } at || _time.GetElapsedTime(at) >= PauseBetweenReads, cancellationToken);
        return Find(keyId) ?? (_failure is { } failure ? throw new VaultException(failure.Message, failure) : null);
    }

    private bool IsFresh(Current current) => _time.GetElapsedTime(current.ReadAt) < FreshFor;

    private SecurityKey? Find(string keyId)
    {
        var current = _current?.Key;
        return current?.KeyId == keyId
            ? current
            : _replaced.FirstOrDefault(replaced => replaced.Key.KeyId == keyId && IsValid(replaced))?.Key;
    }

    private bool IsValid(Replaced replaced) => _time.GetElapsedTime(replaced.At) < _settings.Value.PlansExpireAfter;

    private async Task<Current> ReadAsync()
    {
        using var budget = RequestBudget.Start(_time, RequestBudget.ForSharedWork);
        _readAt = _time.GetTimestamp();

        // An instance that has planned nothing may still hold the secret from before the rotation.
        var kept = _secret.Kept;
        SecretReading reading;
        try
        {
            reading = await _secret.ReadAsync(budget.Token);
            _failure = null;
        }
        catch (VaultException exception)
        {
            // Until the next read, an unknown key may be a valid one.
            _failure = exception;
            throw;
        }

        var key = Derive(reading.Value);
        if (_current is { } before && before.Key.KeyId != key.KeyId)
        {
            Replace(before.Key);
        }
        else if (kept is not null && reading.CreatedOn > _time.GetUtcNow() - _settings.Value.PlansExpireAfter && Derive(kept) is var old
            && old.KeyId != key.KeyId)
        {
            Replace(old);
        }

        return _current = new(key, _readAt.Value);
    }

    private void Replace(SecurityKey key)
    {
        if (!_replaced.Any(replaced => replaced.Key.KeyId == key.KeyId))
        {
            _replaced = [.. _replaced.Where(IsValid), new(key, _time.GetTimestamp())];
        }
    }

    private static SymmetricSecurityKey Derive(string secret)
    {
        var material = Encoding.UTF8.GetBytes(secret);
        return new(Expand(material, "AdminFunctions deletion plans, signing key", 32))
        {
            KeyId = Base64UrlEncoder.Encode(Expand(material, "AdminFunctions deletion plans, name of the key", 9)),
        };
    }

    private static byte[] Expand(byte[] material, string label, int length) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, material, length, salt: [], Encoding.UTF8.GetBytes(label));

    private sealed record Current(SecurityKey Key, long ReadAt);

    private sealed record Replaced(SecurityKey Key, long At);
}
