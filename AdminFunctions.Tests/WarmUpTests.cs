using System.Net;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Startup;
using AdminFunctions.Tests.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests;

public sealed class WarmUpTests
{
    private const string Grant = "POST /oauth/token";
    private const string Discovery = "GET /.well-known/openid-configuration";
    private const string Jwks = "GET /.well-known/jwks.json";
    private const string List = "GET /api/v2/users";

    [Fact]
    public async Task Keys_secret_and_token_are_there_before_the_first_request_which_waits_only_for_its_own_list()
    {
        await using var app = await AdminApp.StartWarmAsync();
        using var reader = app.Reader();
        await WarmAsync(app);
        app.Tenant.Requests.Matching(List).ShouldBeEmpty();

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);

        app.Tenant.Requests.Matching(List).Count.ShouldBe(1);
        app.Tenant.Requests.Matching(Discovery).Count.ShouldBe(1);
        app.Tenant.Requests.Matching(Jwks).Count.ShouldBe(1);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(1);
        app.Vault.SecretReads.ShouldBe(1);
    }

    [Fact]
    public async Task The_keys_and_the_secret_are_read_in_parallel()
    {
        await using var app = await AdminApp.StartWarmAsync();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = Discovery, Until = gate.Task });
        using var reader = app.Reader();

        await Waiting.UntilAsync(() => app.Tenant.Stats.TokenGrants == 1);
        app.Tenant.Requests.Matching(Jwks).ShouldBeEmpty();

        gate.SetResult();
        await WarmAsync(app);
    }

    [Fact]
    public async Task A_request_that_arrives_meanwhile_waits_for_the_same_read_and_the_same_grant()
    {
        await using var app = await AdminApp.StartWarmAsync();
        var gate = new TaskCompletionSource();
        app.Tenant.Faults.Add([new Fault { Match = Discovery, Until = gate.Task }, new Fault { Match = Grant, Until = gate.Task }]);
        using var reader = app.Reader();
        await app.Tenant.Requests.WaitForAsync(Discovery).InTimeAsync();
        await app.Tenant.Requests.WaitForAsync(Grant).InTimeAsync();

        var lists = Enumerable.Range(0, 10).Select(_ => reader.GetAsync("/api/users")).ToArray();
        (await reader.GetAsync("/api/health").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        gate.SetResult();

        (await Task.WhenAll(lists).InTimeAsync()).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        app.Tenant.Requests.Matching(Discovery).Count.ShouldBe(1);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(1);
        app.Vault.SecretReads.ShouldBe(1);
    }

    [Fact]
    public async Task A_warm_up_that_fails_is_a_line_in_the_log_and_affects_no_caller()
    {
        await using var app = await AdminApp.StartWarmAsync();
        app.Vault.Faults.Add(LocalVault.Forbidden);
        app.Tenant.Faults.Add(Fault.Answer(Discovery, 404));
        using var reader = app.Reader();
        await Waiting.UntilAsync(() =>
            app.Log.Lines(LogLevel.Warning).Count(line => line.Contains("The warm-up failed", StringComparison.Ordinal)) == 2);
        app.Log.Lines(LogLevel.Warning).ShouldContain(line => line.Contains("Key Vault Secrets User", StringComparison.Ordinal));

        app.Vault.Faults.Clear();

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_begins_before_any_service_of_the_host_starts()
    {
        await using var local =
            await LocalTenantAndVault.StartAsync(new TenantOptions { ClientId = Guid.NewGuid().ToString("N") }, new VaultOptions());
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(local.Settings);
        local.ReplaceTransport(builder.Services);
        builder.Services.AddHostedService(_ => new StartsAfterAGrant(local.Tenant));
        builder.Services.AddAdminFunctions();
        using var host = builder.Build();

        await host.StartAsync().InTimeAsync();

        await host.StopAsync();
    }

    [Fact]
    public async Task The_JIT_warm_up_gets_a_list_of_users()
    {
        (await JitWarmUp.RunAsync().InTimeAsync()).StatusCode.ShouldBe(StatusCodes.Status200OK);
    }

    [Fact]
    public async Task A_warm_up_raises_no_alarm()
    {
        await using var app = await AdminApp.StartWarmAsync();
        using var anyone = app.Anyone();
        await WarmAsync(app);

        app.Log.Lines(LogLevel.Warning).ShouldBeEmpty();
    }

    private static async Task WarmAsync(AdminApp app)
    {
        await app.Services.GetServices<IHostedService>().OfType<WarmUp>().Single().ExecuteTask!.InTimeAsync();
    }

    /// <summary>Like the worker's own service, it is registered first and starts slowly.</summary>
    private sealed class StartsAfterAGrant(LocalTenant tenant) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Waiting.UntilAsync(() => tenant.Stats.TokenGrants == 1);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
