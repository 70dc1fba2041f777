using System.Net;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Tests.Management;

namespace AdminFunctions.Tests.Functions;

public sealed class SendVerificationEmailTests
{
    private const string Jobs = "POST /api/v2/jobs/verification-email";

    [Fact]
    public async Task A_mail_goes_to_the_address_of_the_user()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        var answer = await SendAsync(helpDesk);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var outcome = await answer.JsonAsync();
        outcome["email_request"]!.GetValue<string>().ShouldBe("accepted");
        outcome["job_id"]!.GetValue<string>().ShouldStartWith("job_");
        app.Tenant.Activity.Mails.All.Select(mail => (mail.To, mail.Type)).ShouldBe([(Target.Email, "verification")]);
        app.Tenant.Requests.Matching(Jobs).Single().CorrelationId.ShouldBe(app.Log.Audit[^1].Text.Split("correlationId=")[1]);
    }

    [Theory]
    [InlineData(nameof(FaultMode.Abort))]
    [InlineData(nameof(FaultMode.AbortAfter))]
    [InlineData(nameof(FaultMode.CloseAfter))]
    public async Task A_mail_is_never_sent_twice(string mode)
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(new Fault { Match = Jobs, Mode = Enum.Parse<FaultMode>(mode) });

        await (await SendAsync(helpDesk)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");

        app.Tenant.Requests.Matching(Jobs).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_links_in_the_mail_have_the_custom_domain_in_the_settings()
    {
        await using var app = await Target.StartAsync(settings: ("Auth0:CustomDomain", "login.example.com"));
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        (await SendAsync(helpDesk)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        app.Tenant.Requests.Matching(Jobs).Single().CustomDomain.ShouldBe("login.example.com");
    }

    [Fact]
    public async Task A_tenant_that_hangs_is_asked_once()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(new Fault { Match = Jobs, Mode = FaultMode.Hang });

        var call = SendAsync(helpDesk);
        await app.Tenant.Requests.WaitForAsync(Jobs).InTimeAsync();
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(4));

        await (await call.InTimeAsync()).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");
        app.Tenant.Requests.Matching(Jobs).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_that_a_rate_limit_refused_is_sent_again()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(Fault.Answer(Jobs, 429) with { Headers = new Dictionary<string, string> { ["Retry-After"] = "1" } });

        var call = SendAsync(helpDesk);
        await app.Time.LetPassAsync(wait => wait == TimeSpan.FromSeconds(1));

        (await call.InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        app.Tenant.Activity.Mails.All.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_mail_that_makes_no_sense_is_refused_with_the_reason()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);

        app.Tenant.Users.Put(Target.User with { Email = null, EmailVerified = null });
        await (await SendAsync(helpDesk)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "no-email");

        app.Tenant.Users.Put(Target.User with { UserId = "github|1", Identities = [new(new("github", "github"), "1")] });
        await (await helpDesk.PostAsync(Target.Path("/verification-email", "github|1"), content: null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "no-verification");

        await (await helpDesk.PostAsync(Target.Path("/verification-email", "auth0|nobody"), content: null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "no-such-user");
        app.Tenant.Requests.Matching(Jobs).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_is_no_job_leaves_the_outcome_open()
    {
        await using var app = await Target.StartAsync();
        using var helpDesk = app.CallerWith(Permissions.UpdateUsers);
        app.Tenant.Faults.Add(Fault.Answer(Jobs, 201, """{"status":"pending"}"""));

        await (await SendAsync(helpDesk)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "outcome-unknown");
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient caller) => caller.PostAsync(Target.Path("/verification-email"), content: null);
}
