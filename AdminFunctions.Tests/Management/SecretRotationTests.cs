using System.Net;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Management;

namespace AdminFunctions.Tests.Management;

public sealed class SecretRotationTests
{
    private const string Grant = "POST /oauth/token";

    [Fact]
    public async Task A_rotation_goes_unnoticed_while_the_token_is_valid_and_costs_one_read_of_the_vault_afterwards()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);

        app.Tenant.RotateClientSecret();
        await ListAsync(app);
        app.Vault.SecretReads.ShouldBe(1);
        app.Tenant.Stats.TokenGrants.ShouldBe(1);

        app.Tenant.RevokeManagementTokens();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ListAsync(app)));
        app.Vault.SecretReads.ShouldBe(2);
        app.Tenant.Stats.TokenGrants.ShouldBe(2);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_new_secret_is_kept_like_the_old_one()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        app.Tenant.RotateClientSecret();
        app.Tenant.RevokeManagementTokens();
        await ListAsync(app);

        app.Tenant.RevokeManagementTokens();
        await ListAsync(app);

        app.Vault.SecretReads.ShouldBe(2);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_rotation_is_noticed_in_the_background_too_without_anyone_waiting()
    {
        await using var app = await AdminApp.StartAsync();
        await ListAsync(app);
        app.Tenant.RotateClientSecret();

        app.Time.Advance(TimeSpan.FromHours(18));
        await ListAsync(app);

        await Waiting.UntilAsync(() => app.Tenant.Stats.TokenGrants == 2);
        app.Vault.SecretReads.ShouldBe(2);
    }

    [Theory]
    [InlineData("access_denied")]
    [InlineData("invalid_client")]
    public async Task However_Auth0_words_its_refusal_of_the_secret_the_vault_is_read_again(string error)
    {
        await using var app = await AdminApp.StartAsync();
        var gate = new TaskCompletionSource();
        var unauthorized = Fault.Answer(Grant, 401, $$"""{"error":"{{error}}","error_description":"Unauthorized"}""");
        app.Tenant.Faults.Add(unauthorized with { Until = gate.Task });

        // Between the two reads.
        var list = ListAsync(app);
        await app.Tenant.Requests.WaitForAsync(Grant).InTimeAsync();
        app.Tenant.RotateClientSecret();
        gate.SetResult();

        await list;
        app.Vault.SecretReads.ShouldBe(2);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_secret_that_has_not_changed_in_the_vault_is_a_502_that_names_the_application()
    {
        await using var app = await AdminApp.StartAsync();
        using var administrator = app.Administrator();
        var inTheVault = app.Tenant.ClientSecret;
        app.Tenant.RotateClientSecret(alsoWhereKept: false);

        for (var call = 1; call <= 3; call++)
        {
            var detail = await (await administrator.GetAsync("/api/users"))
                .ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

            detail.ShouldContain("Auth0__ClientId");
            detail.ShouldNotContain(inTheVault);

            // The first read, then one for each refused grant.
            app.Vault.SecretReads.ShouldBe(1 + call);
            app.Tenant.Requests.Matching(Grant).Count.ShouldBe(call);
            app.Time.Advance(ManagementTokenProvider.PauseAfterRefusal);
        }
    }

    [Fact]
    public async Task During_a_rotation_Auth0_and_the_vault_are_called_once_a_second_however_many_callers_wait()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        await ListAsync(app);
        app.Tenant.RotateClientSecret(alsoWhereKept: false);
        app.Tenant.RevokeManagementTokens();
        await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        var callers = Enumerable.Range(0, 5).Select(_ => ListAsync(app)).ToArray();
        await app.Time.WhenSomeoneWaitsAsync(wait => wait == ManagementTokenProvider.PauseAfterRefusal);
        app.Vault.SecretReads.ShouldBe(2);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(2);

        app.Tenant.RotateClientSecret();
        app.Time.Advance(ManagementTokenProvider.PauseAfterRefusal);
        await Task.WhenAll(callers).InTimeAsync();
        app.Vault.SecretReads.ShouldBe(3);
        app.Tenant.Stats.TokenGrants.ShouldBe(2);
    }

    [Fact]
    public async Task A_newer_secret_that_is_refused_too_is_a_502_and_not_a_loop()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        await ListAsync(app);
        app.Tenant.RotateClientSecret();
        app.Tenant.RotateClientSecret(alsoWhereKept: false);
        app.Tenant.RevokeManagementTokens();

        var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

        detail.ShouldContain("Auth0__ClientId");
        app.Vault.SecretReads.ShouldBe(2);
        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_refused_secret_is_discarded_even_if_the_vault_cannot_be_read()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        await ListAsync(app);
        app.Tenant.RotateClientSecret();
        app.Tenant.RevokeManagementTokens();
        app.Vault.Faults.Add(LocalVault.Forbidden);

        await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "vault-unavailable");
        app.Vault.Faults.Clear();
        await ListAsync(app);

        app.Tenant.Requests.Matching(Grant).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_secret_that_nobody_has_set_yet_is_a_503_that_says_how_to_set_it()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Vault.Faults.Add(LocalVault.Disabled);

        var detail = await (await reader.GetAsync("/api/users"))
            .ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "vault-unavailable");

        detail.ShouldContain("disabled");
        detail.ShouldContain("az keyvault secret set");
        detail.ShouldNotContain("role");
        app.Vault.Faults.Clear();
        await ListAsync(app);
    }

    private static async Task ListAsync(AdminApp app)
    {
        using var reader = app.Reader();
        (await reader.GetAsync("/api/users").InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
