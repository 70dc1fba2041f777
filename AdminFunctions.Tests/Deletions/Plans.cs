using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.Tests.Export;

namespace AdminFunctions.Tests.Deletions;

/// <summary>A plan as a client sees it.</summary>
/// <param name="Lines">All lines, each a JSON object.</param>
internal sealed record MadePlan(IReadOnlyList<JsonObject> Lines)
{
    /// <summary>The last line of a complete plan.</summary>
    public JsonObject End => Lines[^1]["plan"].ShouldNotBeNull(Lines[^1].ToJsonString()).AsObject();

    public string Id => End["id"]!.GetValue<string>();

    public int Total => End["total"]!.GetValue<int>();

    public string Seal => End["seal"]!.GetValue<string>();

    public IReadOnlyList<JsonObject> Batches => [.. Lines.Select(line => line["batch"]?.AsObject()).OfType<JsonObject>()];

    public IReadOnlyList<string> Tickets => [.. Batches.Select(batch => batch["ticket"]!.GetValue<string>())];

    /// <summary>The IDs of the planned users.</summary>
    public IReadOnlyList<string> Users => [.. Batches.SelectMany(batch => batch["users"]!.AsArray()).Select(user => user!["user_id"]!.GetValue<string>())];

    /// <summary>The users who are left out, with the reasons.</summary>
    public IReadOnlyList<(string Id, string Reason)> LeftOut =>
        [.. Lines.Select(line => line["left_out"]).OfType<JsonNode>().Select(user => (user["user_id"]!.GetValue<string>(), user["reason"]!.GetValue<string>()))];
}

/// <summary>Makes plans and executes them.</summary>
internal static class Plans
{
    public const string Path = "/api/deletion-plans";

    public const string Deletions = "/api/deletions";

    /// <summary>Someone who has never logged in, with this ID.</summary>
    public static TenantUser Somebody(string id) => Exports.Somebody(id, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc)) with { Email = $"{id[(id.IndexOf('|') + 1)..]}@example.com" };

    /// <summary>Makes a plan.</summary>
    public static async Task<MadePlan> PlanAsync(this HttpClient caller, object request)
    {
        using var answer = await caller.PostAsJsonAsync(Path, request);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return new(LinesOf(body));
    }

    /// <summary>Reads a plan line by line until it ends or breaks off. Meanwhile the clock advances.</summary>
    public static async Task<(List<JsonObject> Lines, bool Broke)> ReadPlanAsync(this AdminApp app, HttpClient caller, object request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(request) };
        var (lines, broke) = await app.ReadUntilItBreaksAsync(caller, message);
        return ([.. lines.Select(line => JsonNode.Parse(line)!.AsObject())], broke);
    }

    /// <summary>Plans for everyone.</summary>
    public static Task<MadePlan> PlanEveryoneAsync(this HttpClient caller, string action = "delete") =>
        caller.PlanAsync(new { everyone = true, action, reason = "test" });

    /// <summary>Sends a batch to be executed.</summary>
    public static Task<HttpResponseMessage> SendTicketAsync(
        this HttpClient caller, string ticket, MadePlan plan, string[]? except = null, string? approval = null) =>
        caller.PostAsJsonAsync(Deletions, new { ticket, seal = plan.Seal, confirm = plan.Total, except = except ?? [], approval });

    /// <summary>Executes a batch. Returns the lines.</summary>
    public static async Task<List<JsonObject>> ExecuteAsync(this HttpClient caller, string ticket, MadePlan plan, params string[] except)
    {
        using var answer = await caller.SendTicketAsync(ticket, plan, except);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return LinesOf(body);
    }

    /// <summary>Executes all batches. Returns the outcome of each user.</summary>
    public static async Task<Dictionary<string, string>> ExecuteAllAsync(this HttpClient caller, MadePlan plan)
    {
        Dictionary<string, string> outcomes = new(StringComparer.Ordinal);
        foreach (var ticket in plan.Tickets)
        {
            foreach (var (id, outcome) in OutcomesOf(await caller.ExecuteAsync(ticket, plan)))
            {
                outcomes.Add(id, outcome);
            }
        }

        return outcomes;
    }

    public static IEnumerable<(string Id, string Outcome)> OutcomesOf(IEnumerable<JsonObject> lines) =>
        lines.Where(line => line["outcome"] is not null).Select(line => (line["user_id"]!.GetValue<string>(), line["outcome"]!.GetValue<string>()));

    public static List<JsonObject> LinesOf(string body) =>
        [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
}
