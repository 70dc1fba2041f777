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

    /// <summary>An execution among those that take turns.</summary>
    internal sealed class Walkers(
        RateLimits limits, WalkPace.Walker read, WalkPace.Walker update, WalkPace.Walker delete, WalkPace.Walker other)
    {
        /// <summary>
        /// Waits for a turn that covers everything needed to read a user and to change them, so that nothing waits in between.
        /// </summary>
        /// <param name="looksAtActivity">Whether the user's refresh tokens and sessions are read too.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        public Task<T> RunAsync<T>(PlanAction action, bool looksAtActivity, Func<Task<T>> act, CancellationToken cancellationToken)
        {
            var others = (looksAtActivity ? TenantActivity.Requests : 0) + (action is PlanAction.Block ? 1 : 0);
            return limits.IsOne
                ? read.RunAsync(2 + others, act, cancellationToken)
                : (action is PlanAction.Delete ? delete : update).RunAsync(
                    () => others is 0 ? ReadAsync() : other.RunAsync(others, ReadAsync, cancellationToken), cancellationToken);

            Task<T> ReadAsync() => read.RunAsync(act, cancellationToken);
        }
    }
}
