using System.Net;
using System.Net.Sockets;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Tenant;

/// <summary><c>POST /dbconnections/change_password</c> of the Authentication API, and the mails that it sends.</summary>
public sealed class ChangePasswordTests
{
    private const string Path = "/dbconnections/change_password";
    private const string Good = """{"email":"ann.smith@example.com","connection":"Username-Password-Authentication"}""";

    [Theory]
    [InlineData(Good)]
    [InlineData("""{"email":"ANN.SMITH@example.com","connection":"Username-Password-Authentication","client_id":"local-dashboard"}""")]
    public async Task A_user_with_a_password_gets_a_mail(string body)
    {
        await using var tenant = await PeopleAsync();
        using var client = tenant.Anyone();

        var answer = await client.PostJsonAsync(Path, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("We've just sent you an email to reset your password.");
        tenant.Activity.Mails.All.ShouldHaveSingleItem().To.ShouldBe("ann.smith@example.com", StringCompareShould.IgnoreCase);
        tenant.Activity.Log.Of(People.Ann.UserId).ShouldContain(item => item.Type == "scpr");
    }

    [Theory]
    [InlineData("""{"email":"nobody@example.com","connection":"Username-Password-Authentication"}""")]
    [InlineData("""{"email":"ann.smith@example.com","connection":"another"}""")]
    [InlineData("""{"email":"annika.dahl@example.org","connection":"google-oauth2"}""")]
    [InlineData("""{"email":"*","connection":"Username-Password-Authentication"}""")]
    public async Task Without_such_an_account_the_answer_is_the_same_and_no_mail_is_sent(string body)
    {
        await using var tenant = await PeopleAsync();
        using var client = tenant.Anyone();

        var answer = await client.PostJsonAsync(Path, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("We've just sent you an email to reset your password.");
        tenant.Activity.Mails.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "email is required")]
    [InlineData("[]", "email is required")]
    [InlineData("{", "email is required")]
    [InlineData("{}", "email is required")]
    [InlineData("""{"connection":"Username-Password-Authentication"}""", "email is required")]
    [InlineData("""{"email":["ann.smith@example.com"],"connection":"Username-Password-Authentication"}""", "email is required")]
    [InlineData("""{"email":"ann.smith@example.com"}""", "connection is required")]
    [InlineData("""{"email":"ann.smith@example.com","connection":""}""", "connection is required")]
    [InlineData("""{"email":"ann.smith@example.com","connection":7}""", "connection is required")]
    [InlineData("""{"email":"ann.smith@example.com","connection":"Username-Password-Authentication","client_id":"x"}""", "invalid client_id")]
    public async Task A_bad_body_is_a_400_that_says_what_is_wrong(string body, string error)
    {
        await using var tenant = await PeopleAsync();
        using var client = tenant.Anyone();

        var answer = await client.PostJsonAsync(Path, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).ToJsonString().ShouldBe($$"""{"error":"{{error}}"}""");
        tenant.Activity.Mails.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ten_mails_to_an_address_can_be_requested_at_once_from_an_address_then_one_a_minute()
    {
        var time = new FakeTime();
        await using var tenant = await PeopleAsync(time);
        using var client = tenant.Anyone();
        using var elsewhere = From("127.0.0.2", tenant);
        for (var mail = 0; mail < 10; mail++)
        {
            (await client.PostJsonAsync(Path, Good)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var limited = await client.PostJsonAsync(Path, Good.Replace("ann", "ANN", StringComparison.Ordinal));

        limited.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        limited.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(1));
        (await limited.JsonAsync())["error"]!.GetValue<string>().ShouldBe("too_many_requests");
        (await client.PostJsonAsync(Path, Good.Replace("ann", "bob", StringComparison.Ordinal))).StatusCode.ShouldBe(HttpStatusCode.OK);
        if (!OperatingSystem.IsMacOS())
        {
            // macOS has only 127.0.0.1.
            (await elsewhere.PostJsonAsync(Path, Good)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        time.Advance(TimeSpan.FromMinutes(1));
        (await client.PostJsonAsync(Path, Good)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostJsonAsync(Path, Good)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Mails_are_shown_newest_first_without_their_links_and_can_be_removed()
    {
        var time = new FakeTime();
        await using var tenant = await PeopleAsync(time);
        using var application = tenant.Application();
        await application.PostJsonAsync(Path, Good);
        time.Advance(TimeSpan.FromMinutes(1));
        (await application.PostJsonAsync("/api/v2/jobs/verification-email", """{"user_id":"samlp|contoso|bob+crm@example.net"}"""))
            .StatusCode.ShouldBe(HttpStatusCode.Created);

        (await application.GetStringAsync("/_local/mails")).ShouldBe(
            """[{"to":"bob@example.net","type":"verification","connection":"contoso","date":"2026-03-02T09:31:00.000Z"},"""
            + """{"to":"ann.smith@example.com","type":"password-reset","connection":"Username-Password-Authentication","date":"2026-03-02T09:30:00.000Z"}]""");

        (await application.DeleteAsync("/_local/mails")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await application.GetStringAsync("/_local/mails")).ShouldBe("[]");
        (await (await application.GetAsync("/_local/stats")).JsonAsync())["mails"]!.GetValue<int>().ShouldBe(2);
    }

    private static async Task<LocalTenant> PeopleAsync(FakeTime? time = null)
    {
        var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0, TimeProvider = time ?? TimeProvider.System });
        tenant.Users.Put(People.All);
        return tenant;
    }

    /// <summary>A client on another address of this machine.</summary>
    private static HttpClient From(string ip, LocalTenant tenant) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(ip), 0));
            await socket.ConnectAsync(IPAddress.Loopback, tenant.Address.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = tenant.Address,
    };
}
