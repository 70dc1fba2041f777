using System.Net;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Tests.Management;

public sealed class SharedManagementClientTests
{
    [Fact]
    public async Task Fifty_cold_callers_at_once_cost_one_reading_of_the_vault_and_one_grant_and_a_thousand_more_cost_neither()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5 });
        using var reader = app.Reader();

        var cold = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => reader.GetAsync("/api/users")));
        cold.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        await OneReadingAndOneGrantAsync();

        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancellationToken) =>
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
    public async Task Building_the_client_calls_nobody()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        app.Services.GetRequiredService<SharedManagementClient>().Client.ShouldNotBeNull();

        app.Tenant.Requests.All.ShouldBeEmpty();
        app.Vault.Requests.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Hosts_of_the_same_tenant_application_and_secret_share_the_client_and_its_token()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var others = SharedClient.Of(app, Auth0(app, settings => settings.Audience = "https://another.example.com/api"));

        others.Client.ShouldBeSameAs(app.Services.GetRequiredService<SharedManagementClient>().Client);
        await new TenantUsers(others).DeleteAsync("auth0|nobody", "trace", CancellationToken.None);
        app.Tenant.Stats.TokenGrants.ShouldBe(1);
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("application")]
    [InlineData("vault")]
    [InlineData("secret")]
    public async Task Another_tenant_application_vault_or_secret_is_another_client(string other)
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        var others = SharedClient.Of(
            app,
            Auth0(app, settings => (settings.Domain, settings.ClientId) = (Or("another.eu.auth0.com", "tenant", settings.Domain), Or("another", "application", settings.ClientId))),
            Vault(app, settings => (settings.Uri, settings.ClientSecretName) = (Or("https://another.vault.azure.net/", "vault", settings.Uri!), Or("another", "secret", settings.ClientSecretName))));

        others.Client.ShouldNotBeSameAs(app.Services.GetRequiredService<SharedManagementClient>().Client);
        others.Client.ShouldBeSameAs(others.Client);

        string Or(string another, string which, string same) => which == other ? another : same;
    }

    private static IOptions<Auth0Options> Auth0(AdminApp app, Action<Auth0Options> change)
    {
        var own = app.Services.GetRequiredService<IOptions<Auth0Options>>().Value;
        var others = new Auth0Options { Domain = own.Domain, Issuer = own.Issuer, Audience = own.Audience, ClientId = own.ClientId };
        change(others);
        return Options.Create(others);
    }

    private static IOptions<KeyVaultOptions> Vault(AdminApp app, Action<KeyVaultOptions> change)
    {
        var own = app.Services.GetRequiredService<IOptions<KeyVaultOptions>>().Value;
        var others = new KeyVaultOptions { Uri = own.Uri, ClientSecretName = own.ClientSecretName };
        change(others);
        return Options.Create(others);
    }
}
