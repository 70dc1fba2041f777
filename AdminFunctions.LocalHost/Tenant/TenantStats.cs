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
    private long _userUpdates;
    private long _accessRevocations;
    private long _methodDeletes;
    private long _logReads;

    /// <summary>Access tokens issued by <c>/oauth/token</c>.</summary>
    public long TokenGrants => Interlocked.Read(ref _tokenGrants);

    /// <summary>Pages of users.</summary>
    public long UserLists => Interlocked.Read(ref _userLists);

    /// <summary>Users read by ID.</summary>
    public long UserReads => Interlocked.Read(ref _userReads);

    /// <summary>Accepted deletions, including those of users who do not exist.</summary>
    public long UserDeletes => Interlocked.Read(ref _userDeletes);

    /// <summary>Changes of users.</summary>
    public long UserUpdates => Interlocked.Read(ref _userUpdates);

    /// <summary>Accepted revocations of sessions and refresh tokens.</summary>
    public long AccessRevocations => Interlocked.Read(ref _accessRevocations);

    /// <summary>Deleted authentication methods.</summary>
    public long MethodDeletes => Interlocked.Read(ref _methodDeletes);

    /// <summary>Pages of a user's log.</summary>
    public long LogReads => Interlocked.Read(ref _logReads);

    /// <summary>Mails sent.</summary>
    public long Mails => CountMails();

    /// <summary>Signing key sets.</summary>
    public long JwksReads => Interlocked.Read(ref _jwksReads);

    /// <summary>Reads of secrets from the vault of <see cref="LocalTenant.KeepClientSecretIn"/>.</summary>
    public long SecretReads => CountSecretReads();

    /// <summary>Returns the number of mails.</summary>
    internal required Func<long> CountMails { private get; init; }

    /// <summary>Returns the number of secret reads.</summary>
    internal Func<long> CountSecretReads { private get; set; } = () => 0;

    internal void CountTokenGrant() => Interlocked.Increment(ref _tokenGrants);

    internal void CountUserList() => Interlocked.Increment(ref _userLists);

    internal void CountUserRead() => Interlocked.Increment(ref _userReads);

    internal void CountUserDelete() => Interlocked.Increment(ref _userDeletes);

    internal void CountUserUpdate() => Interlocked.Increment(ref _userUpdates);

    internal void CountAccessRevocation() => Interlocked.Increment(ref _accessRevocations);

    internal void CountMethodDelete() => Interlocked.Increment(ref _methodDeletes);

    internal void CountLogRead() => Interlocked.Increment(ref _logReads);

    internal void CountJwksRead() => Interlocked.Increment(ref _jwksReads);

    /// <summary>The counts for <c>GET /_local/stats</c>.</summary>
    internal JsonObject ToJson() => new()
    {
        ["tokenGrants"] = TokenGrants,
        ["userLists"] = UserLists,
        ["userReads"] = UserReads,
        ["userUpdates"] = UserUpdates,
        ["userDeletes"] = UserDeletes,
        ["accessRevocations"] = AccessRevocations,
        ["methodDeletes"] = MethodDeletes,
        ["logReads"] = LogReads,
        ["mails"] = Mails,
        ["secretReads"] = SecretReads,
        ["jwksReads"] = JwksReads,
    };
}
