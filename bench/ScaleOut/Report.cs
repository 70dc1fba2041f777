using System.Globalization;

namespace AdminFunctions.ScaleOut;

/// <summary>Prints the measurements as a Markdown table.</summary>
internal static class Report
{
    private const string List = "GET /api/v2/users";

    public static void PrintHeader(TextWriter output, Options options)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Seconds} s each, {options.Exports} exports under way, on {Environment.ProcessorCount} processors"));
        output.WriteLine();
        output.WriteLine(
            "| plan | instances | first calls served | slowest | grants | reads of the secret | reads of the signing keys | lists served | median "
            + "| 95th percentile | slowest | exported users/s | slowest export, users/s | refused by Auth0 (429) |");
        output.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    }

    public static void PrintRow(TextWriter output, string plan, Fleet fleet, Run run)
    {
        var stats = fleet.Tenant.Stats;
        var requests = fleet.Tenant.Requests.Matching(List).Count;
        var exported = run.ExportedPerSecond;
        List<string> cells =
        [
            plan, $"{fleet.Size}",
            Served(run.First), Milliseconds(run.First, 1),
            $"{stats.TokenGrants}", $"{fleet.Vault.SecretReads}", $"{stats.JwksReads}",
            Served(run.Lists), Milliseconds(run.Lists, 0.5), Milliseconds(run.Lists, 0.95), Milliseconds(run.Lists, 1),
            $"{exported.Sum():0}", $"{exported.Min():0}",
            $"{requests - stats.UserLists} of {requests}",
        ];
        output.WriteLine($"| {string.Join(" | ", cells)} |");
    }

    private static string Served(IReadOnlyCollection<Run.Outcome> calls) => $"{calls.Count(static call => call.IsServed)} of {calls.Count}";

    private static string Milliseconds(IReadOnlyCollection<Run.Outcome> calls, double share)
    {
        var sorted = calls.Select(static call => call.Duration.TotalMilliseconds).Order().ToList();
        return sorted is [] ? "" : $"{sorted[(int)Math.Ceiling(share * sorted.Count) - 1]:0} ms";
    }
}
