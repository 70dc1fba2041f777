using AdminFunctions.Tests.FunctionHost;

namespace AdminFunctions.Tests.Worker;

/// <summary>Runs the tests of FunctionHost against a real worker under the minimal host.</summary>
[Collection(UnderAFunctionsHost.Name)]
public sealed class WorkerContractTests(WorkerContractTests.RealWorker host)
    : HostContract(host), IClassFixture<WorkerContractTests.RealWorker>
{
    public sealed class RealWorker : Host
    {
        private FunctionsHost? _host;

        protected override async Task<string> StartAsync()
        {
            var app = DeployedApp.PathOf("AdminFunctions.Tests/Worker/ContractApp");
            _host = await FunctionsHost.StartAsync(app, settings: new Dictionary<string, string>(StringComparer.Ordinal));
            return _host.Address.AbsoluteUri;
        }

        protected override ValueTask StopAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
