using System.Net;
using System.Text.Json.Nodes;
using AdminFunctions.Export;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Tests.Export;

public sealed class ExportCursorTests
{
    private static readonly DateTime Monday = new(2024, 5, 6, 8, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    [InlineData(2_500)]
    public async Task An_export_cut_after_any_cursor_and_its_rest_hold_everyone_once(int usersAtOneMoment)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2_800, UsersAtOneMoment = usersAtOneMoment });
        using var reader = app.Reader();
        var whole = await reader.ExportAsync("fields=user_id&end=true&cursors=true");
        whole[^2].ContainsKey("cursor").ShouldBeTrue();

        for (var cut = 0; cut < whole.Count; cut++)
        {
            if (Cursor(whole[cut]) is { } cursor)
            {
                var rest = await reader.ExportAsync($"fields=user_id&end=true&after={cursor}");

                rest[^1].ToJsonString().ShouldBe("""{"end":{"users":2800}}""");
                // The order of users of one moment is not part of the contract.
                Users(whole.Take(cut).Concat(rest)).ShouldBe(Users(whole), ignoreOrder: true);
                cursor.Length.ShouldBeLessThan(1_000);
            }
        }
    }

    [Theory]
    [InlineData(40, 250)]
    [InlineData(0, 1100)]
    [InlineData(300, 30)]
    public async Task Users_without_a_creation_date_are_in_one_piece_only(int dated, int undated)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        app.Tenant.Users.Replace(Somebodies(dated, undated, 7));
        var whole = await reader.ExportAsync("fields=user_id&end=true&cursors=true");

        foreach (var (line, cut) in whole.Select((line, cut) => (line, cut)).Where(at => Cursor(at.line) is not null))
        {
            var rest = await reader.ExportAsync($"fields=user_id&end=true&after={Cursor(line)}");

            Users(whole.Take(cut).Concat(rest)).ShouldBe(Users(whole), ignoreOrder: true);
            rest[^1].ToJsonString().ShouldBe(whole[^1].ToJsonString());
        }
    }

    [Fact]
    public async Task A_user_who_is_there_all_the_time_is_in_the_pieces_once_whatever_happens_between_them()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            var spread = random.Next(4) switch { 0 => 1, 1 => 3, 2 => 40, _ => 100_000 };
            var start = Enumerable.Range(0, random.Next(150, 1_600)).Select(_ => Anyone()).ToList();
            start.AddRange(Enumerable.Range(0, random.Next(2) * random.Next(200)).Select(_ => Undated(Anyone())));
            app.Tenant.Users.Replace(start);
            var there = start.Select(user => user.UserId).ToHashSet(StringComparer.Ordinal);
            List<string> export = [];
            string? after = null;
            for (var pieces = random.Next(1, 6); ; pieces--)
            {
                var exporting = reader.ExportAsync($"fields=user_id&end=true&cursors=true&after={after}"[..^(after is null ? 7 : 0)]);
                await LetPassUntilAsync(app, exporting);
                var lines = await exporting;
                int[] cuts = [.. Enumerable.Range(0, lines.Count).Where(line => Cursor(lines[line]) is not null)];
                if (pieces is 0 || cuts is [])
                {
                    export.AddRange(Users(lines));
                    lines[^1].ToJsonString().ShouldBe($$$"""{"end":{"users":{{{export.Count}}}}}""", $"seed {seed}");
                    break;
                }

                var cut = cuts[random.Next(cuts.Length)];
                export.AddRange(Users(lines.Take(cut)));
                after = Cursor(lines[cut]);
                foreach (var id in there.Where(_ => random.Next(20) is 0).ToList())
                {
                    there.Remove(id);
                    app.Tenant.Users.Delete(id);
                }

                app.Tenant.Users.Put([.. Enumerable.Range(0, random.Next(60)).Select(_ => Anyone())]);
            }

            export.Count.ShouldBe(export.Distinct(StringComparer.Ordinal).Count(), $"seed {seed}: somebody came twice");
            there.Except(export, StringComparer.Ordinal).ShouldBeEmpty($"seed {seed}: somebody was missed");

            TenantUser Anyone() => Exports.Somebody($"auth0|{random.NextInt64():x16}", Monday.AddSeconds(random.Next(spread)));
        }
    }

    [Fact]
    public async Task An_export_that_breaks_off_goes_on_after_its_last_cursor()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2_345 });
        using var reader = app.Reader();
        app.Tenant.Faults.Add([.. Enumerable.Repeat(new Fault { Match = "GET /api/v2/users" }, 5), Fault.Answer("GET /api/v2/users", 400, "{}")]);
        var (lines, broke) = await app.ReadUntilItBreaksAsync(reader, "/api/users/export?fields=user_id&cursors=true&end=true");
        broke.ShouldBeTrue();
        var piece = lines.Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        var last = piece.FindLastIndex(line => Cursor(line) is not null);
        app.Tenant.Faults.Clear();

        var rest = await reader.ExportAsync($"fields=user_id&end=true&after={Cursor(piece[last])}");

        Users(piece.Take(last).Concat(rest)).ShouldBe(app.Tenant.Users.All.Select(user => user.UserId));
        rest[^1].ToJsonString().ShouldBe("""{"end":{"users":2345}}""");
    }

    [Theory]
    [InlineData(0, "created_at:")]
    [InlineData(2_400, "created_at:")]
    [InlineData(2_400, "user_id:")]
    public async Task An_export_that_goes_on_is_incomplete_if_its_windows_are_empty(int usersAtOneMoment, string windows)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 2_500, UsersAtOneMoment = usersAtOneMoment });
        using var reader = app.Reader();
        var isEmpty = false;
        app.EmptyWhere(query => isEmpty && query.GetValueOrDefault("q").ToString().Contains(windows, StringComparison.Ordinal));
        var cursors = (await reader.ExportAsync("fields=user_id&cursors=true")).Select(Cursor).OfType<string>().ToList();
        isEmpty = true;

        var exporting = reader.GetAsync($"/api/users/export?fields=user_id&end=true&after={cursors[cursors.Count / 2]}");
        await LetPassUntilAsync(app, exporting);

        using var answer = await exporting;
        await answer.ShouldBeProblemAsync(HttpStatusCode.BadGateway, "tenant-unavailable");
    }

    [Theory]
    [InlineData("q=blocked:true")]
    [InlineData("fields=user_id,name")]
    [InlineData("")]
    public async Task A_cursor_of_another_search_is_refused(string query)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        var cursor = (await reader.ExportAsync("fields=user_id&cursors=true")).Select(Cursor).Last();

        using var answer = await reader.GetAsync($"/api/users/export?{query}&after={cursor}");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request")).ShouldContain("cursor of another export");
    }

    [Fact]
    public async Task A_cursor_that_is_not_whole_is_refused()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();
        var cursor = (await reader.ExportAsync("cursors=true")).Select(Cursor).Last()!;
        (await reader.ExportAsync($"after={cursor}")).ShouldBeEmpty();
        string[] spoilt =
        [
            .. Enumerable.Range(0, cursor.Length).Select(length => cursor[..length]),
            .. Enumerable.Range(0, cursor.Length).Select(at => $"{cursor[..at]}{(cursor[at] is 'A' ? 'B' : 'A')}{cursor[(at + 1)..]}"),
            cursor + "=", cursor + " ", cursor + "A", cursor + cursor, new('A', ExportCursor.MaxLength), new('A', 6_000), "null", "\0", "é", "*",
        ];

        foreach (var text in spoilt)
        {
            using var answer = await reader.GetAsync($"/api/users/export?after={Uri.EscapeDataString(text)}");

            (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request")).ShouldContain("after is the value of \"cursor\"", customMessage: text);
        }
    }

    [Fact]
    public void A_cursor_with_an_impossible_position_is_refused_even_if_its_checksum_is_right()
    {
        var window = new WalkPosition(WalkPlace.Window, "2024-05-06T08:00:00.000Z", false, null, false, null, 5, [1], []);
        WalkPosition ties = window with { Place = WalkPlace.Ties, TiesUpTo = "auth0|a" };
        ShouldRead(window, true);
        ShouldRead(ties, true);
        ShouldRead(ties with { UndatedUpTo = "auth0|b", HasLookedForUndated = true, WithoutKey = [1, 2] }, true);
        ShouldRead(ties with { TiesUpTo = null }, false);
        ShouldRead(ties with { TiesUpTo = "auth0|\0" }, false);
        ShouldRead(ties with { TiesUpTo = "auth0|" + new string('a', 1_024) }, false);
        ShouldRead(ties with { Key = null }, false);
        ShouldRead(ties with { IsPassed = true }, false);
        ShouldRead(window with { Key = null }, false);
        ShouldRead(window with { Delivered = -1 }, false);
        ShouldRead(window with { Delivered = long.MaxValue }, false);
        ShouldRead(window with { Place = WalkPlace.Undated }, false);
        ShouldRead(window with { Place = (WalkPlace)9 }, false);
        new ExportCursor(1, window with { AtKey = [.. Enumerable.Range(0, 600).Select(mark => (ulong)mark)] }).TryWrite().ShouldBeNull();

        static void ShouldRead(WalkPosition position, bool isRead) =>
            ExportCursor.TryRead(new ExportCursor(1, position).TryWrite()!, out _).ShouldBe(isRead, position.ToString());
    }

    [Theory]
    [InlineData("cursors=true")]
    [InlineData("after=AQ")]
    public async Task Cursors_are_for_NDJSON(string query)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 3 });
        using var reader = app.Reader();

        using var answer = await reader.GetAsync($"/api/users/export?format=csv&{query}");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
    }

    /// <summary>Advances the clock through the waits of the walk until a task completes.</summary>
    private static async Task LetPassUntilAsync(AdminApp app, Task done)
    {
        while (!done.IsCompleted)
        {
            await Task.WhenAny(done, app.Time.PassAsync(wait => wait <= TimeSpan.FromSeconds(2)));
        }
    }

    private static string? Cursor(JsonObject line) => line["cursor"]?.GetValue<string>();

    private static List<string> Users(IEnumerable<JsonObject> lines) => [.. lines.Where(line => line.ContainsKey("user_id")).Ids()];

    private static TenantUser Undated(TenantUser user) => user with { Changes = new Dictionary<string, string?> { ["created_at"] = null } };

    private static IEnumerable<TenantUser> Somebodies(int dated, int undated, int atOnce) =>
    [
        .. Enumerable.Range(0, dated).Select(i => Exports.Somebody($"auth0|dated{i:0000}", Monday.AddSeconds(i / atOnce))),
        .. Enumerable.Range(0, undated).Select(i => Undated(Exports.Somebody($"auth0|undated{i:0000}", Monday))),
    ];
}
