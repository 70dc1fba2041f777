using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Chaos;

/// <summary>How often the functions may ask for what they keep.</summary>
/// <param name="schedule">What makes them ask again.</param>
/// <param name="length">How long they run.</param>
internal sealed class Bounds(Schedule schedule, TimeSpan length)
{
    /// <summary>How long the functions leave tenant and vault alone with a secret that was refused (<c>ManagementTokenProvider.PauseAfterRefusal</c>).</summary>
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The first, and the renewals: a token is renewed when three quarters of its life are over, counted from before its grant.
    /// A revocation costs two: the token that is kept, and one that has just been granted and is on its way. And the grants that
    /// the tenant has given and the network has lost.
    /// </summary>
    public long Grants =>
        1 + (long)(length.TotalSeconds / (0.75 * Schedule.TokenSeconds)) + (2 * schedule.Count(Mishap.TokensRevoked)) + schedule.GrantsLost;

    /// <summary>
    /// The first, and one for each rotation: it is read again when it is refused. Until the vault has the new one, once more for
    /// each refusal, of which there is one a second (a rotation is seen to a tick late). A vault that is down gives none.
    /// </summary>
    public long SecretReads =>
        1 + schedule.Events.Where(static mishap => mishap.What is Mishap.SecretRotated)
            .Sum(static rotation => 1 + (rotation.For > TimeSpan.Zero ? 1 + (long)((rotation.For + Schedule.Tick) / PauseAfterRefusal) : 0));

    /// <summary>The first, and one for each rotation. (A run is shorter than the twelve hours after which they are read anyway.)</summary>
    public long KeyReads => 1 + schedule.Count(Mishap.KeysRotated);

    /// <summary>Holds what the tenant has counted against them.</summary>
    public void Check(Laws laws, TenantStats stats)
    {
        laws.Grants.Check(stats.TokenGrants <= Grants, () => $"There were {stats.TokenGrants}, {Grants} would be explained.");
        laws.SecretReads.Check(stats.SecretReads <= SecretReads, () => $"There were {stats.SecretReads}, {SecretReads} would be explained.");
        laws.KeyReads.Check(stats.JwksReads <= KeyReads, () => $"There were {stats.JwksReads}, {KeyReads} would be explained.");
    }
}
