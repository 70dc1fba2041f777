using System.Net;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Vault;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace AdminFunctions.Tests.Vault;

/// <summary>The local vault, read with the real client library.</summary>
public sealed class LocalVaultTests
{
    [Fact]
    public async Task A_secret_is_read_and_counted_once()
    {
        var time = new FakeTime();
        await using var vault = await LocalVault.StartAsync(new VaultOptions { TimeProvider = time });
        vault.SetSecret("auth0-client-secret", "s3cret ü \"<");
        using var transport = new LocalTransport("localhost:1", vault.Certificate);
        var client = Client(vault, transport);

        KeyVaultSecret secret = await client.GetSecretAsync("auth0-client-secret");

        secret.Value.ShouldBe("s3cret ü \"<");
        secret.Name.ShouldBe("auth0-client-secret");
        secret.Properties.VaultUri.ShouldBe(vault.Address);
        secret.Properties.Version.ShouldMatch("^[0-9a-f]{32}$");
        secret.Properties.Enabled.ShouldBe(true);
        secret.Properties.CreatedOn.ShouldBe(time.GetUtcNow());
        vault.SecretReads.ShouldBe(1);

        // The client caches a challenge by the vault's address, and another vault may have had the same port before.
        vault.Requests.All.Count(request => request.HasAuthorization).ShouldBe(1);

        await client.GetSecretAsync("AUTH0-Client-Secret");
        vault.SecretReads.ShouldBe(2);
        vault.Requests.All.Count(request => request.HasAuthorization).ShouldBe(2);
    }

    [Fact]
    public async Task A_new_value_is_a_new_version_and_the_old_one_can_still_be_read()
    {
        await using var vault = await LocalVault.StartAsync(new VaultOptions());
        using var transport = new LocalTransport("localhost:1", vault.Certificate);
        var client = Client(vault, transport);
        vault.SetSecret("a", "one");
        var first = (await client.GetSecretAsync("a")).Value.Properties.Version;

        vault.SetSecret("a", "two");
        vault.SetSecret("b", "three");

        (await client.GetSecretAsync("a")).Value.Value.ShouldBe("two");
        (await client.GetSecretAsync("a", first)).Value.Value.ShouldBe("one");
        (await client.GetSecretAsync("b")).Value.Value.ShouldBe("three");
        vault.RemoveSecret("a").ShouldBeTrue();
        vault.RemoveSecret("a").ShouldBeFalse();
        (await FailureAsync(client, "a", first)).ShouldBe((404, "SecretNotFound"));
    }

    [Fact]
    public async Task The_vault_refuses_unknown_callers_and_secrets()
    {
        await using var vault = await LocalVault.StartAsync(new VaultOptions());
        vault.SetSecret("a", "one");
        using var transport = new LocalTransport("localhost:1", vault.Certificate);

        (await FailureAsync(Client(vault, transport), "nothing")).ShouldBe((404, "SecretNotFound"));
        (await FailureAsync(Client(vault, transport), "a", "0123456789abcdef0123456789abcdef")).ShouldBe((404, "SecretNotFound"));
        (await FailureAsync(Client(vault, transport, new LocalVaultCredential()), "a")).ShouldBe((401, "Unauthorized"));
        vault.Faults.Add(LocalVault.Forbidden);
        (await FailureAsync(Client(vault, transport), "a")).ShouldBe((403, "Forbidden"));
        (await FailureAsync(Client(vault, transport), "a")).ShouldBe((403, "Forbidden"));
        vault.SecretReads.ShouldBe(0);
        vault.Faults.Clear();
        (await Client(vault, transport).GetSecretAsync("a")).Value.Value.ShouldBe("one");
    }

    [Theory]
    [InlineData("/secrets/a?api-version=7.5", false, 401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.")]
    [InlineData("/secrets/a?api-version=7.5", true, 401, "Unauthorized", "AKV10032: Invalid issuer.")]
    [InlineData("/secrets/a", false, 400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")]
    public async Task A_refusal_has_the_text_of_Key_Vault(string path, bool withToken, int status, string code, string message)
    {
        await using var vault = await LocalVault.StartAsync(new VaultOptions());
        vault.SetSecret("a", "one");
        using var client = new HttpClient(new LocalTransport("localhost:1", vault.Certificate)) { BaseAddress = vault.Address };
        client.DefaultRequestHeaders.Authorization = withToken ? new("Bearer", "elsewhere") : null;

        var answer = await client.GetAsync(path);

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.JsonAsync()).ToJsonString().ShouldBe(
            new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } }.ToJsonString());
        answer.Headers.WwwAuthenticate.ToString().ShouldBe(status is 401
            ? "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"https://vault.localhost\""
            : "");
    }

    [Fact]
    public async Task Faults_reach_the_client_library_as_they_would_from_Key_Vault()
    {
        await using var vault = await LocalVault.StartAsync(new VaultOptions());
        vault.SetSecret("a", "one");
        using var transport = new LocalTransport("localhost:1", vault.Certificate);
        var client = Client(vault, transport);

        vault.Faults.Add(new Fault { Match = "*", Mode = FaultMode.Abort });
        (await FailureAsync(client, "a")).Status.ShouldBe(0);
        vault.Faults.Add(Fault.Answer("*", 503));
        (await FailureAsync(client, "a")).Status.ShouldBe(503);
        vault.Faults.Add(new Fault { Match = "*", Mode = FaultMode.Hang });
        using var cancel = new CancellationTokenSource();
        var arrived = vault.Requests.WaitForAsync("*", vault.Requests.All.Count + 1);
        var hanging = client.GetSecretAsync("a", cancellationToken: cancel.Token);
        await arrived.WaitAsync(TimeSpan.FromSeconds(20));
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => hanging);
        (await client.GetSecretAsync("a")).Value.Value.ShouldBe("one");
    }

    [Fact]
    public async Task Only_the_local_transport_trusts_the_certificate_and_it_trusts_no_other()
    {
        await using var vault = await LocalVault.StartAsync(new VaultOptions());
        await using var other = await LocalVault.StartAsync(new VaultOptions());
        using var anyone = new HttpClient();
        using var local = new HttpClient(new LocalTransport("localhost:1", vault.Certificate));

        (await local.GetAsync(new Uri(vault.Address, "secrets/a"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Should.ThrowAsync<HttpRequestException>(() => local.GetAsync(other.Address))).InnerException.ShouldBeOfType<AuthenticationException>();
        (await Should.ThrowAsync<HttpRequestException>(() => anyone.GetAsync($"https://localhost:{vault.Address.Port}/"))).InnerException.ShouldBeOfType<AuthenticationException>();
    }

    private static SecretClient Client(LocalVault vault, LocalTransport transport, TokenCredential? credential = null) =>
        new(vault.Address, credential ?? vault.Credential, new SecretClientOptions { Transport = new HttpClientTransport(transport), Retry = { MaxRetries = 0 } });

    private static async Task<(int Status, string? Code)> FailureAsync(SecretClient client, string name, string? version = null)
    {
        var exception = await Should.ThrowAsync<RequestFailedException>(() => client.GetSecretAsync(name, version));
        return (exception.Status, exception.ErrorCode);
    }
}
