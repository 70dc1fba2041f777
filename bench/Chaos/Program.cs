using System.Diagnostics;
using AdminFunctions;
using AdminFunctions.Chaos;
using AdminFunctions.Functions;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

var length = TimeSpan.FromSeconds(options.Seconds);
var schedule = new Schedule(options.Seed, length);
await using var local = await LocalTenantAndVault.StartAsync(
    new TenantOptions { ManagementTokenSeconds = Schedule.TokenSeconds }, new VaultOptions());
var injector = new FaultInjector(local, schedule);
using var transport = new RecordingTransport(
    new LocalTransport(local.Tenant.Domain, local.Vault.Certificate), schedule, injector.FaultsEnded);
using var auditLog = new AuditLog();
var app = await StartFunctionsAsync();

var invariants = new Invariants();
var checker = new ResponseChecker(invariants, injector);
var testUsers = new TestUsers(local.Tenant.Users);
testUsers.Restock();
using var load = new Load(local, new Uri(app.Urls.First()), testUsers, checker);
var disconnecting = new DisconnectingCallers(local, new Uri(app.Urls.First()), testUsers, auditLog);
using var footprint = new Footprint();

var running = Task.WhenAll(
    injector.RunAsync(load.SignIn),
    load.RunAsync(options.Seed, options.Callers, length),
    disconnecting.RunAsync(options.Seed, () => checker.Successes > 0, length));
var started = Stopwatch.GetTimestamp();
using (var seconds = new PeriodicTimer(TimeSpan.FromSeconds(1)))
{
    for (var second = 1; !running.IsCompleted; second++)
    {
        await Task.WhenAny(running, seconds.WaitForNextTickAsync().AsTask());
        testUsers.Restock();
        Report.Progress(Stopwatch.GetElapsedTime(started), options, checker, invariants, injector);
        if (second % 10 is 0 && second < options.Seconds)
        {
            footprint.Take(Stopwatch.GetElapsedTime(started));
        }
    }
}

await running;

// On shutdown, the functions log the number of omitted audit events.
await app.DisposeAsync();
auditLog.Check(invariants.Attempts);
disconnecting.Check(invariants.Leaving);
var bounds = new Bounds(schedule, Stopwatch.GetElapsedTime(started));
testUsers.Check(invariants.Deletions);
load.CheckMails(invariants.Mails);
checker.CheckRecovery();
bounds.Check(invariants, local.Tenant.Stats);
if (Footprint.CanBeChecked(length))
{
    footprint.Check(invariants, length, options.Callers);
}

Report.Print(Console.Out, options, schedule, local, checker, testUsers, footprint, invariants, bounds, transport, disconnecting);
return invariants.AllHold ? 0 : 1;

// The same composition as the local host, with the recording transport.
async Task<WebApplication> StartFunctionsAsync()
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Configuration.AddInMemoryCollection(local.Settings);
    local.ReplaceTransport(builder.Services);
    builder.Services.AddSingleton<HttpMessageHandler>(transport);
    builder.Services.AddAdminFunctions().AddFunctionHost();
    builder.Logging.ClearProviders().AddProvider(auditLog).AddFilter<AuditLog>((category, _) => category is AuditLog.Category);
    if (options.Log)
    {
        builder.Logging.AddSimpleConsole().AddFilter("Microsoft", LogLevel.Warning);
    }

    builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
    var functions = builder.Build();
    functions.Use((context, next) =>
    {
        auditLog.Arrive(context.Request);
        return next(context);
    });
    functions.MapFunctions(typeof(GetUsers).Assembly, new FunctionHostOptions());
    await functions.StartAsync();
    return functions;
}
