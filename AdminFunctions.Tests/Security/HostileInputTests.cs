using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Tenant.Users;
using AdminFunctions.Tests.Export;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.Security;

/// <summary>
/// Laws that hold whatever is sent. HOSTILE_SEED takes other requests, HOSTILE_MINUTES goes on for so long, and
/// HOSTILE_REQUEST makes just the one of that index.
/// </summary>
public sealed class HostileInputTests
{
    private const int Lanes = 2;
    private const int RequestsOfALane = 5_000;
    private const int MostToTell = 5;

    private static readonly Dictionary<int, string[]> Slugs = new()
    {
        [400] = ["invalid-request"],
        [401] = ["missing-token", "invalid-token"],
        [403] = ["insufficient-permission"],
        [404] = ["no-such-user"],
        [409] = ["self-deletion", "own-account", "protected-user", "no-email", "plan-expired"],
    };

    private static readonly string[] KnownHeaders =
    [
        "Date", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Cache-Control", "X-Content-Type-Options", "WWW-Authenticate", "Content-Disposition", "ETag",
    ];

    [Fact]
    public async Task Ten_thousand_hostile_requests_break_no_law()
    {
        var seed = Number("HOSTILE_SEED") ?? 1;
        var until = Number("HOSTILE_MINUTES") is { } minutes ? DateTime.UtcNow.AddMinutes(minutes) : DateTime.MinValue;
        var outcomes = new Outcomes();
        if (Number("HOSTILE_REQUEST") is { } one)
        {
            await RunAsync(seed, [one], outcomes);
            return;
        }

        for (var from = 0; from is 0 || DateTime.UtcNow < until; from += Lanes * RequestsOfALane)
        {
            var first = from;
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(
                () => RunAsync(seed, Enumerable.Range(0, RequestsOfALane).Select(i => first + lane + (i * Lanes)), outcomes))));
        }

        // Requests that all end at the door would prove little.
        outcomes.ShouldHaveGotEverywhere();
    }

    private static async Task RunAsync(int seed, IEnumerable<int> indexes, Outcomes outcomes)
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 12 }, ("Users:Protected", "auth0|owner"));
        TenantUser[] everyone = [.. HostileRequests.Prey.Append("auth0|owner").Append(AdminApp.CallerId).Select(id => Exports.Somebody(id, new DateTime(2024, 5, 6, 8, 0, 0, DateTimeKind.Utc)))];
        app.Tenant.Users.Put(everyone);
        var ids = app.Tenant.Users.All.Select(user => user.UserId).ToHashSet(StringComparer.Ordinal);
        using var client = app.Anyone();
        var requests = new HostileRequests(seed, client.BaseAddress!.Authority, new HostileTokens(app));
        List<string> broken = [];
        foreach (var index in indexes)
        {
            var request = requests.Make(index);
            app.Tenant.Requests.Clear();
            app.Vault.Requests.Clear();
            try
            {
                var answer = await RawHttp.SendAsync(client.BaseAddress, request.Bytes, request.IsCutOff);
                ShouldBeAnAnswer(request, answer);
                ShouldHaveAskedNoMoreThanItMay(app, request, answer);
                ShouldHaveDeletedNobodyElse(app, ids, request, answer);
                ShouldHaveChangedNobodyElse(app, everyone, request, answer);
                outcomes.Count(request, answer);
            }
            catch (Exception exception)
            {
                broken.Add($"{exception.Message}\n\n{request}");
                if (broken.Count is MostToTell)
                {
                    break;
                }
            }

            if (app.Tenant.Users.Count != ids.Count)
            {
                app.Tenant.Users.Put(everyone);
            }

            everyone = [.. everyone.Select(user => app.Tenant.Users.Find(user.UserId)!)];
        }

        broken.ShouldBeEmpty();

        // The clock stands still: the keys are read at the first token, and once more for those that name others.
        app.Tenant.Stats.JwksReads.ShouldBeLessThanOrEqualTo(2);
        app.Tenant.Stats.TokenGrants.ShouldBeLessThanOrEqualTo(1);
        app.Log.Lines(LogLevel.Warning).Where(line => !line.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>An answer of the contract's table, and never a 5xx, or the web server's own: a plain 4xx.</summary>
    private static void ShouldBeAnAnswer(HostileRequest request, RawAnswer? answer)
    {
        if (answer is null)
        {
            request.Function.ShouldBeNull("The connection ended without an answer.");
            return;
        }

        if (answer.Header("X-Content-Type-Options") is null)
        {
            request.Function.ShouldBeNull($"The web server answered {answer.Status} in the function's place.");

            // 505: the version of HTTP is none that it knows.
            (answer.Status is (>= 400 and < 500) or 505).ShouldBeTrue($"The web server answered {answer.Status}.");
            answer.Body.ShouldBeEmpty();
            answer.Headers.Select(header => header.Key).Except(KnownHeaders.Append("Allow"), StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
            return;
        }

        answer.Headers.Select(header => header.Key).Except(KnownHeaders, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
        answer.IsWhole.ShouldBeTrue("The answer broke off.");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        if (answer.Header("ETag") is not null)
        {
            // The description of the API, which alone may be stored, and preconditions about it.
            answer.Header("Cache-Control").ShouldBe("public, max-age=300");
            answer.Status.ShouldBeOneOf(200, 304, 412);
            return;
        }

        answer.Header("Cache-Control").ShouldBe("no-store");
        if (answer.Status is 200 or 202 or 204)
        {
            answer.Header("WWW-Authenticate").ShouldBeNull();
            (answer.Status is 204).ShouldBe(answer.Body.Length is 0 && answer.Header("Content-Type") is null, answer.Header("Content-Type"));
            return;
        }

        Slugs.ShouldContainKey(answer.Status);
        answer.Header("Content-Type").ShouldBe("application/problem+json");
        (answer.Status is 401 or 403).ShouldBe(answer.Header("WWW-Authenticate")?.StartsWith("Bearer", StringComparison.Ordinal) is true);
        var problem = JsonNode.Parse(answer.Body).ShouldNotBeNull().AsObject();
        problem.Select(member => member.Key).Where(name => name is not "errors").ShouldBe(["type", "title", "status", "detail", "traceId"]);
        Slugs[answer.Status].ShouldContain(problem["type"]!.GetValue<string>().Split(':')[^1]);
        problem["status"]!.GetValue<int>().ShouldBe(answer.Status);
        problem["traceId"]!.GetValue<string>().ShouldMatch("^[0-9a-f]{32}$");
        problem["detail"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        if (problem["errors"]?.AsObject() is { } errors)
        {
            // Names that do not exist are repeated to the caller: few of them, short, and nothing that a screen or a log would take for more.
            errors.Count.ShouldBeLessThan(15);
            errors.ShouldAllBe(error => error.Key.Length <= 101 && !error.Key.Any(char.IsControl));
        }
    }

    /// <summary>Without a token that allows it nothing is asked of the Management API; with one, this and nothing else.</summary>
    private static void ShouldHaveAskedNoMoreThanItMay(AdminApp app, HostileRequest request, RawAnswer? answer)
    {
        var mayPlan = request.Token is { MayRead: true, MayDelete: true } && request.Method.Equals("POST", StringComparison.OrdinalIgnoreCase);
        var mayRead = mayPlan || (request.Token is { MayRead: true } && request.Method.Equals("GET", StringComparison.OrdinalIgnoreCase));
        var mayDelete = request.Token is { MayDelete: true } && request.Method.Equals("DELETE", StringComparison.OrdinalIgnoreCase);
        var mayChange = request.Token is { MayRead: true, MayDelete: true } && request.Method.ToUpperInvariant() is "PUT" or "POST" or "DELETE";
        var mayDoAll = request.Token is { MayRead: true, MayDelete: true };
        foreach (var (method, target) in app.Tenant.Requests.All.Select(seen => (seen.Method, seen.RawTarget)))
        {
            switch (method, target.Split('?')[0])
            {
                case ("GET", "/.well-known/openid-configuration" or "/.well-known/jwks.json"):
                    break;
                case ("POST", "/oauth/token"):
                    (mayRead || mayDelete || mayChange).ShouldBeTrue(target);
                    break;
                case ("GET", "/api/v2/users"):
                    mayRead.ShouldBeTrue(target);
                    break;
                case (_, var path) when path.Split('/') is ["", "api", "v2", "users" or "user-blocks", var id, .. var rest]:
                    Uri.UnescapeDataString(id).ShouldBe(request.AskedId);
                    var isAllowed = (method, string.Join('/', rest)) switch
                    {
                        ("GET", "") => mayRead || mayDelete || mayChange,
                        ("DELETE", "") => mayDelete,
                        ("PATCH", "") or ("POST", "revoke-access") => mayChange,
                        ("GET", "logs") => mayDoAll && mayRead,
                        ("GET" or "DELETE" or "POST", var other) => mayChange && (other.StartsWith("authentication-methods", StringComparison.Ordinal) || other.StartsWith("multifactor/", StringComparison.Ordinal)),
                        _ => false,
                    };
                    isAllowed.ShouldBeTrue($"{method} {target}");
                    break;
                default:
                    Assert.Fail($"The tenant was asked for {method} {target}.");
                    break;
            }
        }

        if (!mayRead && !mayDelete && !mayChange)
        {
            app.Vault.Requests.All.ShouldBeEmpty();
            if (answer is { Status: < 400 } && answer.Header("ETag") is null)
            {
                (request.Function ?? "GetHealth").ShouldBeOneOf("GetHealth", "GetMe");
                Encoding.UTF8.GetString(answer.Body).ShouldStartWith(request.Function is "GetMe" ? """{"sub":""" : """{"status":"healthy"}""");
            }
        }
    }

    private static void ShouldHaveDeletedNobodyElse(AdminApp app, HashSet<string> ids, HostileRequest request, RawAnswer? answer)
    {
        if (app.Tenant.Users.Count == ids.Count && answer?.Status is not 204)
        {
            return;
        }

        var left = app.Tenant.Users.All.Select(user => user.UserId).ToHashSet(StringComparer.Ordinal);
        ids.Except(left).ShouldBeSubsetOf([request.AskedId]);
        answer.ShouldNotBeNull().Status.ShouldBe(204);
        left.ShouldNotContain(request.AskedId!);
        left.ShouldContain(AdminApp.CallerId);
        left.ShouldContain("auth0|owner");
    }

    private static void ShouldHaveChangedNobodyElse(AdminApp app, TenantUser[] before, HostileRequest request, RawAnswer? answer)
    {
        var changed = before.Where(user => app.Tenant.Users.Find(user.UserId) is { } now && now.Blocked != user.Blocked).Select(user => user.UserId).ToList();
        if (changed.Count > 0)
        {
            changed.ShouldBe([request.AskedId!]);
            changed.ShouldNotContain(AdminApp.CallerId);
            changed.ShouldNotContain("auth0|owner");
            answer.ShouldNotBeNull().Status.ShouldBe(200);
        }

        app.Tenant.Activity.Mails.All.ShouldBeEmpty();
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>How often what came of the requests to what.</summary>
    private sealed class Outcomes
    {
        private readonly Lock _gate = new();
        private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

        public void Count(HostileRequest request, RawAnswer? answer)
        {
            var slug = answer is { Status: >= 400, Body.Length: > 0 } ? JsonNode.Parse(answer.Body)!["type"]!.GetValue<string>().Split(':')[^1] : "";
            var outcome = $"{request.Function ?? "(any)"} {answer?.Status.ToString(CultureInfo.InvariantCulture) ?? "no answer"} {slug}".TrimEnd();
            lock (_gate)
            {
                _counts[outcome] = _counts.GetValueOrDefault(outcome) + 1;
            }
        }

        public void ShouldHaveGotEverywhere()
        {
            if (Number("HOSTILE_MINUTES") is not null)
            {
                Console.WriteLine(string.Join('\n', _counts.Select(count => $"{count.Value,8} {count.Key}")));
            }

            foreach (var outcome in (string[])
            [
                "GetUsers 200", "GetUsers 400 invalid-request", "GetUsers 401 invalid-token", "GetUsers 401 missing-token", "GetUsers 403 insufficient-permission",
                "ExportUsers 200", "ExportUsers 400 invalid-request", "ExportUsers 401 invalid-token", "ExportUsers 403 insufficient-permission",
                "DeleteUser 204", "DeleteUser 400 invalid-request", "DeleteUser 401 invalid-token", "DeleteUser 403 insufficient-permission", "DeleteUser 409 self-deletion", "DeleteUser 409 protected-user",
                "GetHealth 200", "(any) 400", "(any) 404", "(any) 431", "(any) no answer",
            ])
            {
                _counts.GetValueOrDefault(outcome).ShouldBeGreaterThan(20, $"{outcome}, among\n{string.Join('\n', _counts)}");
            }

            foreach (var outcome in (string[])
            [
                "GetUser 200", "GetUser 404 no-such-user", "GetUserLog 200", "BlockUser 200", "UnblockUser 200", "SignOutUser 202", "ResetMfa 200",
                "SendPasswordReset 400 invalid-request", "SendPasswordReset 409 no-email", "SendVerificationEmail 409 no-email", "GetMe 200", "GetOpenApi 200",
                "PlanDeletions 200", "PlanDeletions 400 invalid-request", "ApprovePlan 400 invalid-request", "ExecutePlan 400 invalid-request",
            ])
            {
                _counts.GetValueOrDefault(outcome).ShouldBeGreaterThan(5, $"{outcome}, among\n{string.Join('\n', _counts)}");
            }
        }
    }
}
