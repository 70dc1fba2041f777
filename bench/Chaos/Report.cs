using System.Globalization;
using AdminFunctions.LocalHost;

namespace AdminFunctions.Chaos;

/// <summary>The progress line and the final table, in Markdown.</summary>
internal static class Report
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>One line that is written over; every ten seconds a new one where that is not possible.</summary>
    public static void Progress(TimeSpan elapsed, Options options, Judge judge, Laws laws, Storm storm)
    {
        var seconds = (int)elapsed.TotalSeconds;
        var broken = laws.All.Count(static law => law.Broken > 0);
        var line = $"{seconds,4}/{options.Seconds} s  {judge.Answers,9:N0} answers, {Share(judge.Successes, judge.Answers)} successes  {storm.Now,-11}{(broken > 0 ? $"  {broken} laws broken" : "")}";
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{line}");
        }
        else if (seconds % 10 is 0)
        {
            Console.Error.WriteLine(line);
        }
    }

    /// <summary>What has been.</summary>
    public static void Print(TextWriter output, Options options, Schedule schedule, LocalTenantAndVault local, Judge judge, People people, Footprint footprint, Laws laws, Bounds bounds, Wire wire, Leavers leavers)
    {
        var length = TimeSpan.FromSeconds(options.Seconds);
        output.WriteLine();
        output.WriteLine($"## Seed {options.Seed}, {options.Seconds} s, {options.Callers} callers and 2 exporters, {Environment.ProcessorCount} processors");
        output.WriteLine();
        output.WriteLine($"{judge.Answers:N0} answers, {judge.Answers / length.TotalSeconds:0} a second. "
            + string.Join(", ", Enum.GetValues<Mishap>().Select(what => $"{what} {schedule.Count(what)}×")) + ".");
        output.WriteLine();
        output.WriteLine("| function | answer | times | longest, s |");
        output.WriteLine("|---|---|--:|--:|");
        foreach (var (operation, outcome, tally) in judge.Tallies)
        {
            output.WriteLine($"| {operation} | {outcome} | {tally.Count:N0} | {tally.Longest.TotalSeconds:0.00} |");
        }

        output.WriteLine();
        output.WriteLine("| figure | | at most |");
        output.WriteLine("|---|--:|--:|");
        output.WriteLine($"| first success after the faults, s | {judge.Recovery?.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) ?? "never"} | 2 |");
        output.WriteLine($"| grants | {local.Tenant.Stats.TokenGrants} | {bounds.Grants} |");
        output.WriteLine($"| reads of the secret | {local.Tenant.Stats.SecretReads} | {bounds.SecretReads} |");
        output.WriteLine($"| reads of the signing keys | {local.Tenant.Stats.JwksReads} | {bounds.KeyReads} |");
        output.WriteLine($"| tries to get a grant | {wire.GrantsAsked} | |");
        output.WriteLine($"| of them refused for the secret | {wire.GrantsRefused} | |");
        output.WriteLine($"| requests to the vault | {wire.SecretsAsked} | |");
        output.WriteLine($"| windows of exports that came back empty | {wire.WindowsLost} | |");
        output.WriteLine($"| deletions whose caller hung up | {leavers.Arrived:N0} | |");
        output.WriteLine($"| fresh users to delete | {people.Asked:N0} | |");
        if (Footprint.CanBeJudged(length))
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
        output.WriteLine("| law | | cases | broken | the first offence |");
        output.WriteLine("|---|---|--:|--:|---|");
        foreach (var law in laws.All.Where(static law => law.Checked > 0))
        {
            output.WriteLine($"| {law.Name} | {(law.Broken is 0 ? "kept" : "**broken**")} | {law.Checked:N0} | {law.Broken:N0} | {law.FirstOffence?.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal)} |");
        }
    }

    private static string Share(long part, long whole) => whole is 0 ? "–" : (part * 100d / whole).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
