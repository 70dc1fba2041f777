using System.Text.Json.Nodes;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>
/// The counts of successful responses of the tenant. All requests are in <see cref="LocalTenant.Requests"/>.
/// </summary>
internal sealed class TenantStats
{
    private long _tokenGrants;
    private long _userLists;
    private long _userReads;
    private long _userDeletes;
    private long _jwksReads;

    /// <summary>Access tokens issued by <c>/oauth/token</c>.</summary>
    public long TokenGrants => Interlocked.Read(ref _tokenGrants);

    /// <summary>Pages of users.</summary>
    public long UserLists => Interlocked.Read(ref _userLists);

    /// <summary>Users read by ID.</summary>
    public long UserReads => Interlocked.Read(ref _userReads);

    /// <summary>Accepted deletions, including those of users who do not exist.</summary>
    public long UserDeletes => Interlocked.Read(ref _userDeletes);

    /// <summary>Signing key sets.</summary>
    public long JwksReads => Interlocked.Read(ref _jwksReads);

    /// <summary>Reads of secrets from the vault of <see cref="LocalTenant.KeepClientSecretIn"/>.</summary>
    public long SecretReads => CountSecretReads();

    /// <summary>Returns the number of secret reads.</summary>
    internal Func<long> CountSecretReads { private get; set; } = () => 0;

    internal void CountTokenGrant() => Interlocked.Increment(ref _tokenGrants);

    internal void CountUserList() => Interlocked.Increment(ref _userLists);

    internal void CountUserRead() => Interlocked.Increment(ref _userReads);

    internal void CountUserDelete() => Interlocked.Increment(ref _userDeletes);

    internal void CountJwksRead() => Interlocked.Increment(ref _jwksReads);

    /// <summary>The counts for <c>GET /_local/stats</c>.</summary>
    internal JsonObject ToJson() => new()
    {
        ["tokenGrants"] = TokenGrants,
        ["userLists"] = UserLists,
        ["userReads"] = UserReads,
        ["userDeletes"] = UserDeletes,
        ["secretReads"] = SecretReads,
        ["jwksReads"] = JwksReads,
    };
}
