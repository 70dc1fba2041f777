using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.Tests.Deletions;
using AdminFunctions.Tests.Export;
using AdminFunctions.Tests.Management;
using AdminFunctions.Tests.Security;
using AdminFunctions.Tests.Worker.Rpc;

namespace AdminFunctions.Tests.Worker;

/// <summary>The functions as they are deployed, called through the Functions host, which talks to the worker over gRPC and HTTP.</summary>
[Collection(UnderAFunctionsHost.Name)]
public sealed class CallsTests(DeployedApp app)
{
    private const string List = "GET /api/v2/users";

    [Fact]
    public async Task Health_answers_anyone()
    {
        using var anyone = app.Anyone();

        using var answer = await anyone.GetAsync("/api/health");

        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"status":"healthy"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.ShouldHaveTheHeadersOfEveryAnswer();
    }

    [Fact]
    public async Task A_list_comes_from_the_tenant_with_a_secret_from_the_vault_that_the_managed_identity_reads()
    {
        using var reader = app.CallerWith(Permissions.ReadUsers);

        using var answer = await reader.GetAsync("/api/users?per_page=3&include_totals=true");

        var page = await answer.JsonAsync();
        page["total"]!.GetValue<int>().ShouldBe(app.Tenant.Users.All.Count);
        page["users"]!.AsArray().Select(user => user!["user_id"]!.GetValue<string>())
            .ShouldBeSubsetOf(app.Tenant.Users.All.Select(user => user.UserId));
        answer.ShouldHaveTheHeadersOfEveryAnswer();
        var health = await (await reader.GetAsync("/api/health?deep=true")).JsonAsync();
        health["secret"]!["ageSeconds"].ShouldNotBeNull();

        // On a loaded machine the first read may time out, and the next call reads again.
        health["vault"]!["lastSuccess"].ShouldNotBeNull();
    }

