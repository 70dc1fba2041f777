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
await using var local = await LocalTenantAndVault.StartAsync(new TenantOptions { ManagementTokenSeconds = Schedule.TokenSeconds }, new VaultOptions());
var storm = new Storm(local, schedule);
using var wire = new Wire(new LocalTransport(local.Tenant.Domain, local.Vault.Certificate), schedule, storm.Calm);
using var trail = new Trail();
var app = await StartFunctionsAsync();

var laws = new Laws();
var judge = new Judge(laws, storm);
var people = new People(local.Tenant.Users);
people.Restock();
using var load = new Load(local, new Uri(app.Urls.First()), people, judge);
var leavers = new Leavers(local, new Uri(app.Urls.First()), people, trail);
using var footprint = new Footprint();

var running = Task.WhenAll(
    storm.RunAsync(load.SignIn),
    load.RunAsync(options.Seed, options.Callers, length),
    leavers.RunAsync(options.Seed, () => judge.Successes > 0, length));
var started = Stopwatch.GetTimestamp();
using (var seconds = new PeriodicTimer(TimeSpan.FromSeconds(1)))
{
    for (var second = 1; !running.IsCompleted; second++)
    {
        await Task.WhenAny(running, seconds.WaitForNextTickAsync().AsTask());
        people.Restock();
        Report.Progress(Stopwatch.GetElapsedTime(started), options, judge, laws, storm);
        if (second % 10 is 0 && second < options.Seconds)
        {
            footprint.Take(Stopwatch.GetElapsedTime(started));
        }
    }
}

await running;

// What they have left out of the trail, the functions say at their end.
await app.DisposeAsync();
trail.Check(laws.Attempts);
leavers.Check(laws.Leaving);
var bounds = new Bounds(schedule, Stopwatch.GetElapsedTime(started));
people.Check(laws.Deletions);
judge.JudgeRecovery();
bounds.Check(laws, local.Tenant.Stats);
if (Footprint.CanBeJudged(length))
{
    footprint.Judge(laws, length, options.Callers);
}

Report.Print(Console.Out, options, schedule, local, judge, people, footprint, laws, bounds, wire, leavers);
return laws.AreKept ? 0 : 1;

// The local host's own composition, with our wire in it.
async Task<WebApplication> StartFunctionsAsync()
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Configuration.AddInMemoryCollection(local.Settings);
    local.ReplaceTransport(builder.Services);
    builder.Services.AddSingleton<HttpMessageHandler>(wire);
    builder.Services.AddAdminFunctions().AddFunctionHost();
    builder.Logging.ClearProviders().AddProvider(trail).AddFilter<Trail>((category, _) => category is Trail.Category);
    if (options.Log)
    {
        builder.Logging.AddSimpleConsole().AddFilter("Microsoft", LogLevel.Warning);
    }

    builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
    var functions = builder.Build();
    functions.Use((context, next) =>
    {
        trail.Arrive(context.Request);
        return next(context);
    });
    functions.MapFunctions(typeof(GetUsers).Assembly, new FunctionHostOptions());
    await functions.StartAsync();
    return functions;
}
