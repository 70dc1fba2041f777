using AdminFunctions.Compare;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.ScaleOut;

if (args is [FunctionsProcess.Role, .. var arguments])
{
    return await FunctionsProcess.RunAsync(arguments);
}

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

(string Name, RateLimit Limit, double ListsPerSecond)[] plans =
[
    ("Enterprise: 50, then 16/s", new RateLimit(50, 16), 4),
    ("Free: 2, then 2/s", new RateLimit(2, 2), 0.5),
];

Report.PrintHeader(Console.Out, options);
foreach (var (name, limit, lists) in plans)
{
    foreach (var instances in options.Instances)
    {
        await using var fleet = await Fleet.StartAsync(instances, limit);
        var run = new Run(fleet, TimeSpan.FromSeconds(options.Seconds), lists, options.Exports);
        await run.GoAsync();
        Report.PrintRow(Console.Out, name, fleet, run);
    }
}

return 0;
