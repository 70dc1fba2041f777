using System.Diagnostics;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.Chaos;

/// <summary>Has the tenant and the vault misbehave as the schedule says.</summary>
internal sealed class Storm(LocalTenantAndVault local, Schedule schedule)
{
    private readonly TaskCompletionSource _calm = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the faults have ended.</summary>
    public Task Calm => _calm.Task;

    /// <summary>When they ended (<see cref="Stopwatch.GetTimestamp"/>); later than anything while they have not.</summary>
    public long EndedAt { get; private set; } = long.MaxValue;

    /// <summary>What goes wrong now, for the progress line.</summary>
    public string Now { get; private set; } = "";

    /// <summary>Goes through the schedule.</summary>
    /// <param name="keysRotated">Has the callers sign in anew.</param>
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
                Happen(events.Dequeue(), keysRotated);
                if (next.What is Mishap.SecretRotated)
                {
                    unstored.Enqueue(next);
                }
            }

            while (unstored.TryPeek(out var rotation) && rotation.Until <= elapsed)
            {
                unstored.Dequeue();
                local.Vault.SetSecret(local.Settings["KeyVault:ClientSecretName"]!, local.Tenant.ClientSecret);
            }

            var down = schedule.At(elapsed, Mishap.VaultDown);
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

            // A chain of faults, and of passes between them, for the requests until the next tick.
            var gone = schedule.At(elapsed, Mishap.TenantGone) is not null;
            local.Tenant.Faults.Clear();
            local.Tenant.Faults.Add(gone
                ? [new Fault { Match = "*", Times = null, Mode = FaultMode.Abort }]
                : schedule.Deal((int)(elapsed / Schedule.Tick), Calm, TimeProvider.System.GetUtcNow()));
            Now = gone ? "tenant gone" : down is not null ? "vault down" : "faults";
            await ticks.WaitForNextTickAsync();
        }
        while (Stopwatch.GetElapsedTime(started) < schedule.FaultsEnd);

        local.Tenant.Faults.Clear();
        local.Vault.Faults.Clear();
        vaultIsUp.TrySetResult();
        EndedAt = Stopwatch.GetTimestamp();
        _calm.SetResult();
        Now = "calm";
    }

    private void Happen(Event mishap, Action keysRotated)
    {
        switch (mishap.What)
        {
            case Mishap.SecretRotated:
                local.Tenant.RotateClientSecret(alsoWhereKept: false);
                break;
            case Mishap.TokensRevoked:
                local.Tenant.RevokeManagementTokens();
                break;
            case Mishap.KeysRotated:
                local.Tenant.SigningKeys.Rotate();
                keysRotated();
                break;
        }
    }
}
