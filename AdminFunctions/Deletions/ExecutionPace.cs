using AdminFunctions.Export;
using AdminFunctions.Management;

namespace AdminFunctions.Deletions;

/// <summary>
/// Slows executions down, so that interactive callers keep their share of each of the tenant's rate limits. It paces all executions of
/// this process, and they take turns with the exports at reading users.
/// </summary>
public sealed class ExecutionPace(TenantHttp http, WalkPace reading, TimeProvider time)
{
    private readonly WalkPace _updating = new(http.RateLimits.WriteUsers, time);
    private readonly WalkPace _deleting = new(http.RateLimits.DeleteUsers, time);
    private readonly WalkPace _others = new(http.RateLimits.Other, time);

    /// <summary>Adds an execution to those that take turns.</summary>
    internal Walkers Join() => new(http.RateLimits, reading.Join(), _updating.Join(), _deleting.Join(), _others.Join());

    /// <summary>An execution among those that take turns. Where all endpoints share one limit, it has one turn for all.</summary>
    internal sealed class Walkers(
        RateLimits limits, WalkPace.Walker read, WalkPace.Walker update, WalkPace.Walker delete, WalkPace.Walker other)
    {
        public WalkPace.Walker Read => read;

        public WalkPace.Walker Update => limits.IsOne ? read : update;

        public WalkPace.Walker Delete => limits.IsOne ? read : delete;

        public WalkPace.Walker Other => limits.IsOne ? read : other;
    }
}
