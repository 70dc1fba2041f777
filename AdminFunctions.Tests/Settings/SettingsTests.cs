using System.Net;
using System.Net.Http.Headers;
using AdminFunctions.Access;
using AdminFunctions.Functions;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Startup;
using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Tests.Settings;

/// <summary>The function app as it is deployed, without the local host's own check of the settings.</summary>
public sealed class SettingsTests
{
    private static readonly Dictionary<string, string?> Good = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Auth0:Domain"] = "tenant.eu.auth0.com",
        ["Auth0:Audience"] = "https://admin.example.com/api",
        ["Auth0:ClientId"] = "mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA",
        ["KeyVault:Uri"] = "https://example.vault.azure.net/",
    };

    private const string NotUserIds = "Users__Protected must be a list of user IDs";

    public static TheoryData<string, string?, string, string> Faults => new()
    {
        { "Auth0:Domain", null, "Auth0__Domain is missing", "tenant.eu.auth0.com" },
        { "Auth0:Domain", " ", "Auth0__Domain is missing", "tenant.eu.auth0.com" },
        { "Auth0:Audience", null, "Auth0__Audience is missing", "https://admin.example.com/api" },
        { "Auth0:ClientId", "", "Auth0__ClientId is missing", "32 letters and digits" },
        { "KeyVault:Uri", null, "KeyVault__Uri is missing", "https://NAME.vault.azure.net/" },
        { "KeyVault:ClientSecretName", "bad_value", "KeyVault__ClientSecretName must be a secret's name", "auth0-client-secret" },
        { "KeyVault:ClientSecretName", "", "KeyVault__ClientSecretName is empty", "auth0-client-secret" },
        { "Users:Protected", "bad-value", NotUserIds, "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "auth0|5f7c8ec7c33c6c004bbafe82,auth0|bad-value\u200b", NotUserIds, "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "[\"auth0|bad-value\"", NotUserIds, "[\"samlp|contoso|Smith, Ann\"" },
        { "Users:Protected", "[\"auth0|a\", \"bad-value\"]", NotUserIds, "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "[\"auth0|a\", null]", NotUserIds, "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "[\"auth0|a\", 7]", NotUserIds, "auth0|5f7c8ec7c33c6c004bbafe82" },
        { "Users:Protected", "auth0|5f7c8ec7c33c6c004bbafe82, |bad-value", NotUserIds, "auth0|5f7c8ec7c33c6c004bbafe82" },
    };

    /// <summary>Values of settings, by the message for a bad one.</summary>
    private static readonly (string Setting, string Says, string Shows, string[] Good, string[] Bad)[] Values =
    [
        ("Auth0:Domain", "Auth0__Domain must be a host name", "tenant.eu.auth0.com",
            [
                "tenant.eu.auth0.com", "tenant.eu.auth0.com:8443", "localhost:7072", "login.example", "xn--bcher-kva.example",
                "127.0.0.1:7072", "[::1]:7072",
            ],
            [
                "https://bad-value.auth0.com/", "bad-value.auth0.com/", "bad-value.auth0.com/api", "bad-value.auth0.com?x",
                "bad-value.auth0.com#x", "user@bad-value.auth0.com",
                "user:x@bad-value.auth0.com", "bad-value.auth0.com\\x", "bad-value.auth0.com:", "bad-value.auth0.com:port",
                "bad-value.auth0.com:99999", "bad-value.auth0.com:65536",
                "bad-value.auth0.com:0", "bad-value.auth0.com:-1", "bad-value.auth0.com:08443", "bad-value.auth0.com:443",
                "bad-value.auth0.com.", "bad-value..auth0.com", ".bad-value.auth0.com", "-bad-value.auth0.com",
                "BAD-VALUE.auth0.com", "bad-välue.auth0.com", "bad-value。auth0。com", "bad value.auth0.com", " bad-value.auth0.com",
                "bad-value.auth0.com\n", "bad-value.auth0.com\u200b",
                "bad-value%2eauth0.com", "[::1", "[bad-value]", "127.1", "0x7f.0.0.1", $"bad-value.{new string('x', 64)}.com",
                $"bad-value.{string.Join('.', Enumerable.Repeat("x", 130))}.com",
            ]),
        ("Auth0:Issuer", "Auth0__Issuer must be the iss", "https://login.example.com/",
            ["", "https://login.example.com/", "https://login.example.com:8443/", "https://localhost:7072/"],
            [
                "https://bad-value.example.com", "http://bad-value.example.com/", "bad-value.example.com", "https:/bad-value.example.com/",
                "https://bad-value.example.com/oauth/",
                "https://bad-value.example.com//", "https://bad-value.example.com/?x", "https://bad-value.example.com/#x",
                "https://bad-value.example.com:99999/", "https://bad-value.example.com:443/",
                "https://[/", "https:///", "https://user@bad-value.example.com/", "https://BAD-VALUE.example.com/",
                "HTTPS://bad-value.example.com/", "https://bad-välue.example.com/", "https://bad-value.example.com./",
                " https://bad-value.example.com/", "https://bad-value.example.com/ ", "https://bad-value.example.com/\n",
                "https://bad value.example.com/", "https://bad-value..example.com/", "https://./",
            ]),
        ("Auth0:Audience", "Auth0__Audience must be the identifier", "https://admin.example.com/api",
            ["https://admin.example.com/api", "urn:admin-functions", "admin functions", "https://admin.example.com/ž"],
            [
                " https://bad-value/api", "https://bad-value/api ", "https://bad-value/api\n", "https://bad-value/\r\napi",
                "https://bad-value/api\u200b", "\ufeffhttps://bad-value/api", "bad\tvalue", "\u00a0bad-value",
            ]),
        ("Auth0:ClientId", "Auth0__ClientId must be a client ID", "32 letters and digits",
            ["mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA", "my-client_id"],
            [" bad-value", "bad-value ", "bad-value\n", "bad value", "bad-value\u200b", "bäd-value"]),
        ("Auth0:Organization", "Auth0__Organization must be an organization's ID", "org_9ybsU1dN2dKfDkBi",
            ["", "org_9ybsU1dN2dKfDkBi"],
            [
                "bad-value", "org_", "org_bad-value", "ORG_9ybsU1dN2dKfDkBi", " org_9ybsU1dN2dKfDkBi", "org_9ybsU1dN2dKfDkBi\n",
                "org_9ybsU1dN2dKfDkBi,org_0000000000000000",
            ]),
        ("KeyVault:Uri", "KeyVault__Uri must be the vault's URL", "https://NAME.vault.azure.net/",
            [
                "https://name.vault.azure.net/", "https://name.vault.azure.net", "https://NAME.vault.azure.net/", "https://localhost:7073/",
                "https://name.vault.azure.net:443/", "https://[::1]:7073/",
            ],
            [
                "bad-value.vault.azure.net", "http://bad-value.vault.azure.net/", "https://bad-value.vault.azure.net/secrets/x",
                "https://bad-value.vault.azure.net//", "https://bad-value.vault.azure.net/?x",
                "https://bad-value.vault.azure.net#x", "@Microsoft.KeyVault(SecretUri=bad-value)", "https://bad-value:99999/",
                "https://bad-value:0/", "https://[/", "https://[::1/", "https:///",
                "https://user@bad-value.vault.azure.net/", "https://bad-value..vault.azure.net/", "https://bad-value.vault.azure.net./",
                "https://bad value/", " https://bad-value.vault.azure.net/",
                "https://bad-value.vault.azure.net/\n", "https://bad-välue.vault.azure.net/", "https:\\\\bad-value.vault.azure.net",
                "https://.", $"https://bad-value.{new string('x', 64)}/",
            ]),
    ];

    public static IEnumerable<object[]> GoodValues => Values.SelectMany(row => row.Good.Select(value => (object[])[row.Setting, value]));

    public static IEnumerable<object[]> BadValues =>
        Values.SelectMany(row => row.Bad.Select(value => (object[])[row.Setting, value, row.Says, row.Shows]));

    [Fact]
    public async Task Good_settings_have_no_faults()
    {
        await using var app = await StartAsync(Good);

        app.Services.GetRequiredService<SettingsFaults>().Sentences.ShouldBeEmpty();
    }

    /// <summary>The parsers that are used later accept a valid value, and it makes sense for Auth0.</summary>
    [Theory]
    [MemberData(nameof(GoodValues))]
    public void A_good_value_has_no_fault_and_causes_no_failure_later(string setting, string value)
    {
        using var services = Build(With(setting, value));

        services.GetRequiredService<SettingsFaults>().Sentences.ShouldBeEmpty();
        services.GetRequiredService<SharedManagementClient>().Client.ShouldNotBeNull();
        services.GetRequiredService<ClientSecret>().CreateVaultClient().ShouldNotBeNull();
        new Uri(services.GetRequiredService<IOptions<Auth0Options>>().Value.TokenIssuers[0]).AbsolutePath.ShouldBe("/");
    }

    [Theory]
    [MemberData(nameof(BadValues))]
    public void A_bad_value_is_a_fault(string setting, string value, string says, string shows)
    {
        using var services = Build(With(setting, value));

        var sentence = services.GetRequiredService<SettingsFaults>().Sentences.ShouldHaveSingleItem();

        sentence.ShouldContain(says);
        sentence.ShouldContain(shows);
        sentence.ShouldNotContain("bad-v", Case.Insensitive);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_a_sentence_that_names_the_setting_and_a_good_value_and_not_the_value_that_is_set(
        string setting,
        string? value,
        string says,
        string shows)
    {
        await using var app = await StartAsync(With(setting, value));

        var sentence = app.Services.GetRequiredService<SettingsFaults>().Sentences.ShouldHaveSingleItem();

        sentence.ShouldContain(says);
        sentence.ShouldContain(shows);
        sentence.ShouldNotContain("bad-value");
        sentence.ShouldNotContain("DataAnnotation");
    }

    [Fact]
    public async Task Every_function_even_health_responds_503_with_every_sentence_until_the_settings_are_valid()
    {
        var log = new CapturedLog();
        var settings = With("Auth0:Domain", "https://x.auth0.com/");
        settings["Auth0:Audience"] = "";
        await using var app = await StartAsync(settings, log: log);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, "/api/health"), (HttpMethod.Get, "/api/users"), (HttpMethod.Delete, "/api/users/auth0%7Cx"),
        })
        {
            var answer = await client.SendAsync(new HttpRequestMessage(method, path));
            var detail = await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "misconfigured");
            detail.ShouldContain("Auth0__Domain must be a host name");
            detail.ShouldContain("Auth0__Audience is missing");
            detail.ShouldNotContain("x.auth0.com");
        }

        log.Lines(LogLevel.Critical).Count().ShouldBe(3);
        log.Lines(LogLevel.Critical).ShouldAllBe(line =>
            line.Contains("misconfigured: ") && line.Contains("Auth0__Domain must be a host name")
                && line.Contains("Auth0__Audience is missing") && !line.Contains("x.auth0.com"));
        log.Lines(LogLevel.Warning).ShouldNotContain(line => line.Contains(nameof(WarmUp), StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_developers_machine_the_secret_can_be_a_setting_and_no_vault_is_read()
    {
        await using var local = await LocalTenantAndVault.StartAsync(
            new TenantOptions { Users = 5, ClientId = Guid.NewGuid().ToString("N") },
            new VaultOptions());

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
    public async Task If_a_vault_is_set_the_setting_is_not_read(string environment)
    {
        await using var local = await LocalTenantAndVault.StartAsync(
            new TenantOptions { Users = 5, ClientId = Guid.NewGuid().ToString("N") },
            new VaultOptions());

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
    public async Task In_Azure_the_secret_cannot_be_a_setting(string? environment)
    {
        var log = new CapturedLog();
        var settings = With("KeyVault:Uri", null);
        settings["Auth0:ClientSecret"] = "the secret itself";
        settings["AZURE_FUNCTIONS_ENVIRONMENT"] = environment;

        await using var app = await StartAsync(settings, log: log);

        log.Lines(LogLevel.Warning).ShouldBeEmpty();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await client.GetAsync("/api/health");
        await client.GetAsync("/api/health");

        app.Services.GetRequiredService<SettingsFaults>().Sentences.ShouldHaveSingleItem().ShouldContain("KeyVault__Uri is missing");
        log.Lines(LogLevel.Warning).Count(line => line.Contains("Auth0__ClientSecret is set but not read")).ShouldBe(1);
        log.Lines().ShouldAllBe(line => !line.Contains("the secret itself"));
    }

    private static ServiceProvider Build(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddSingleton<HttpMessageHandler>(new Nowhere())
        .AddAdminFunctions()
        .BuildServiceProvider();

    private static Dictionary<string, string?> With(string setting, string? value) =>
        new(Good, StringComparer.OrdinalIgnoreCase) { [setting] = value };

    private static async Task<WebApplication> StartAsync(
        IReadOnlyDictionary<string, string?> settings,
        LocalTenantAndVault? local = null,
        CapturedLog? log = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddRouting();
        builder.Services.AddAdminFunctions().AddFunctionHost();
        builder.Logging.AddProvider(log ?? new CapturedLog());
        if (local is null)
        {
            builder.Services
                .AddSingleton<HttpMessageHandler>(new Nowhere())
                .AddSingleton(DelegatedTokenCredential.Create((_, _) => throw new AuthenticationFailedException("There is no identity.")));
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
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", tenant.MintAccessToken("auth0|x", [Permissions.ReadUsers]));
        return await client.GetAsync("/api/users");
    }

    private sealed class Nowhere : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new HttpRequestException("There is no tenant."));
    }
}
