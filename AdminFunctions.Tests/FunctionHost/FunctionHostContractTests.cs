using AdminFunctions.LocalHost.FunctionHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.FunctionHost;

/// <summary>Tests the FunctionHost of the local host in this process, or the host at the address in FUNCTIONS_HOST_URL.</summary>
public sealed class FunctionHostContractTests(FunctionHostContractTests.InThisProcess host)
    : HostContract(host), IClassFixture<FunctionHostContractTests.InThisProcess>
{
    public sealed class InThisProcess : Host
    {
        private WebApplication? _app;

        protected override async Task<string> StartAsync()
        {
            if (Environment.GetEnvironmentVariable("FUNCTIONS_HOST_URL") is { Length: > 0 } url)
            {
                return url;
            }

            // In Development, ASP.NET Core could respond to an exception with its own page.
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            builder.Services.AddFunctionHost();
            _app = builder.Build();
            _app.MapFunctions(
                [typeof(ThingFunctions), typeof(BindingFunctions), typeof(AnswerFunctions), typeof(StaticFunctions), typeof(StreamFunctions)],
                new FunctionHostOptions());
            await _app.StartAsync();
            return _app.Urls.Single();
        }

        protected override ValueTask StopAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
