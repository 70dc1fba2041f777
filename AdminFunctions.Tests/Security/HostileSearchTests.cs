using System.Net;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.Tests.Management;

namespace AdminFunctions.Tests.Security;

/// <summary>An export is many requests for one: no search makes it go on for ever, ask the same twice, or show what the search does not find.</summary>
public sealed class HostileSearchTests
{
    private const string List = "GET /api/v2/users";
    private const int Users = 1_200;

    /// <summary>They find everyone, or many, so that the export goes through many windows.</summary>
    private static readonly string[] Wide =
    [
        "*", "_exists_:user_id", "NOT nobody", "-nobody", "+_exists_:name", "!nobody !no", "nobody OR NOT nobody", "NOT (NOT (_exists_:user_id))", "created_at:[* TO *]", "created_at:{* TO *}", "created_at:[2016-01-01 TO *] OR created_at:[* TO 2016-01-01]",
        "_exists_:user_id OR", "(_exists_:user_id) OR (created_at:[2018 TO *])", "_exists_:user_id AND (created_at:[2017 TO *] OR nobody)", "_exists_:email OR _exists_:phone_number OR user_id:auth0*", "user_id:[* TO *]", "user_metadata.language:en OR app_metadata.plan:free OR NOT nobody", "_exists_:user_id \\", "_exists_:user_id) OR (_exists_:name", "_exists_:user_id OR created_at:[\"2099\" TO \"",
        "((((((((((((((((((((((((((((((((((((((((((((((((_exists_:user_id))))))))))))))))))))))))))))))))))))))))))))))))", "(((((((((((((((((((((((((((((((((((((((((((((((((_exists_:user_id)))))))))))))))))))))))))))))))))))))))))))))))))",
    ];

    [Fact]
    public async Task An_export_of_any_search_ends_and_never_sends_the_same_request_twice()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = Users, UsersAtOneMoment = 250 });
        using var reader = app.Reader();
        var random = new Random(1);
        var searches = Wide.Select(Uri.EscapeDataString)
            .Concat(Enumerable.Range(0, 100).Select(_ => HostileRequests.Search(random)))
            .Concat(Enumerable.Range(0, 50).Select(_ => $"_exists_:user_id%20OR%20{HostileRequests.Search(random)}"));
        var (wholes, brokens) = (0, 0);

        foreach (var search in searches)
        {
            app.Tenant.Requests.Clear();
            var export = ExportAsync(reader, search);
            while (!export.IsCompleted)
            {
                // What waits before it breaks off waits by this clock.
                await Task.WhenAny(export, Task.Delay(10));
                app.Time.Advance(TimeSpan.FromMilliseconds(50));
            }

            var ids = await export.InTimeAsync();
            var asked = app.Tenant.Requests.Matching(List).Select(request => request.RawTarget).ToList();
            asked.ShouldBeUnique();
            asked.Count.ShouldBeLessThan(60, search);
            if (ids is null)
            {
                brokens++;
                continue;
            }

            wholes++;
            ids.ShouldBeUnique();
        }

        wholes.ShouldBeGreaterThan(20);
        brokens.ShouldBeGreaterThan(20);
    }

    /// <summary>The ids of an export; null if it is refused or breaks off.</summary>
    private static async Task<IReadOnlyList<string>?> ExportAsync(HttpClient reader, string search)
    {
        try
        {
            using var answer = await reader.GetAsync($"/api/users/export?fields=user_id&q={search}");
            ((int)answer.StatusCode).ShouldBeLessThan(500);
            return answer.StatusCode is HttpStatusCode.OK
                ? (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
