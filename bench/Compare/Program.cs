using System.Runtime.InteropServices;
using AdminFunctions.Compare;

if (args is [TenantProcess.Role])
{
    await TenantProcess.RunAsync();
    return 0;
}

if (args is [FunctionsProcess.Role, .. var arguments])
{
    return await FunctionsProcess.RunAsync(arguments);
}

if (args is [HostProcess.Role, var app])
{
    await HostProcess.RunAsync(app);
    return 0;
}

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

using var ending = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    var node = (await Processes.RunAsync("node", ["--version"], ending.Token)).Trim();
    Report.Progress("publishing");
    var processes = new Processes(options.SelfContained);
    await processes.PrepareAsync(ending.Token);
    var tool = LoadTool.Find();
    await using var tenantChild = processes.StartTenant();
    var tenant = TenantProcess.Parse(await tenantChild.AnswerAsync(ending.Token));
    using var bench = new Bench(processes, tenant, tenantChild, tool, options, Report.Progress);
    await bench.RunAsync(ending.Token);
    var criteria = Criterion.For(bench.Figures);
    Report.Print(Console.Out, options, tool, node, bench.Figures, criteria);
    return criteria.All(static criterion => criterion.IsMet) ? 0 : 1;
}
catch (BenchException exception)
{
    Console.Error.WriteLine();
    Console.Error.WriteLine(exception.Message);
    return 3;
}
catch (OperationCanceledException) when (ending.IsCancellationRequested)
{
    return 130;
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    ending.Cancel();
}
