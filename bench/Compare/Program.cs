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
    var node = (await Parts.RunAsync("node", ["--version"], ending.Token)).Trim();
    Report.Progress("building, as it is published");
    var parts = new Parts(options.SelfContained);
    await parts.PrepareAsync(ending.Token);
    var tool = LoadTool.Find();
    await using var tenantChild = parts.StartTenant();
    var tenant = TenantProcess.Parse(await tenantChild.AnswerAsync(ending.Token));
    using var bench = new Bench(parts, tenant, tenantChild, tool, options, Report.Progress);
    await bench.RunAsync(ending.Token);
    var laws = Law.For(bench.Figures);
    Report.Print(Console.Out, options, tool, node, bench.Figures, laws);
    return laws.All(static law => law.IsKept) ? 0 : 1;
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
