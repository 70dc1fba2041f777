using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.Management;
using AdminFunctions.Telemetry;
using AdminFunctions.Tests.Management;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace AdminFunctions.Tests.Export;

/// <summary>Exports users and creates them.</summary>
internal static class Exports
{
    /// <summary>Exports users. Returns the lines, each of which is a JSON object.</summary>
    public static async Task<List<JsonObject>> ExportAsync(this HttpClient reader, string query = "")
    {
        using var answer = await reader.GetAsync($"/api/users/export?{query}");
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(body);
        return [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    /// <summary>The IDs of users.</summary>
    public static IEnumerable<string> Ids(this IEnumerable<JsonObject> users) => users.Select(user => user["user_id"]!.GetValue<string>());

    /// <summary>A user with this ID and creation date.</summary>
    public static TenantUser Somebody(string id, DateTime created) => new()
    {
        UserId = id,
        Name = id,
        Identities = [new(new("Username-Password-Authentication", "auth0"), id[(id.IndexOf('|', StringComparison.Ordinal) + 1)..])],
        CreatedAt = created,
        UpdatedAt = created,
    };

    /// <summary>Replaces all users of the tenant.</summary>
    public static void Replace(this UserDirectory directory, IEnumerable<TenantUser> users)
    {
        foreach (var user in directory.All)
        {
            directory.Delete(user.UserId);
        }

        directory.Put(users);
    }

    /// <summary>Reads a response line by line until it ends or breaks off. Meanwhile the clock advances.</summary>
    public static async Task<(List<string> Lines, bool Broke)> ReadUntilItBreaksAsync(this AdminApp app, HttpClient reader, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await app.ReadUntilItBreaksAsync(reader, request);
    }

    /// <inheritdoc cref="ReadUntilItBreaksAsync(AdminApp, HttpClient, string)"/>
    public static async Task<(List<string> Lines, bool Broke)> ReadUntilItBreaksAsync(
        this AdminApp app, HttpClient reader, HttpRequestMessage request)
    {
        using var answer = await reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).InTimeAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync(), Encoding.UTF8);
        List<string> lines = [];
        using var done = new CancellationTokenSource();
        var passing = PassTimeAsync(app, done.Token);
        try
        {
            while (await stream.ReadLineAsync().InTimeAsync() is { } line)
            {
                lines.Add(line);
            }

            return (lines, Broke: false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return (lines, Broke: true);
        }
        finally
        {
            await done.CancelAsync();
            await passing;
        }
    }

    private static async Task PassTimeAsync(AdminApp app, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>A page with one of 150 users, whose headers say that the bucket is empty for some time.</summary>
    public static Fault LastOfTheBucket(this AdminApp app, TimeSpan untilReset) => new()
    {
        Match = "GET /api/v2/users",
        Status = 200,
        Headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Content-Type"] = "application/json",
            ["X-RateLimit-Limit"] = "50",
            ["X-RateLimit-Remaining"] = "0",
            ["X-RateLimit-Reset"] = $"{(app.Time.GetUtcNow() + untilReset).ToUnixTimeSeconds()}",
        },
        Body = JsonElement.Parse("""{"start":0,"limit":100,"length":1,"total":150,"users":[{"user_id":"auth0|1","created_at":"2001-01-01T00:00:00.000Z"}]}"""),
    };

    /// <summary>Lets Auth0 find nobody for these requests.</summary>
    public static void EmptyWhere(this AdminApp app, Func<Dictionary<string, StringValues>, bool> asked, int? times = null) =>
        app.ReplaceWhere(asked, times, _ => """{"start":0,"limit":100,"length":0,"total":0,"users":[]}""");

    /// <summary>Replaces the bodies of Auth0's responses to these requests.</summary>
    public static void ReplaceWhere(
        this AdminApp app, Func<Dictionary<string, StringValues>, bool> asked, int? times, Func<string, string> replace) =>
        SharedClient.CreateWith(app, new TenantHttp(new Replacing(app.Services.GetRequiredService<HttpMessageHandler>(), asked, times, replace), app.Time, app.Services.GetRequiredService<Instruments>()));

    private sealed class Replacing(HttpMessageHandler inner, Func<Dictionary<string, StringValues>, bool> asked, int? times, Func<string, string> replace)
        : DelegatingHandler(inner)
    {
        private int _left = times ?? int.MaxValue;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri!.AbsolutePath is "/api/v2/users"
                && asked(QueryHelpers.ParseQuery(request.RequestUri.Query))
                && Interlocked.Decrement(ref _left) >= 0)
            {
                answer.Content = new StringContent(replace(await answer.Content.ReadAsStringAsync(cancellationToken)), Encoding.UTF8, "application/json");
            }

            return answer;
        }
    }
}
