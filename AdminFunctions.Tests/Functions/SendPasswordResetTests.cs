using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.Management;
using AdminFunctions.Tests.Management;
using AdminFunctions.Tests.Security;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Functions;

public sealed class SendPasswordResetTests
{
    private const string ChangePassword = "POST /dbconnections/change_password";

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"connection":null}""")]
    [InlineData("""{"connection":"Username-Password-Authentication"}""")]
    public async Task A_mail_goes_to_the_address_of_the_user(string? body)
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var answer = await SendAsync(helpDesk, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        (await answer.JsonAsync()).ToJsonString().ShouldBe("""{"email_request":"accepted","connection":"Username-Password-Authentication"}""");
        app.Tenant.Activity.Mails.All.Select(mail => (mail.To, mail.Type)).ShouldBe([(Target.Email, "password-reset")]);
        app.Log.Audit[^1].Text.ShouldStartWith("WriteDone action=SendPasswordReset ");
    }

    [Fact]
    public async Task A_linked_account_is_written_to_at_its_own_address()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Users.Put(Target.User with
        {
            UserId = "google-oauth2|1",
            Email = "ann@gmail.example",
            Identities = [new(new("google-oauth2", "google-oauth2", IsSocial: true), "1"), new(new("db", "auth0"), "7") { Email = "ann@db.example" }],
        });

        (await helpDesk.PostAsync(Target.Path("/password-reset", "google-oauth2|1"), content: null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        app.Tenant.Activity.Mails.All.Select(mail => mail.To).ShouldBe(["ann@db.example"]);
    }

    [Theory]
    [InlineData("db-a", "a@example.com")]
    [InlineData("db-b", "b@example.com")]
    public async Task Of_several_accounts_the_body_names_one(string connection, string address)
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Users.Put(InTwoDatabases());

        (await SendAsync(helpDesk, new JsonObject { ["connection"] = connection }.ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        app.Tenant.Activity.Mails.All.Select(mail => (mail.To, mail.Connection)).ShouldBe([(address, connection)]);
    }

    [Fact]
    public async Task Of_two_accounts_in_one_connection_the_one_with_an_address_gets_the_mail()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Users.Put(Target.User with
        {
            UserId = "google-oauth2|1",
            Identities =
            [
                new(new("google-oauth2", "google-oauth2", IsSocial: true), "1"),
                new(new("db", "auth0"), "7"),
                new(new("db", "auth0"), "8") { Email = "ann@db.example" },
            ],
        });

        (await helpDesk.PostAsync(Target.Path("/password-reset", "google-oauth2|1"), content: null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        app.Tenant.Activity.Mails.All.Select(mail => mail.To).ShouldBe(["ann@db.example"]);
    }

    [Fact]
    public async Task Of_several_accounts_none_is_guessed()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Users.Put(InTwoDatabases());

        var answer = await SendAsync(helpDesk, body: null);

        (await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "connection-required")).ShouldContain("db-a, db-b");
        (await answer.JsonAsync())["errors"]!["connection"].ShouldNotBeNull();
        await (await SendAsync(helpDesk, """{"connection":"db-c"}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        app.Tenant.Requests.Matching(ChangePassword).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_without_a_password_or_an_address_gets_no_mail()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        app.Tenant.Users.Put(Target.User with { Identities = [new(new("github", "github"), "1")] });
        await (await SendAsync(helpDesk, body: null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "no-password");

        app.Tenant.Users.Put(Target.User with { Email = null, EmailVerified = null });
        await (await SendAsync(helpDesk, body: null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "no-email");

        app.Tenant.Requests.Matching(ChangePassword).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("connection=x")]
    [InlineData("""{"connection":5}""")]
    [InlineData("""{"email":"mallory@example.com"}""")]
    [InlineData("""{"connection":"a","connection":"b"}""")]
    [InlineData("{")]
    [InlineData("too long")]
    public async Task A_body_of_another_form_is_a_400_and_Auth0_is_not_asked(string body)
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var answer = await SendAsync(helpDesk, body is "too long" ? $$"""{"connection":"{{new string('x', 5000)}}"}""" : body);

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]!["body"].ShouldNotBeNull();
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_is_a_400_and_not_told_as_a_delay_of_Auth0()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        (await app.Services.GetRequiredService<SigningKeys>().GetAsync(CancellationToken.None)).ShouldNotBeNull();
        var half = $"POST {Target.Path("/password-reset")} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 30\r\n"
            + $"Authorization: {helpDesk.DefaultRequestHeaders.Authorization}\r\n\r\n{{\"connection\":";

        var call = RawHttp.SendAsync(helpDesk.BaseAddress!, Encoding.ASCII.GetBytes(half), endsThere: false);
        await app.Time.LetPassAsync(wait => wait == RequestBudget.ForRequest);
        var answer = await call.InTimeAsync();

        answer.ShouldNotBeNull().Status.ShouldBe(400);
        JsonNode.Parse(answer.Body)!["errors"]!["body"].ShouldNotBeNull();
        app.Tenant.Requests.Matching("* /api/v2/*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(nameof(FaultMode.Abort))]
    [InlineData(nameof(FaultMode.AbortAfter))]
    [InlineData(nameof(FaultMode.CloseAfter))]
    public async Task A_mail_is_never_sent_twice(string mode)
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(new Fault { Match = ChangePassword, Mode = Enum.Parse<FaultMode>(mode) });

        var detail = await (await SendAsync(helpDesk, body: null)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");

        detail.ShouldEndWith("Ask the user whether the email has arrived before you send another.");
        app.Tenant.Requests.Matching(ChangePassword).Count.ShouldBe(1);
        app.Log.Audit[^1].Text.ShouldStartWith("WriteUnknown ");
    }

    [Fact]
    public async Task A_web_page_is_not_taken_for_Auth0s_acceptance()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(Fault.Answer(ChangePassword, 200, "<html>Sign in to the network</html>", "text/html"));

        await (await SendAsync(helpDesk, body: null)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task A_failure_of_the_server_is_no_reason_to_send_a_mail_again(int status)
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(Fault.Answer(ChangePassword, status));

        await (await SendAsync(helpDesk, body: null)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");

        app.Tenant.Requests.Matching(ChangePassword).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Auth0s_limit_of_mails_is_a_503_that_says_when_to_come_again()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        for (var mail = 0; mail < 10; mail++)
        {
            (await SendAsync(helpDesk, body: null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        var answer = await SendAsync(helpDesk, body: null);

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "tenant-rate-limited");
        answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        app.Tenant.Activity.Mails.All.Count.ShouldBe(10);
        app.Log.Audit[^1].Text.ShouldStartWith("WriteFailed ");
    }

    [Fact]
    public async Task The_mail_is_that_of_the_application_that_the_settings_name()
    {
        await using var app = await Target.StartAsync(settings: ("Auth0:LoginClientId", new TenantOptions().SpaClientId));
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        (await SendAsync(helpDesk, body: null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await using var wrong = await Target.StartAsync(settings: ("Auth0:LoginClientId", "another"));
        using var caller = wrong.CallerWith(Permissions.UpdateUsers);
        (await (await SendAsync(caller, body: null)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused"))
            .ShouldContain("Auth0__LoginClientId");
    }

    [Fact]
    public async Task The_mail_is_requested_from_the_custom_domain_in_the_settings()
    {
        await using var app = await Target.StartAsync(settings: [("Auth0:Domain", "tenant.example.com"), ("Auth0:CustomDomain", "{domain}")]);
        using var anyone = app.Anyone();
        using var budget = RequestBudget.Start(app.Time, RequestBudget.ForRequest);

        await app.Services.GetRequiredService<TenantEmails>().SendPasswordResetAsync(Target.Email, Target.Database, budget.Token);

        app.Tenant.Activity.Mails.All.Select(mail => mail.To).ShouldBe([Target.Email]);
    }

    private static TenantUser InTwoDatabases() => Target.User with
    {
        Email = "a@example.com",
        Identities = [new(new("db-a", "auth0"), Target.Id["auth0|".Length..]), new(new("db-b", "auth0"), "7") { Email = "b@example.com" }],
    };

    private static Task<HttpResponseMessage> SendAsync(HttpClient caller, string? body) => caller.PostAsync(
        Target.Path("/password-reset"), body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));
}
