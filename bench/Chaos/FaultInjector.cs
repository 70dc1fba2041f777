using System.Diagnostics;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.Chaos;

/// <summary>Injects the faults of the schedule into the tenant and the vault.</summary>
internal sealed class FaultInjector(LocalTenantAndVault local, Schedule schedule)
{
    private readonly TaskCompletionSource _faultsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the faults have ended.</summary>
    public Task FaultsEnded => _faultsEnded.Task;

    /// <summary>When the faults ended (<see cref="Stopwatch.GetTimestamp"/>); the maximum value until then.</summary>
    public long EndedAt { get; private set; } = long.MaxValue;

    /// <summary>The current state, for the progress line.</summary>
    public string Now { get; private set; } = "";

    /// <summary>Runs the schedule.</summary>
    /// <param name="keysRotated">Makes the callers sign in again.</param>
    public async Task RunAsync(Action keysRotated)
    {
        var started = Stopwatch.GetTimestamp();
        var events = new Queue<Event>(schedule.Events);
        var unstored = new Queue<Event>();
        Event? downSince = null;
        var vaultIsUp = new TaskCompletionSource();
        using var ticks = new PeriodicTimer(Schedule.Tick);
        do
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            while (events.TryPeek(out var next) && next.At <= elapsed)
            {
                Apply(events.Dequeue(), keysRotated);
                if (next.What is Incident.SecretRotated)
                {
                    unstored.Enqueue(next);
                }
            }

            while (unstored.TryPeek(out var rotation) && rotation.Until <= elapsed)
            {
                unstored.Dequeue();
                local.Vault.SetSecret(local.Settings["KeyVault:ClientSecretName"]!, local.Tenant.ClientSecret);
            }

            var down = schedule.At(elapsed, Incident.VaultDown);
            if (down != downSince)
            {
                local.Vault.Faults.Clear();
                vaultIsUp.TrySetResult();
                if (down is not null)
                {
                    vaultIsUp = new();
                    local.Vault.Faults.Add(Schedule.VaultDown(down, vaultIsUp.Task));
                }

                downSince = down;
            }

            // A sequence of faults and of requests without a fault, until the next tick.
            var gone = schedule.At(elapsed, Incident.TenantGone) is not null;
            local.Tenant.Faults.Clear();
            local.Tenant.Faults.Add(gone
                ? [new Fault { Match = "*", Times = null, Mode = FaultMode.Abort }]
                : schedule.FaultsOf((int)(elapsed / Schedule.Tick), FaultsEnded, TimeProvider.System.GetUtcNow()));
            Now = gone ? "tenant down" : down is not null ? "vault down" : "faults";
            await ticks.WaitForNextTickAsync();
        }
        while (Stopwatch.GetElapsedTime(started) < schedule.FaultsEnd);

        local.Tenant.Faults.Clear();
        local.Vault.Faults.Clear();
        vaultIsUp.TrySetResult();
        EndedAt = Stopwatch.GetTimestamp();
        _faultsEnded.SetResult();
        Now = "no faults";
    }

    private void Apply(Event incident, Action keysRotated)
    {
        switch (incident.What)
        {
            case Incident.SecretRotated:
                local.Tenant.RotateClientSecret(alsoWhereKept: false);
                break;
            case Incident.TokensRevoked:
                local.Tenant.RevokeManagementTokens();
                break;
            case Incident.KeysRotated:
                local.Tenant.SigningKeys.Rotate();
                keysRotated();
                break;
        }
    }
}