    [Fact]
    public async Task An_export_has_every_user_once()
    {
        using var reader = app.CallerWith(Permissions.ReadUsers);

        var users = await reader.ExportAsync("fields=user_id");

        users.Count.ShouldBeGreaterThan(1000);
        users.Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId), ignoreOrder: true);
    }

    [Fact]
    public async Task An_export_that_fails_midway_breaks_off_after_its_problem_and_is_a_failed_call_for_the_host()
    {
        using var reader = app.CallerWith(Permissions.ReadUsers);
        app.Tenant.Faults.Add(new Fault { Match = List }, new Fault { Match = List, Status = 403 });
        var ended = app.Host.Ended.Count();

        var body = new StringBuilder();
        await Should.ThrowAsync<Exception>(async () =>
        {
            using var answer = await reader.GetAsync("/api/users/export?fields=user_id", HttpCompletionOption.ResponseHeadersRead);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            while (await lines.ReadLineAsync() is { } line)
            {
                body.AppendLine(line);
            }
        }).InTimeAsync();

        JsonNode.Parse(body.ToString().TrimEnd().Split('\n')[^1])!["error"]!["type"]!.GetValue<string>()
            .ShouldBe("urn:admin-functions:problem:tenant-refused");

        // The end of an earlier call may arrive only now.
        await Waiting.UntilAsync(() => app.Host.Ended.Skip(ended).Any(static call => call.Function is "ExportUsers"));
        app.Host.Ended.Skip(ended).Single(static call => call.Function is "ExportUsers").Failed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("auth0|worker a+b", "auth0%7Cworker%20a%2Bb")]
    [InlineData("samlp|worker|jürgen✓@example.com", "samlp%7Cworker%7Cj%C3%BCrgen%E2%9C%93@example.com")]
    [InlineData("auth0|worker/a", "auth0%7Cworker%2Fa")]
    [InlineData("oidc|worker|https://idp.example/a\\b%2Fc", "~b2lkY3x3b3JrZXJ8aHR0cHM6Ly9pZHAuZXhhbXBsZS9hXGIlMkZj")]
    public async Task A_user_is_deleted_whatever_characters_the_id_has(string id, string encoded)
    {
        app.Tenant.Users.Put([Exports.Somebody(id, DateTime.UnixEpoch)]);
        using var administrator = app.Administrator();
        using var request = new HttpRequestMessage(
            HttpMethod.Delete,
            new Uri($"{app.Host.Address}api/users/{encoded}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

        using var answer = await administrator.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        app.Tenant.Users.All.ShouldNotContain(user => user.UserId == id);
    }

    [Fact]
    public async Task The_trail_of_a_deletion_is_in_the_log_that_the_host_passes_on()
    {
        app.Tenant.Users.Put([Exports.Somebody("auth0|workertrail", DateTime.UnixEpoch)]);
        using var administrator = app.Administrator();

        (await administrator.DeleteAsync("/api/users/auth0%7Cworkertrail")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var trail = app.Host.Log.Where(line => line.Message.Contains(" target=auth0|workertrail ", StringComparison.Ordinal)).ToList();
        trail.Select(line => line.Event).ShouldBe(["WriteRequested", "WriteDone"]);
        trail.ShouldAllBe(line => line.Category == "Function.DeleteUser.User" && line.Level == RpcLog.Types.Level.Information);
        trail.ShouldAllBe(line => line.Message.StartsWith($"{line.Event} action=DeleteUser actor={AdminApp.CallerId} azp=", StringComparison.Ordinal));
        trail[1].Message.ShouldContain(" outcome=done traceId=");
    }

    [Fact]
    public async Task A_refused_deletion_is_a_problem_and_is_in_the_trail()
    {
        using var administrator = app.Administrator();

        using var answer = await administrator.DeleteAsync($"/api/users/{Uri.EscapeDataString(AdminApp.CallerId)}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "self-deletion");
        app.Host.Log.ShouldContain(line =>
            line.Event == "WriteRefused" && line.Message.Contains("outcome=self-deletion", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_administrators_day_passes_through_the_host()
    {
        const string id = "auth0|workerday", path = "/api/users/auth0%7Cworkerday";
        using var administrator = app.CallerWith(Permissions.All);
        app.Tenant.Users.Put([Exports.Somebody(id, DateTime.UnixEpoch) with { Email = "day@example.com" }]);

        (await BodyOfAsync(administrator.GetAsync($"{path}?fields=user_id&blocks=true"))).ShouldBe("""{"user_id":"auth0|workerday","blocked_for":[]}""");
        (await BodyOfAsync(administrator.PutAsync($"{path}/block", content: null))).ShouldBe("""{"blocked":true,"access_revocation":"accepted"}""");
        app.Tenant.Users.Find(id)!.Blocked.ShouldBeTrue();
        (await BodyOfAsync(administrator.DeleteAsync($"{path}/block"))).ShouldBe("""{"blocked":false,"brute_force_blocks":"removed"}""");
        (await BodyOfAsync(administrator.DeleteAsync($"{path}/sessions"))).ShouldBe("""{"access_revocation":"accepted"}""");
        (await BodyOfAsync(administrator.DeleteAsync($"{path}/mfa"))).ShouldContain("\"remembered_browsers\":\"invalidated\"");
        using var body = new StringContent("""{"connection":"Username-Password-Authentication"}""", Encoding.UTF8, "application/json");
        (await BodyOfAsync(administrator.PostAsync($"{path}/password-reset", body))).ShouldContain("\"email_request\":\"accepted\"");
        (await BodyOfAsync(administrator.PostAsync($"{path}/verification-email", content: null))).ShouldContain("\"job_id\":\"job_");
        app.Tenant.Activity.Mails.All.Count(mail => mail.To is "day@example.com").ShouldBe(2);
        (await BodyOfAsync(administrator.GetAsync($"{path}/log?per_page=1"))).ShouldContain("\"type_name\":\"Verification email requested\"");
        (await BodyOfAsync(administrator.GetAsync("/api/me"))).ShouldContain(AdminApp.CallerId);
        (await BodyOfAsync(administrator.GetAsync("/api/openapi.yaml"))).ShouldStartWith("openapi: 3.1.0");

        foreach (var action in (string[])["BlockUser", "UnblockUser", "SignOutUser", "ResetMfa", "SendPasswordReset", "SendVerificationEmail"])
        {
            await Waiting.UntilAsync(() => app.Host.Log.Any(line => line.Event == "WriteDone"
                && line.Message.Contains($" action={action} ", StringComparison.Ordinal) && line.Message.Contains(" target=auth0|workerday ", StringComparison.Ordinal)));
        }

        static async Task<string> BodyOfAsync(Task<HttpResponseMessage> call)
        {
            using var answer = await call;
            var text = await answer.Content.ReadAsStringAsync();
            answer.IsSuccessStatusCode.ShouldBeTrue(text);
            return text;
        }
    }

    [Fact]
    public async Task Another_instance_goes_on_with_a_ticket_when_the_first_is_killed_in_mid_batch()
    {
        List<string> ids = [.. Enumerable.Range(0, 40).Select(i => $"auth0|workerkill{i:00}")];
        app.Tenant.Users.Put(ids.Select(Plans.Somebody));
        var others = app.Tenant.Users.All.Count - ids.Count;
        using var administrator = app.Administrator();
        var plan = await administrator.PlanAsync(new { q = "user_id:auth0|workerkill*", action = "delete", reason = "test" });
        plan.Total.ShouldBe(40);
        var killed = new TaskCompletionSource();
        app.Tenant.Faults.Add(new Fault { Match = "DELETE /api/v2/users/auth0%7Cworkerkill2*", Until = killed.Task, Times = 4 });

        await using (var first = await app.StartAnotherAsync())
        {
            using var itsCaller = new HttpClient { BaseAddress = first.Address };
            itsCaller.DefaultRequestHeaders.Authorization = administrator.DefaultRequestHeaders.Authorization;
            var call = itsCaller.ExecuteAsync(plan.Tickets.Single(), plan);
            await app.Tenant.Requests.WaitForAsync("DELETE /api/v2/users/auth0%7Cworkerkill2*").InTimeAsync();
            await first.KillWorkerAsync();
            await Should.ThrowAsync<Exception>(() => call.InTimeAsync());
        }

        // Auth0 carries out what it had been asked, although nobody waits for it any more.
        killed.SetResult();
        var lines = await administrator.ExecuteAsync(plan.Tickets.Single(), plan).InTimeAsync();

        lines[^1]["end"]!["remaining"]!.GetValue<int>().ShouldBe(0);
        Plans.OutcomesOf(lines).Select(line => line.Id).ShouldBe(plan.Users);
        Plans.OutcomesOf(lines).ShouldAllBe(line => line.Outcome == "deleted" || line.Outcome == "gone");
        Plans.OutcomesOf(lines).Count(line => line.Outcome == "gone").ShouldBeGreaterThanOrEqualTo(20);
        app.Tenant.Users.All.Count.ShouldBe(others);
    }

    [Fact]
    public async Task A_plan_and_its_execution_are_streamed_through_the_host_and_the_trail_names_the_plan()
    {
        using var administrator = app.CallerWith(Permissions.All);
        app.Tenant.Users.Put([Plans.Somebody("auth0|workerplan1"), Plans.Somebody("auth0|workerplan2")]);

        var plan = await administrator.PlanAsync(new { q = "user_id:auth0|workerplan*", action = "delete", reason = "test" });
        plan.Users.ShouldBe(["auth0|workerplan1", "auth0|workerplan2"], ignoreOrder: true);
        var outcomes = await administrator.ExecuteAllAsync(plan);

        outcomes.Values.ShouldBe(["deleted", "deleted"]);
        app.Tenant.Users.Find("auth0|workerplan1").ShouldBeNull();
        await Waiting.UntilAsync(() => app.Host.Log.Any(line => line.Event == "PlanExecuted" && line.Message.Contains(plan.Id, StringComparison.Ordinal)));
        app.Host.Log.Count(line => line.Event == "WriteDone" && line.Category == "Function.ExecutePlan.User" && line.Message.Contains($" correlationId={plan.Id}-", StringComparison.Ordinal))
            .ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_token_there_is_a_challenge()
    {
        using var anyone = app.Anyone();

        using var answer = await anyone.GetAsync("/api/users");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "missing-token");
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task Without_the_permission_the_challenge_names_it()
    {
        using var reader = app.CallerWith(Permissions.ReadUsers);

        using var answer = await reader.DeleteAsync("/api/users/auth0%7Cworkernobody");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
        answer.Headers.GetValues("WWW-Authenticate").ShouldBe(["Bearer error=\"insufficient_scope\", scope=\"delete:users\""]);
    }

    [Fact]
    public async Task Two_Authorization_headers_which_the_host_merges_are_refused()
    {
        var header = $"Authorization: Bearer {app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers])}\r\n";
        foreach (var other in new[] { header, "Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n" })
        {
            var answer = await RawHttp.SendAsync(
                app.Host.Address,
                Encoding.ASCII.GetBytes($"GET /api/users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{other}{header}\r\n"),
                endsThere: false);

            answer!.Status.ShouldBe(401);
            Encoding.UTF8.GetString(answer.Body)
                .ShouldContain("The request has more than one Authorization header, or more than one value in it.");
        }
    }

    [Fact]
    public async Task Every_faulty_parameter_is_named()
    {
        using var reader = app.CallerWith(Permissions.ReadUsers);

        using var answer = await reader.GetAsync("/api/users?page=-1&per_page=1000");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        (await answer.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["page", "per_page"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_failure_of_the_tenant_is_a_problem_and_a_line_in_the_log_with_its_trace_id()
    {
        using var reader = app.CallerWith(Permissions.ReadUsers);
        app.Tenant.Faults.Add(new Fault { Match = List, Status = 403 });

        using var answer = await reader.GetAsync("/api/users");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");
        var traceId = (await answer.JsonAsync())["traceId"]!.GetValue<string>();
        app.Host.Log.ShouldContain(line => line.Category == "Function.GetUsers.User" && line.Level == RpcLog.Types.Level.Error
            && line.Message.StartsWith("tenant-refused: ", StringComparison.Ordinal)
            && line.Message.Contains(traceId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_ends_the_call()
    {
        using var reader = app.CallerWith(Permissions.ReadUsers);
        using var leaving = new CancellationTokenSource();
        var asked = app.Tenant.Requests.Matching(List).Count;
        var ended = app.Host.Ended.Count();
        app.Tenant.Faults.Add(new Fault { Match = List, Mode = FaultMode.Hang });

        var call = reader.GetAsync("/api/users", leaving.Token);
        await app.Tenant.Requests.WaitForAsync(List, asked + 1).InTimeAsync();
        var left = TimeProvider.System.GetTimestamp();
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
        await Waiting.UntilAsync(() => app.Host.Ended.Skip(ended).Any(static call => call.Function is "GetUsers"));

        // Otherwise the time limit of ten seconds would have ended it.
        TimeProvider.System.GetElapsedTime(left).ShouldBeLessThan(TimeSpan.FromSeconds(8));
        app.Host.Ended.Skip(ended).Single(static call => call.Function is "GetUsers").Failed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_deletion_whose_caller_hangs_up_is_completed_and_logged_as_done()
    {
        const string read = "GET /api/v2/users/auth0%7Cworkerleft";
        using var administrator = app.Administrator();
        using var leaving = new CancellationTokenSource();
        var left = new TaskCompletionSource();
        app.Tenant.Users.Put([Exports.Somebody("auth0|workerleft", DateTime.UnixEpoch)]);
        app.Tenant.Faults.Add(new Fault { Match = read, Until = left.Task });

        var call = administrator.DeleteAsync("/api/users/auth0%7Cworkerleft", leaving.Token);
        await app.Tenant.Requests.WaitForAsync(read, 1).InTimeAsync();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        left.SetResult();

        await Waiting.UntilAsync(() => app.Host.Log.Any(line =>
            line.Event == "WriteDone" && line.Message.Contains(" target=auth0|workerleft ", StringComparison.Ordinal)));
        app.Tenant.Users.All.ShouldNotContain(user => user.UserId == "auth0|workerleft");
    }

    [Fact]
    public async Task The_lines_that_ASP_NET_Core_writes_for_every_response_are_not_logged()
    {
        using var anyone = app.Anyone();

        await anyone.GetAsync("/api/health");
        await anyone.GetAsync("/api/users");

        app.Host.Log.Where(line => line.WorkerCategory.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal))
            .ShouldAllBe(line => line.Level >= RpcLog.Types.Level.Warning);
    }
}
