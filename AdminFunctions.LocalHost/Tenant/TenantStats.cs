using System.Text.Json.Nodes;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>
/// What the tenant has given so far: answers of success only. What was asked of it, in vain or not, is in
/// <see cref="LocalTenant.Requests"/>.
/// </summary>
internal sealed class TenantStats
{
    private long _tokenGrants;
    private long _userLists;
    private long _userReads;
    private long _userDeletes;
    private long _jwksReads;

    /// <summary>Access tokens handed out by <c>/oauth/token</c>.</summary>
    public long TokenGrants => Interlocked.Read(ref _tokenGrants);

    /// <summary>Pages of users.</summary>
    public long UserLists => Interlocked.Read(ref _userLists);

    /// <summary>Users read by id.</summary>
    public long UserReads => Interlocked.Read(ref _userReads);

    /// <summary>Deletions taken, of users there were and of users there were not.</summary>
    public long UserDeletes => Interlocked.Read(ref _userDeletes);

    /// <summary>Signing key sets.</summary>
    public long JwksReads => Interlocked.Read(ref _jwksReads);

    /// <summary>Secrets read from the vault that <see cref="LocalTenant.KeepClientSecretIn"/> named.</summary>
    public long SecretReads => CountSecretReads();

    /// <summary>Where the count of secret reads comes from.</summary>
    internal Func<long> CountSecretReads { private get; set; } = () => 0;

    internal void CountTokenGrant() => Interlocked.Increment(ref _tokenGrants);

    internal void CountUserList() => Interlocked.Increment(ref _userLists);

    internal void CountUserRead() => Interlocked.Increment(ref _userReads);

    internal void CountUserDelete() => Interlocked.Increment(ref _userDeletes);

    internal void CountJwksRead() => Interlocked.Increment(ref _jwksReads);

    /// <summary>The counts as <c>GET /_local/stats</c> shows them.</summary>
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
