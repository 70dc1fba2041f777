using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Says on start what this build is not, and stops with exit code 1.</summary>
internal sealed class UnservableHost(IHost host) : IHost
{
    public IServiceProvider Services => host.Services;

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await Console.Error.WriteLineAsync(
            "This build stands on offline/ instead of the Azure Functions packages and cannot serve the Functions host: run `dotnet run --project AdminFunctions.LocalHost`.");
        Environment.ExitCode = 1;
        Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
    }

    // The inner host never started.
    public Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public void Dispose() => host.Dispose();
}
