using System.Net;

namespace AdminFunctions.Tests.Functions;

public sealed class GetHealthTests
{
    [Fact]
    public async Task Anyone_may_ask_and_Auth0_and_Key_Vault_are_not_called()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        var answer = await anyone.GetAsync("/api/health");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"status":"healthy"}""");
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        app.Tenant.Requests.All.ShouldBeEmpty();
        app.Tenant.Stats.SecretReads.ShouldBe(0);
    }
}
