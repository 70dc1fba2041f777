using System.Net.Http.Headers;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Infra;

#pragma warning disable CA1001 // xunit calls DisposeAsync.

namespace AdminFunctions.Tests.Worker;

/// <summary>The built function app under a Functions host, with what it has in Azure.</summary>
public sealed class DeployedApp : IAsyncLifetime
{
    private LocalAzure? _azure;
    private FunctionsHost? _host;

    internal LocalTenant Tenant => _azure!.Tenant;

    internal FunctionsHost Host => _host!;

    /// <summary>Complete settings of the function app.</summary>
    internal IReadOnlyDictionary<string, string> Settings => _azure!.Settings;

    /// <summary>The path of a built function app's assembly.</summary>
    /// <param name="project">The folder of the project, from the root of the repository.</param>
    internal static string PathOf(string project)
    {
        // The same output folder as of these tests: bin/Debug/net10.0.
        var output = Path.GetRelativePath(Repository.PathOf("AdminFunctions.Tests"), AppContext.BaseDirectory);
        return Path.Combine(Repository.PathOf(project), output, $"{Path.GetFileName(project)}.dll");
    }

    /// <summary>Starts another host with other settings.</summary>
    internal Task<FunctionsHost> StartAnotherAsync(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(Settings, StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return FunctionsHost.StartAsync(PathOf("AdminFunctions"), all);
    }

    /// <summary>A client without a token.</summary>
    internal HttpClient Anyone() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = Host.Address };

    /// <summary>A client whose token carries these permissions.</summary>
    internal HttpClient CallerWith(params string[] permissions)
    {
        var client = Anyone();
        var token = Tenant.MintAccessToken(AdminApp.CallerId, permissions);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    internal HttpClient Administrator() => CallerWith(Permissions.ReadUsers, Permissions.DeleteUsers);

    public async Task InitializeAsync()
    {
        _azure = await LocalAzure.StartAsync();
        _host = await FunctionsHost.StartAsync(PathOf("AdminFunctions"), Settings);
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_azure is not null)
        {
            await _azure.DisposeAsync();
        }
    }
}

/// <summary>The tests share one host and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class UnderAFunctionsHost : ICollectionFixture<DeployedApp>
{
    public const string Name = "the function app under a Functions host";
}
