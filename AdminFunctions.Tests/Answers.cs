using System.Net;
using System.Text.Json.Nodes;

namespace AdminFunctions.Tests;

/// <summary>Assertions on responses.</summary>
internal static class Answers
{
    /// <summary>The body as JSON.</summary>
    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync()).ShouldNotBeNull();

    /// <summary>Asserts a problem: its type, exactly its members, and the headers of every response. Returns its detail.</summary>
    public static async Task<string> ShouldBeProblemAsync(this HttpResponseMessage answer, HttpStatusCode status, string slug)
    {
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, body);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        answer.ShouldHaveTheHeadersOfEveryAnswer();

        var problem = JsonNode.Parse(body).ShouldNotBeNull().AsObject();
        problem.Select(member => member.Key).Where(name => name is not ("errors" or "retryAfter")).ShouldBe(["type", "title", "status", "detail", "traceId"]);
        problem["retryAfter"]?.GetValue<int>().ShouldBe((int)answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        problem.ContainsKey("retryAfter").ShouldBe(answer.Headers.RetryAfter is not null);
        problem["type"]!.GetValue<string>().ShouldBe($"urn:admin-functions:problem:{slug}");
        problem["status"]!.GetValue<int>().ShouldBe((int)status);
        problem["title"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        problem["traceId"]!.GetValue<string>().ShouldMatch("^[0-9a-f]{32}$");
        return problem["detail"]!.GetValue<string>();
    }

    /// <summary>Asserts that the response must not be stored and its type must not be guessed.</summary>
    public static void ShouldHaveTheHeadersOfEveryAnswer(this HttpResponseMessage answer)
    {
        answer.Headers.CacheControl.ShouldNotBeNull().ToString().ShouldBe("no-store");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    /// <summary>Removes all members except these.</summary>
    public static void KeepOnly(this JsonObject json, IEnumerable<string> names)
    {
        foreach (var other in json.Select(member => member.Key).Except(names, StringComparer.Ordinal).ToList())
        {
            json.Remove(other);
        }
    }
}
