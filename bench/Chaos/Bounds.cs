using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Chaos;

/// <summary>How often the functions can request what they cache.</summary>
/// <param name="schedule">The schedule, whose faults cause further requests.</param>
/// <param name="length">The length of the run.</param>
internal sealed class Bounds(Schedule schedule, TimeSpan length)
{
    /// <summary>How long the functions wait after a rejected secret (<c>ManagementTokenProvider.PauseAfterRefusal</c>).</summary>
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The first grant, and the renewals, each after three quarters of the lifetime, counted from before the grant. Two for each
    /// revocation: the cached token, and one that was just granted. And the grants whose response was lost.
    /// </summary>
    public long Grants =>
        1 + (long)(length.TotalSeconds / (0.75 * Schedule.TokenSeconds))
        + (2 * schedule.Count(Incident.TokensRevoked)) + schedule.GrantsLost;

    /// <summary>
    /// The first read, and one for each rotation, after Auth0 rejects the secret. Until the vault has the new secret, one more for each
    /// rejection, at most one per second. A rotation can be stored one tick late. A vault that is down returns no secret.
    /// </summary>
    public long SecretReads =>
        1 + schedule.Events.Where(static incident => incident.What is Incident.SecretRotated)
            .Sum(static rotation => 1
                + (rotation.For > TimeSpan.Zero ? 1 + (long)((rotation.For + Schedule.Tick) / PauseAfterRefusal) : 0));

    /// <summary>The first read, and one for each rotation. A run is too short for other reads.</summary>
    public long KeyReads => 1 + schedule.Count(Incident.KeysRotated);

    /// <summary>Compares the counts of the tenant with the bounds.</summary>
    public void Check(Invariants invariants, TenantStats stats)
    {
        Check(invariants.Grants, stats.TokenGrants, Grants);
        Check(invariants.SecretReads, stats.SecretReads, SecretReads);
        Check(invariants.KeyReads, stats.JwksReads, KeyReads);

        static void Check(Invariant invariant, long count, long bound) =>
            invariant.Check(count <= bound, () => $"There were {count}, but at most {bound} were expected.");
    }
}
