using System.Globalization;
using System.Net;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using AdminFunctions.Tests.Management;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace AdminFunctions.Tests.Export;

public sealed class UserWalkTests
{
    private static readonly DateTime Monday = new(2024, 5, 6, 8, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(193)]
    [InlineData(194)]
    [InlineData(195)]
    [InlineData(889)]
    [InlineData(890)]
    [InlineData(891)]
    [InlineData(1000)]
    [InlineData(2345)]
    public async Task Everyone_is_delivered_once_oldest_first(int users)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = users });
        using var reader = app.Reader();

        var export = await reader.ExportAsync();

        export.Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId));
    }

    [Fact]
    public async Task Everyone_is_delivered_even_if_Auth0_stops_counting_at_a_thousand()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2345, MostTotal = 1000 });
        using var reader = app.Reader();

        (await reader.ExportAsync()).Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId));
    }

    [Fact]
    public async Task No_request_goes_past_the_first_thousand_results_of_its_search()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3000 });
        using var reader = app.Reader();

        await reader.ExportAsync();

        foreach (var request in app.Tenant.Requests.Matching("GET /api/v2/users"))
        {
            var query = QueryHelpers.ParseQuery(request.RawTarget.Split('?')[1]);
            ((int.Parse(query["page"]!) + 1) * int.Parse(query["per_page"]!)).ShouldBeLessThanOrEqualTo(1000);
        }
    }

    [Fact]
    public async Task Thousands_of_users_created_at_the_same_moment_are_all_delivered_once()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 10_000, UsersAtOneMoment = 2_500 });
        using var reader = app.Reader();

        var export = (await reader.ExportAsync("fields=user_id")).Ids().ToList();

        export.Count.ShouldBe(10_000);
        export.Order(StringComparer.Ordinal).ShouldBe(app.Tenant.Users.All.Select(user => user.UserId).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(250)]
    public async Task Users_created_at_the_same_moment_are_not_lost_between_pages(int atOnce)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();

        // Groups of users with the same creation date, so that every boundary between pages splits a group.
        TenantUser[] users = [.. Enumerable.Range(0, 1200).Select(i => Exports.Somebody($"auth0|{i * 7919 % 1200:0000}", Monday.AddSeconds(i / atOnce)))];
        app.Tenant.Users.Replace(users);

        var export = (await reader.ExportAsync("fields=user_id")).Ids().ToList();

        export.Order(StringComparer.Ordinal).ShouldBe(users.Select(user => user.UserId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ids_that_contain_query_syntax_are_delivered_among_ties()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        string[] awkward = ["\"", "\\", "\\\"", "* TO ]", "a b", "}", "ä@ö.example", "𠮷", "%25"];
        TenantUser[] users = [.. Enumerable.Range(0, 400).Select(i => Exports.Somebody($"samlp|{awkward[i % awkward.Length]}{i}", Monday))];
        app.Tenant.Users.Replace(users);

        var export = (await reader.ExportAsync("fields=user_id")).Ids().ToList();

        export.Order(StringComparer.Ordinal).ShouldBe(users.Select(user => user.UserId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_search_keeps_its_meaning_in_every_window()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 4000 });
        using var reader = app.Reader();

        var export = await reader.ExportAsync("q=" + Uri.EscapeDataString("email:*@example.com OR email:*@example.net"));

        var expected = app.Tenant.Users.All.Where(user => user.Email?.EndsWith(".org", StringComparison.Ordinal) is false).ToList();
        expected.Count.ShouldBeGreaterThan(1000);
        export.Ids().ShouldBe(expected.Select(user => user.UserId));
    }

    [Theory]
    [InlineData("name:ann) OR (name:bob")]
    [InlineData("name:\"ann")]
    [InlineData("name:ann\\")]
    public async Task A_search_that_would_break_out_of_its_window_is_refused(string q)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2000 });
        using var reader = app.Reader();

        using var answer = await reader.GetAsync("/api/users/export?q=" + Uri.EscapeDataString(q));

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
    }

    [Fact]
    public async Task A_user_who_exists_from_beginning_to_end_is_delivered_once_whatever_happens_meanwhile()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        var interloper = new Interloper(app.Services.GetRequiredService<HttpMessageHandler>());
        SharedClient.CreateWith(app, new TenantHttp(interloper, app.Time, app.Services.GetRequiredService<Instruments>()));

        for (var seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            var count = random.Next(150, 1500);
            var moments = random.Next(1, 3) is 1 ? random.Next(1, 30) : 100_000;
            var start = Enumerable.Range(0, count)
                .Select(i => Exports.Somebody($"auth0|{random.NextInt64():x16}", Monday.AddMilliseconds(random.Next(moments) * 1000)))
                .ToList();
            app.Tenant.Users.Replace(start);
            var there = start.ToDictionary(user => user.UserId, StringComparer.Ordinal);
            var everDeleted = new HashSet<string>(StringComparer.Ordinal);
            var appetite = random.Next(0, 12);
            interloper.BeforeEachList = () =>
            {
                // Before each page, some users are deleted and some created, a few of them with an old date, as after an import.
                for (var i = random.Next(appetite + 1); i > 0 && there.Count > 0; i--)
                {
                    var id = there.Keys.ElementAt(random.Next(there.Count));
                    there.Remove(id);
                    everDeleted.Add(id);
                    app.Tenant.Users.Delete(id);
                }

                app.Tenant.Users.Put([.. Enumerable.Range(0, random.Next(appetite + 1)).Select(_ => Exports.Somebody(
                    $"auth0|{random.NextInt64():x16}",
                    random.Next(4) is 0 ? Monday.AddMilliseconds(random.Next(moments) * 1000) : app.Time.GetUtcNow().UtcDateTime.AddMilliseconds(random.Next(100))))]);
            };

            var exporting = reader.ExportAsync("fields=user_id");
            while (!exporting.IsCompleted)
            {
                // If a user was created and deleted at the very end, the walk waits and checks again.
                await Task.WhenAny(exporting, app.Time.PassAsync(wait => wait <= TimeSpan.FromSeconds(2)));
            }

            var export = (await exporting).Ids().ToList();

            export.Count.ShouldBe(export.Distinct(StringComparer.Ordinal).Count(), $"seed {seed}: somebody came twice");
            there.Keys.Except(export, StringComparer.Ordinal).ShouldBeEmpty($"seed {seed}: somebody was missed");
        }
    }

    [Fact]
    public async Task A_user_whom_Auth0_counts_but_leaves_out_does_not_end_the_walk()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 500 });
        using var reader = app.Reader();
        var users = app.Tenant.Users.All;
        var page = string.Join(',', users.Take(99).Select(user => $$"""{"user_id":"{{user.UserId}}","created_at":"{{user.CreatedAt:yyyy-MM-ddTHH:mm:ss.fffZ}}"}"""));
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users", 200, $$"""{"start":0,"limit":100,"length":99,"total":500,"users":[{{page}}]}"""));

        (await reader.ExportAsync("fields=user_id")).Ids().ShouldBe(users.Select(user => user.UserId));
    }

    [Theory]
    [InlineData(1200, 30)]
    [InlineData(40, 250)]
    [InlineData(0, 1100)]
    public async Task Users_without_a_creation_date_are_in_the_export(int dated, int undated)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        app.Tenant.Users.Replace([
            .. Enumerable.Range(0, dated).Select(i => Exports.Somebody($"auth0|dated{i:0000}", DateTime.UnixEpoch.AddMinutes(i))),
            .. Enumerable.Range(0, undated).Select(i => Exports.Somebody($"auth0|undated{i:0000}", DateTime.UnixEpoch) with
            {
                Changes = new Dictionary<string, string?> { ["created_at"] = null },
            }),
        ]);

        var lines = await reader.ExportAsync("fields=user_id&end=true");

        lines[^1].ToJsonString().ShouldBe($$$"""{"end":{"users":{{{dated + undated}}}}}""");
        lines.SkipLast(1).Ids().ShouldBe(app.Tenant.Users.All.Select(user => user.UserId), ignoreOrder: true);
        (await reader.ExportAsync("fields=user_id&q=user_id:auth0%5C|undated*")).Count.ShouldBe(undated);
    }

    [Theory]
    [InlineData("""{"created_at":"2024-05-07T00:00:00.000Z"},{"created_at":"2024-05-07T00:00:00.000Z"}""")]
    [InlineData("""{"user_id":"auth0|a","created_at":"2024-05-07T00:00:00.000Z"},{"name":"Ann"}""")]
    public async Task Users_who_cannot_be_told_apart_fail_the_export(string users)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users", 200, $$"""{"start":0,"limit":100,"length":2,"total":2,"users":[{{users}}]}"""));

        using var answer = await reader.GetAsync("/api/users/export");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable")).ShouldContain("cannot be told apart");
    }

    [Fact]
    public async Task A_user_whom_no_search_by_creation_date_reaches_ends_the_export_with_the_users_id()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add(
            new Fault { Match = "GET /api/v2/users" },
            Fault.Answer("GET /api/v2/users", 200, """{"start":0,"limit":100,"length":1,"total":1,"users":[{"user_id":"auth0|lost","created_at":"?"}]}"""));

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?end=true");

        broke.ShouldBeTrue();
        lines.Count.ShouldBe(4);
        lines[^1].ShouldContain("The user auth0|lost has no created_at that can be read");
    }

    [Theory]
    [InlineData("""{"user_id":"auth0|b","created_at":"2024-05-07T00:00:00.000Z"},{"user_id":"auth0|a","created_at":"2024-05-06T00:00:00.000Z"}""")]
    [InlineData("""{"created_at":"2024-05-07T00:00:00.000Z"},{"user_id":"auth0|a","created_at":"2024-05-06T00:00:00.000Z"}""")]
    public async Task A_response_in_another_order_than_requested_fails_the_export(string users)
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.Faults.Add(Fault.Answer("GET /api/v2/users", 200, $$"""{"start":0,"limit":100,"length":2,"total":2,"users":[{{users}}]}"""));

        using var answer = await reader.GetAsync("/api/users/export");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable")).ShouldContain("order");
    }

    [Theory]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1000, 1)]
    [InlineData(1000, 3)]
    public async Task A_window_that_is_empty_once_in_a_while_is_not_the_end(int mostTotal, int times)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2345, MostTotal = mostTotal });
        using var reader = app.Reader();
        var middle = app.Tenant.Users.All[1500].CreatedAt;
        app.EmptyWhere(query => From(query) is { } from && from > middle, times);

        var exporting = app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id&end=true");

        var (lines, broke) = await exporting;
        broke.ShouldBeFalse();
        lines[^1].ShouldBe("""{"end":{"users":2345}}""");
        lines.Count.ShouldBe(2346);
    }

    [Theory]
    [InlineData(int.MaxValue, "ndjson&end=true")]
    [InlineData(1000, "ndjson&end=true")]
    [InlineData(int.MaxValue, "csv")]
    [InlineData(1000, "csv")]
    public async Task An_export_whose_later_windows_are_empty_is_incomplete(int mostTotal, string format)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2345, MostTotal = mostTotal });
        using var reader = app.Reader();
        var middle = app.Tenant.Users.All[800].CreatedAt;
        app.EmptyWhere(query => From(query) is { } from && from > middle);

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, $"/api/users/export?fields=user_id&format={format}");

        broke.ShouldBeTrue();
        lines.Count.ShouldBeInRange(800, 2000);
        lines.ShouldNotContain(line => line.Contains("\"end\"", StringComparison.Ordinal));
        lines.Count(line => line.Contains("tenant-unavailable", StringComparison.Ordinal)).ShouldBe(format is "csv" ? 0 : 1);
    }

    [Fact]
    public async Task Ties_whose_later_windows_are_empty_are_incomplete()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 4_000, UsersAtOneMoment = 2_500, MostTotal = 1000 });
        using var reader = app.Reader();
        app.EmptyWhere(query => query.GetValueOrDefault("q").ToString().Contains("user_id:[", StringComparison.Ordinal));

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id&end=true");

        broke.ShouldBeTrue();
        lines[^1].ShouldContain("tenant-unavailable");
        lines.ShouldNotContain(line => line.Contains("\"end\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ties_that_no_search_finds_again_are_incomplete()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 4_000, UsersAtOneMoment = 2_500, MostTotal = 1000 });
        using var reader = app.Reader();
        app.EmptyWhere(query => query.GetValueOrDefault("q").ToString() is var q && q.StartsWith("created_at:[", StringComparison.Ordinal) && !q.EndsWith("TO *]", StringComparison.Ordinal));

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id&end=true");

        broke.ShouldBeTrue();
        lines[^1].ShouldContain("tenant-unavailable");
    }

    [Fact]
    public async Task An_export_with_fewer_users_than_Auth0_counts_is_incomplete()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 250 });
        using var reader = app.Reader();
        app.ReplaceWhere(query => !query.ContainsKey("q"), times: null, body => body.Replace("\"total\":250", "\"total\":255", StringComparison.Ordinal));

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id&end=true");

        broke.ShouldBeTrue();
        lines.Count.ShouldBe(251);
        lines[^1].ShouldContain("tenant-unavailable");
    }

    [Fact]
    public async Task A_page_of_new_users_does_not_hide_the_users_before_them()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2345, MostTotal = 1000 });
        using var reader = app.Reader();
        var middle = app.Tenant.Users.All[800].CreatedAt;
        app.EmptyWhere(query => From(query) is { } from && from > middle);
        var later = app.Time.GetUtcNow().UtcDateTime.AddMinutes(2);
        app.Tenant.Users.Put([.. Enumerable.Range(0, 120).Select(i => Exports.Somebody($"auth0|new{i}", later.AddMilliseconds(i)))]);

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id&end=true");

        broke.ShouldBeTrue();
        lines[^1].ShouldContain("tenant-unavailable");
        lines.ShouldNotContain(line => line.Contains("\"end\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Users_who_are_new_are_not_counted_twice_when_others_are_missing()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 250 });
        using var reader = app.Reader();
        var now = app.Time.GetUtcNow().UtcDateTime;
        app.Tenant.Users.Put([.. Enumerable.Range(0, 50).Select(i => Exports.Somebody($"auth0|new{i}", now.AddMilliseconds(i)))]);
        app.ReplaceWhere(query => !query.ContainsKey("q"), times: null, body => body.Replace("\"total\":300", "\"total\":340", StringComparison.Ordinal));

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id&end=true");

        broke.ShouldBeTrue();
        lines[^1].ShouldContain("tenant-unavailable");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Users_who_are_created_during_an_export_do_not_break_it(bool deletedAgain)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 250 });
        using var reader = app.Reader();
        var there = app.Tenant.Users.All.Select(user => user.UserId).ToList();
        var created = 0;
        app.ReplaceWhere(_ => true, times: 12, body =>
        {
            // After each request, so that the next request finds them.
            if (deletedAgain && created > 0)
            {
                app.Tenant.Users.Delete($"auth0|new{created}");
            }

            app.Tenant.Users.Put([Exports.Somebody($"auth0|new{++created}", app.Time.GetUtcNow().UtcDateTime.AddMilliseconds(created))]);
            return body;
        });

        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id&end=true");

        broke.ShouldBeFalse();
        lines.Count.ShouldBeGreaterThanOrEqualTo(251);
        lines[^1].ShouldBe($$$"""{"end":{"users":{{{lines.Count - 1}}}}}""");
        there.ShouldAllBe(id => lines.Contains($$"""{"user_id":"{{id}}"}"""));
    }

    /// <summary>The date at which the window of a request begins, if there is one.</summary>
    private static DateTime? From(Dictionary<string, StringValues> query) =>
        query.TryGetValue("q", out var q) && q.ToString().Split("created_at:") is [_, var clause] && clause.EndsWith("TO *]", StringComparison.Ordinal)
            ? DateTime.Parse(clause[1..25], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)
            : null;

    private sealed class Interloper(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private readonly Lock _lock = new();

        public Action BeforeEachList { get; set; } = () => { };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath is "/api/v2/users")
            {
                lock (_lock)
                {
                    BeforeEachList();
                }
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
