using System.Net;
using AdminFunctions.Access;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Access;
using AdminFunctions.Tests.Management;

namespace AdminFunctions.Tests.Export;

public sealed class ExportSlotsTests
{
    private const string List = "GET /api/v2/users";

    [Fact]
    public async Task A_caller_can_have_two_exports_and_the_third_is_a_503_at_once()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2000 });
        using var greedy = app.Reader();
        using var other = Caller(app, 1);
        var gate = HoldAfter(app, lists: 0);

        Task<HttpResponseMessage>[] two = [BeginAsync(greedy), BeginAsync(greedy)];
        await app.Tenant.Requests.WaitForAsync(List, 2).InTimeAsync();
        using var third = await BeginAsync(greedy).InTimeAsync();

        var detail = await third.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "too-many-exports");
        detail.ShouldContain("2 exports");
        detail.ShouldNotContain("Auth0");
        third.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
        app.Tenant.Requests.Matching(List).Count.ShouldBe(2);

        // The limit applies neither to other callers nor to other functions.
        var others = BeginAsync(other);
        await app.Tenant.Requests.WaitForAsync(List, 3).InTimeAsync();
        gate.SetResult();
        foreach (var export in two.Append(others))
        {
            using var answer = await export.InTimeAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.Content.ReadAsStringAsync().InTimeAsync()).Split('\n').Length.ShouldBe(2001);
        }

        (await BeginAsync(greedy).InTimeAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_number_of_exports_of_all_callers_is_limited()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 150 });
        var gate = HoldAfter(app, lists: 0);
        var readers = Enumerable.Range(0, 9).Select(number => Caller(app, number)).ToList();

        var begun = readers.Take(8).Select(BeginAsync).ToList();
        await app.Tenant.Requests.WaitForAsync(List, 8).InTimeAsync();
        using var ninth = await BeginAsync(readers[8]).InTimeAsync();

        (await ninth.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "too-many-exports")).ShouldContain("8 exports");
        gate.SetResult();
        foreach (var export in begun)
        {
            using var answer = await export.InTimeAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task An_export_that_fails_or_whose_caller_hangs_up_frees_its_slot()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2000 });
        using var active = new ActiveRequests(app);
        using var reader = app.Reader();

        for (var i = 0; i < 2; i++)
        {
            app.Tenant.Faults.Add(Fault.Answer(List, 403, """{"statusCode":403,"error":"Forbidden","message":"No."}"""));
            await (await BeginAsync(reader)).ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-refused");

            app.Tenant.Faults.Add(new Fault { Match = List }, Fault.Answer(List, 403));
            (await app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id")).Broke.ShouldBeTrue();

            var gate = HoldAfter(app, lists: 1);
            (await BeginAsync(reader)).Dispose();
            await active.WaitForAsync(0);
            gate.SetResult();
            app.Tenant.Faults.Clear();

            (await reader.GetAsync("/api/users/export?fields=nothing")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        (await reader.ExportAsync("fields=user_id")).Count.ShouldBe(2000);
    }

    [Fact]
    public async Task Sixty_exports_of_one_reader_do_not_keep_another_reader_waiting_and_Auth0_is_not_blamed()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 5000, RateLimit = 50, RatePerSecond = 16 });
        using var greedy = app.Reader();
        using var other = Caller(app, 1);
        var sixty = Enumerable.Range(0, 60).Select(_ => BeginAsync(greedy)).ToList();
        await LetPassUntilAsync(app, Task.WhenAll(sixty));

        var began = app.Time.GetUtcNow();
        var export = BeginAsync(other);
        await LetPassUntilAsync(app, export);

        using var answer = await export;
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (app.Time.GetUtcNow() - began).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        var answers = await Task.WhenAll(sixty);
        answers.Count(one => one.StatusCode is HttpStatusCode.OK).ShouldBe(2);

        // Otherwise the app would wait for the callers who are still reading.
        foreach (var one in answers)
        {
            one.Dispose();
        }
    }

    private static HttpClient Caller(AdminApp app, int number) =>
        app.CallerWithToken(app.Tenant.MintAccessToken($"auth0|caller{number}", [Permissions.ReadUsers]));

    private static Task<HttpResponseMessage> BeginAsync(HttpClient reader) =>
        reader.GetAsync("/api/users/export?fields=user_id", HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Lets Auth0 respond to this many lists, and to the others only when the gate is opened.</summary>
    private static TaskCompletionSource HoldAfter(AdminApp app, int lists)
    {
        var gate = new TaskCompletionSource();
        if (lists > 0)
        {
            app.Tenant.Faults.Add(new Fault { Match = List, Times = lists });
        }

        app.Tenant.Faults.Add(new Fault { Match = List, Times = null, Until = gate.Task });
        return gate;
    }

    /// <summary>Advances the clock through the waits of the pace until a task completes. All other waits are timeouts.</summary>
    private static async Task LetPassUntilAsync(AdminApp app, Task done)
    {
        while (!done.IsCompleted)
        {
            await Task.WhenAny(done, app.Time.PassAsync(wait => wait <= TimeSpan.FromSeconds(2)));
        }
    }
}
