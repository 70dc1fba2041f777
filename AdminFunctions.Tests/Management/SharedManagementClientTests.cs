using System.Net;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using Auth0.ManagementApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Tests.Management;

public sealed class SharedManagementClientTests
{
    [Fact]
    public async Task Fifty_simultaneous_first_callers_cause_one_read_of_the_vault_and_one_grant_and_a_thousand_later_ones_cause_neither()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5 });
        using var reader = app.Reader();

        var cold = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => reader.GetAsync("/api/users")));
        cold.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        await OneReadingAndOneGrantAsync();

        var sixteenAtATime = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), sixteenAtATime, async (_, cancellationToken) =>
        {
            using var answer = await reader.GetAsync("/api/users?fields=user_id", cancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        });
        await OneReadingAndOneGrantAsync();

        async Task OneReadingAndOneGrantAsync()
        {
            using var client = new HttpClient { BaseAddress = app.Tenant.Address };
            var stats = await (await client.GetAsync("/_local/stats")).JsonAsync();
            stats["secretReads"]!.GetValue<int>().ShouldBe(1);
            stats["tokenGrants"]!.GetValue<int>().ShouldBe(1);
            app.Vault.SecretReads.ShouldBe(1);
            app.Tenant.Requests.Matching("POST /oauth/token").Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Creating_the_client_sends_nothing()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        app.Services.GetRequiredService<SharedManagementClient>().Client.ShouldNotBeNull();

        app.Tenant.Requests.All.ShouldBeEmpty();
        app.Vault.Requests.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_client_and_its_token_outlive_the_service_that_created_them()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var another = Create(app, _ => { });

        another.Client.ShouldBeSameAs(app.Services.GetRequiredService<SharedManagementClient>().Client);
        await new TenantUsers(another, app.Time).DeleteAsync("auth0|nobody", "trace", CancellationToken.None);
        app.Tenant.Stats.TokenGrants.ShouldBe(1);
    }

    [Fact]
    public async Task Hosts_of_different_tenants_or_applications_have_different_clients()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        ManagementClient[] clients =
        [
            app.Services.GetRequiredService<SharedManagementClient>().Client,
            Create(app, settings => settings.Domain = "another.eu.auth0.com").Client,
            Create(app, settings => settings.ClientId = Guid.NewGuid().ToString("N")).Client,
        ];

        clients.ShouldBeUnique();
    }

    /// <summary>A service of another host with other settings.</summary>
    private static SharedManagementClient Create(AdminApp app, Action<Auth0Options> change)
    {
        var own = app.Services.GetRequiredService<IOptions<Auth0Options>>().Value;
        var settings = new Auth0Options { Domain = own.Domain, Issuer = own.Issuer, Audience = own.Audience, ClientId = own.ClientId };
        change(settings);
        var options = Options.Create(settings);
        return ActivatorUtilities.CreateInstance<SharedManagementClient>(
            app.Services, options, ActivatorUtilities.CreateInstance<ManagementTokenProvider>(app.Services, options));
    }
}
