using System.Globalization;
using AdminFunctions.LocalHost;

namespace AdminFunctions.Chaos;

/// <summary>Prints the progress line and the final tables in Markdown.</summary>
internal static class Report
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Prints the progress: one line that is overwritten, or a new line every ten seconds if output is redirected.</summary>
    public static void Progress(TimeSpan elapsed, Options options, ResponseChecker checker, Invariants invariants, FaultInjector injector)
    {
        var seconds = (int)elapsed.TotalSeconds;
        var broken = invariants.All.Count(static invariant => invariant.Broken > 0);
        var line = $"{seconds,4}/{options.Seconds} s  {checker.Answers,9:N0} responses, "
            + $"{Share(checker.Successes, checker.Answers)} successful  {injector.Now,-11}"
            + (broken > 0 ? $"  {broken} invariants violated" : "");
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{line}");
        }
        else if (seconds % 10 is 0)
        {
            Console.Error.WriteLine(line);
        }
    }

    /// <summary>Prints the results.</summary>
    public static void Print(
        TextWriter output,
        Options options,
        Schedule schedule,
        LocalTenantAndVault local,
        ResponseChecker checker,
        TestUsers testUsers,
        Footprint footprint,
        Invariants invariants,
        Bounds bounds,
        RecordingTransport transport,
        DisconnectingCallers disconnecting)
    {
        var length = TimeSpan.FromSeconds(options.Seconds);
        output.WriteLine();
        output.WriteLine($"## Seed {options.Seed}, {options.Seconds} s, {options.Callers} callers and 2 exporters, "
            + $"{Environment.ProcessorCount} processors");
        output.WriteLine();
        output.WriteLine($"{checker.Answers:N0} responses, {checker.Answers / length.TotalSeconds:0} per second. "
            + string.Join(", ", Enum.GetValues<Incident>().Select(what => $"{what} {schedule.Count(what)}×")) + ".");
        output.WriteLine();
        output.WriteLine("| function | response | count | longest, s |");
        output.WriteLine("|---|---|--:|--:|");
        foreach (var (operation, outcome, tally) in checker.Tallies)
        {
            output.WriteLine($"| {operation} | {outcome} | {tally.Count:N0} | {tally.Longest.TotalSeconds:0.00} |");
        }

        output.WriteLine();
        output.WriteLine("| | | maximum |");
        output.WriteLine("|---|--:|--:|");
        var recovery = checker.Recovery?.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) ?? "never";
        output.WriteLine($"| first success after the faults, s | {recovery} | 2 |");
        output.WriteLine($"| grants | {local.Tenant.Stats.TokenGrants} | {bounds.Grants} |");
        output.WriteLine($"| reads of the secret | {local.Tenant.Stats.SecretReads} | {bounds.SecretReads} |");
        output.WriteLine($"| reads of the signing keys | {local.Tenant.Stats.JwksReads} | {bounds.KeyReads} |");
        output.WriteLine($"| requests for a token grant | {transport.GrantsAsked} | |");
        output.WriteLine($"| of these, rejected because of the secret | {transport.GrantsRefused} | |");
        output.WriteLine($"| requests to the vault | {transport.SecretsAsked} | |");
        output.WriteLine($"| windows of exports with an empty response | {transport.WindowsLost} | |");
        output.WriteLine($"| deletions whose caller disconnected | {disconnecting.Arrived:N0} | |");
        output.WriteLine($"| fresh users to delete | {testUsers.Asked:N0} | |");
        if (Footprint.CanBeChecked(length))
        {
            output.WriteLine();
            output.WriteLine("| | working set, MB | live heap, MB | handles |");
            output.WriteLine("|---|--:|--:|--:|");
            for (var minute = 1; minute <= options.Seconds / 60; minute++)
            {
                var middle = footprint.Middle((minute - 1) * Minute, minute * Minute);
                output.WriteLine($"| minute {minute} | {middle.WorkingSet / 1024d:0.0} | {middle.Heap / 1024d:0.0} | {middle.Handles} |");
            }
        }

        output.WriteLine();
        output.WriteLine("| invariant | | cases | violations | first violation |");
        output.WriteLine("|---|---|--:|--:|---|");
        foreach (var invariant in invariants.All.Where(static invariant => invariant.Checked > 0))
        {
            var first = invariant.FirstViolation?.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
            output.WriteLine(
                $"| {invariant.Name} | {(invariant.Broken is 0 ? "holds" : "**violated**")} "
                + $"| {invariant.Checked:N0} | {invariant.Broken:N0} | {first} |");
        }
    }

    private static string Share(long part, long whole) =>
        whole is 0 ? "–" : (part * 100d / whole).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}
