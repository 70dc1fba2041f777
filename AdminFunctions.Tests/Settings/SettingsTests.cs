using System.Net;
using System.Net.Http.Headers;
using AdminFunctions.Access;
using AdminFunctions.Functions;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Settings;
using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Settings;

/// <summary>The function app as it is deployed, without the local host's own look at the settings.</summary>
public sealed class SettingsTests
{
    private static readonly Dictionary<string, string?> Good = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Auth0:Domain"] = "tenant.eu.auth0.com",
        ["Auth0:Audience"] = "https://admin.example.com/api",
        ["Auth0:ClientId"] = "mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA",
        ["KeyVault:Uri"] = "https://example.vault.azure.net/",
    };

    public static TheoryData<string, string?, string, string> Faults => new()
    {
        { "Auth0:Domain", null, "Auth0__Domain is missing", "tenant.eu.auth0.com" },
        { "Auth0:Domain", " ", "Auth0__Domain is missing", "tenant.eu.auth0.com" },
        { "Auth0:Domain", "https://bad-value.auth0.com/", "Auth0__Domain is a host name alone, with no https://", "tenant.eu.auth0.com" },
        { "Auth0:Domain", "bad-value.auth0.com/", "no slash behind it", "tenant.eu.auth0.com" },
        { "Auth0:Domain", "bad-value.auth0.com/api", "no slash behind it", "tenant.eu.auth0.com" },
        { "Auth0:Domain", "user@bad-value.auth0.com", "Auth0__Domain is a host name alone", "tenant.eu.auth0.com" },
        { "Auth0:Domain", "bad-value.auth0.com:port", "Auth0__Domain is a host name alone", "tenant.eu.auth0.com" },
        { "Auth0:Issuer", "https://bad-value.example.com", "Auth0__Issuer is the iss", "https://login.example.com/" },
        { "Auth0:Issuer", "http://bad-value.example.com/", "Auth0__Issuer is the iss", "https://login.example.com/" },
        { "Auth0:Audience", null, "Auth0__Audience is missing", "https://admin.example.com/api" },
        { "Auth0:ClientId", "", "Auth0__ClientId is missing", "32 letters and digits" },
        { "KeyVault:Uri", null, "KeyVault__Uri is missing", "https://NAME.vault.azure.net/" },
        { "KeyVault:Uri", "bad-value.vault.azure.net", "KeyVault__Uri is the vault's address", "https://NAME.vault.azure.net/" },
        { "KeyVault:Uri", "http://bad-value.vault.azure.net/", "KeyVault__Uri is the vault's address", "https://NAME.vault.azure.net/" },
        { "KeyVault:Uri", "https://bad-value.vault.azure.net/secrets/x", "KeyVault__Uri is the vault's address", "https://NAME.vault.azure.net/" },
        { "KeyVault:Uri", "@Microsoft.KeyVault(SecretUri=bad-value)", "KeyVault__Uri is the vault's address", "https://NAME.vault.azure.net/" },
        { "KeyVault:ClientSecretName", "bad_value", "KeyVault__ClientSecretName is a secret's name", "auth0-client-secret" },
        { "KeyVault:ClientSecretName", "", "KeyVault__ClientSecretName is empty", "auth0-client-secret" },
        { "Users:Protected", "bad-value", "Users__Protected is a list of user IDs", "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "auth0|5f7c8ec7c33c6c004bbafe82,auth0|bad-value\u200b", "Users__Protected is a list of user IDs", "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "[\"auth0|bad-value\"", "Users__Protected is a list of user IDs", "[\"samlp|contoso|Smith, Ann\"" },
        { "Users:Protected", "[\"auth0|a\", \"bad-value\"]", "Users__Protected is a list of user IDs", "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "[\"auth0|a\", null]", "Users__Protected is a list of user IDs", "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "[\"auth0|a\", 7]", "Users__Protected is a list of user IDs", "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "auth0|5f7c8ec7c33c6c004bbafe82, |bad-value", "Users__Protected is a list of user IDs", "auth0|5f7c8ec7c33c6c004bbafe82" },
    };

    [Fact]
    public async Task Good_settings_have_no_faults()
    {
        await using var app = await StartAsync(Good);

        app.Services.GetRequiredService<SettingsFaults>().Sentences.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tenant.eu.auth0.com:8443")]
    [InlineData("localhost:7072")]
    [InlineData("TENANT.auth0.com")]
    public async Task A_domain_is_a_host_name_with_or_without_a_port(string domain)
    {
        await using var app = await StartAsync(With("Auth0:Domain", domain));

        app.Services.GetRequiredService<SettingsFaults>().Sentences.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_a_sentence_that_names_the_setting_and_a_good_value_and_not_the_value_that_is_set(string setting, string? value, string says, string shows)
    {
        await using var app = await StartAsync(With(setting, value));

        var sentence = app.Services.GetRequiredService<SettingsFaults>().Sentences.ShouldHaveSingleItem();

        sentence.ShouldContain(says);
        sentence.ShouldContain(shows);
        sentence.ShouldNotContain("bad-value");
        sentence.ShouldNotContain("DataAnnotation");
    }

    [Fact]
    public async Task Every_function_health_too_answers_503_with_every_sentence_until_the_settings_are_right()
    {
        var log = new CapturedLog();
        var settings = new Dictionary<string, string?>(Good, StringComparer.OrdinalIgnoreCase) { ["Auth0:Domain"] = "https://x.auth0.com/", ["Auth0:Audience"] = "" };
        await using var app = await StartAsync(settings, log: log);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        foreach (var (method, path) in new[] { (HttpMethod.Get, "/api/health"), (HttpMethod.Get, "/api/users"), (HttpMethod.Delete, "/api/users/auth0%7Cx") })
        {
            var answer = await client.SendAsync(new HttpRequestMessage(method, path));
            var detail = await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "misconfigured");
            detail.ShouldContain("Auth0__Domain is a host name alone");
            detail.ShouldContain("Auth0__Audience is missing");
            detail.ShouldNotContain("x.auth0.com");
        }

        log.Lines(LogLevel.Critical).Count().ShouldBe(2);
        log.Lines(LogLevel.Warning).ShouldNotContain(line => line.Contains(nameof(WarmUp), StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_developers_machine_the_secret_may_be_a_setting_and_no_vault_is_asked()
    {
        await using var local = await LocalTenantAndVault.StartAsync(new TenantOptions { Users = 5, ClientId = Guid.NewGuid().ToString("N") }, new VaultOptions());

        await using var app = await StartAsync(
            new Dictionary<string, string?>(local.Settings, StringComparer.OrdinalIgnoreCase)
            {
                ["KeyVault:Uri"] = "",
                ["Auth0:ClientSecret"] = local.Tenant.ClientSecret,
                ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            },
            local);
        var answer = await ListAsync(app, local.Tenant);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        local.Vault.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Where_a_vault_is_named_the_setting_is_not_read(string environment)
    {
        await using var local = await LocalTenantAndVault.StartAsync(new TenantOptions { Users = 5, ClientId = Guid.NewGuid().ToString("N") }, new VaultOptions());

        await using var app = await StartAsync(
            new Dictionary<string, string?>(local.Settings, StringComparer.OrdinalIgnoreCase)
            {
                ["Auth0:ClientSecret"] = "not the secret",
                ["AZURE_FUNCTIONS_ENVIRONMENT"] = environment,
            },
            local);
        var answer = await ListAsync(app, local.Tenant);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        local.Vault.SecretReads.ShouldBe(1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task In_Azure_the_secret_is_no_setting(string? environment)
    {
        var log = new CapturedLog();
        var settings = With("KeyVault:Uri", null);
        settings["Auth0:ClientSecret"] = "the secret itself";
        settings["AZURE_FUNCTIONS_ENVIRONMENT"] = environment;

        await using var app = await StartAsync(settings, log: log);

        app.Services.GetRequiredService<SettingsFaults>().Sentences.ShouldHaveSingleItem().ShouldContain("KeyVault__Uri is missing");
        log.Lines(LogLevel.Warning).ShouldContain(line => line.Contains("Auth0__ClientSecret is set but not read"));
        log.Lines().ShouldAllBe(line => !line.Contains("the secret itself"));
    }

    private static Dictionary<string, string?> With(string setting, string? value) =>
        new(Good, StringComparer.OrdinalIgnoreCase) { [setting] = value };

    private static async Task<WebApplication> StartAsync(IReadOnlyDictionary<string, string?> settings, LocalTenantAndVault? local = null, CapturedLog? log = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddRouting();
        builder.Services.AddAdminFunctions().AddFunctionHost();
        builder.Logging.AddProvider(log ?? new CapturedLog());
        if (local is null)
        {
            builder.Services.AddSingleton<HttpMessageHandler>(new Nowhere()).AddSingleton(DelegatedTokenCredential.Create((_, _) => throw new AuthenticationFailedException("Nobody.")));
        }

        local?.ReplaceTransport(builder.Services);

        var app = builder.Build();
        app.MapFunctions(typeof(GetUsers).Assembly, new FunctionHostOptions());
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpResponseMessage> ListAsync(WebApplication app, LocalTenant tenant)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tenant.MintAccessToken("auth0|x", [Permissions.ReadUsers]));
        return await client.GetAsync("/api/users");
    }

    /// <summary>There is no tenant, and none is looked for.</summary>
    private sealed class Nowhere : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new HttpRequestException("There is nobody."));
    }
}
