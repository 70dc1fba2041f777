using AdminFunctions.Telemetry;

namespace AdminFunctions.Management;

/// <summary>
/// Calls Key Vault and Auth0 to find out whether they respond, at most once in <see cref="Interval"/> however many callers ask. The result
/// is in <see cref="DependencyStatus"/>.
/// </summary>
public sealed class DependencyCheck
{
    /// <summary>How long the result of a check holds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly SingleFlight<bool> _checking;
    private long? _checkedAt;

    /// <summary>Creates the check. Nothing is called yet.</summary>
    public DependencyCheck(TenantUsers tenant, ClientSecret secret, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _checking = new(async startedBy =>
        {
            using var span = Spans.StartShared("check", startedBy);
            using var budget = RequestBudget.Start(time, RequestBudget.ForSharedWork);
            try
            {
                await secret.ReadAsync(budget.Token);
                await tenant.ListAsync(UserFields.Request(["user_id"]) with { PerPage = 1 }, budget.Token);
                return true;
            }
            catch (Exception exception) when (exception is TenantException or VaultException)
            {
                // The status of the dependency has it.
                span.IsFailedBy(exception);
                return false;
            }
            finally
            {
                _checkedAt = time.GetTimestamp();
            }
        });
    }

    /// <summary>Waits for a check, unless the last one still holds.</summary>
    /// <param name="cancellationToken">Ends the wait, not the check.</param>
    public Task RunAsync(CancellationToken cancellationToken) =>
        _checking.RunAsync(() => _checkedAt is not { } at || _time.GetElapsedTime(at) >= Interval, cancellationToken);
}
