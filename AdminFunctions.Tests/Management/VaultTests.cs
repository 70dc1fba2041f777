using System.Net;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Management;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Management;

public sealed class VaultTests
{
    private const string SecretName = "auth0-client-secret";

    [Theory]
    [InlineData("forbidden", "Key Vault Secrets User")]
    [InlineData("forbidden", SecretName)]
    [InlineData("missing", "KeyVault__ClientSecretName")]
    [InlineData("missing", SecretName)]
    [InlineData("empty", SecretName)]
    [InlineData("blank", "Auth0__ClientId")]
    [InlineData("aborts", "KeyVault__Uri")]
    [InlineData("answers 500", "500")]
    [InlineData("answers HTML", "KeyVault__Uri")]
    [InlineData("answers half", "KeyVault__Uri")]
    [InlineData("throttles", "rate limit")]
    public async Task A_secret_that_cannot_be_read_is_a_503_that_says_what_to_correct_until_it_can_be_read(string vault, string expected)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        Spoil(app, vault);

        var detail = await (await reader.GetAsync("/api/users").InTimeAsync())
            .ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "vault-unavailable");

        detail.ShouldContain(expected);
        app.Tenant.Requests.Matching("POST /oauth/token").ShouldBeEmpty();
        app.Vault.Faults.Clear();
        app.Vault.SetSecret(SecretName, app.Tenant.ClientSecret);
        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_vault_that_hangs_is_a_503_before_the_budget_of_ten_seconds_is_spent()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Vault.Faults.Add(new Fault { Match = "*", Mode = FaultMode.Hang, Times = null });

        var call = reader.GetAsync("/api/users");
        await app.Vault.Requests.WaitForAsync("*").InTimeAsync();
        app.Time.Advance(TimeSpan.FromSeconds(8));

        var detail = await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "vault-unavailable");
        detail.ShouldContain("KeyVault__Uri");
    }

    [Fact]
    public async Task A_vault_that_does_not_accept_connections_is_a_503()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        await app.Vault.DisposeAsync();

        var detail = await (await reader.GetAsync("/api/users").InTimeAsync())
            .ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "vault-unavailable");

        detail.ShouldContain("KeyVault__Uri");
    }

    [Fact]
    public async Task Without_an_identity_for_the_vault_a_call_is_a_503_that_names_the_managed_identity()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        var secret = ActivatorUtilities.CreateInstance<ClientSecret>(app.Services, new NoIdentity());
        SharedClient.CreateWith(app, ActivatorUtilities.CreateInstance<ManagementTokenProvider>(app.Services, secret));

        var detail = await (await reader.GetAsync("/api/users"))
            .ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "vault-unavailable");

        detail.ShouldContain("managed identity");
        detail.ShouldContain("az login");
        detail.ShouldNotContain(NoIdentity.Reason);
    }

    [Theory]
    [InlineData("{0}\n")]
    [InlineData("{0}\r\n")]
    [InlineData(" {0} ")]
    public async Task A_line_break_at_the_end_of_the_secret_is_ignored(string stored)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Vault.SetSecret(SecretName, stored.Replace("{0}", app.Tenant.ClientSecret, StringComparison.Ordinal));

        (await reader.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static void Spoil(AdminApp app, string how)
    {
        switch (how)
        {
            case "missing":
                app.Vault.RemoveSecret(SecretName);
                break;
            case "empty":
                app.Vault.SetSecret(SecretName, "");
                break;
            case "blank":
                app.Vault.SetSecret(SecretName, " \n");
                break;
            default:
                app.Vault.Faults.Add(how switch
                {
                    "forbidden" => LocalVault.Forbidden,
                    "aborts" => new Fault { Match = "*", Mode = FaultMode.Abort, Times = null },
                    "answers 500" => Fault.Answer("*", 500) with { Times = null },
                    "answers HTML" => Fault.Answer("*", 200, "<html>Sign in to the network</html>", "text/html") with { Times = null },
                    "answers half" => Fault.Answer("*", 200, """{"value":"a""") with { Times = null },
                    "throttles" => Fault.Answer("*", 429) with { Times = null },
                    _ => throw new ArgumentOutOfRangeException(nameof(how)),
                });
                break;
        }
    }

    private sealed class NoIdentity : TokenCredential
    {
        public const string Reason = "No endpoint answered at 169.254.169.254.";

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new AuthenticationFailedException(Reason);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new AuthenticationFailedException(Reason);
    }
}
