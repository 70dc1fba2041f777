using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AdminFunctions.Tests.Security;

/// <summary>
/// Makes requests that nobody sends by mistake. Each depends on the seed and its index alone (tokens and ports differ from run
/// to run, their kinds do not), most are hostile in one or two ways only: one that is wrong everywhere gets nowhere.
/// </summary>
internal sealed class HostileRequests(int seed, string host, HostileTokens tokens)
{
    /// <summary>Users who are easily taken for one another, and whose ids an address, a decoder or a library may well change.</summary>
    public static readonly IReadOnlyList<string> Prey =
    [
        "auth0|prey", "auth0|Prey", "auth0|prey ", "auth0| prey", "auth0|pre", "auth0|prey|prey", "auth0|prey/prey", "auth0|prey\\prey",
        "auth0|prey+prey", "auth0|prey prey", "auth0|prey%20prey", "auth0|prey%7Cprey", "auth0|%FF", "auth0|%C0%AF", "auth0|%", "auth0|%zz", "auth0|%25",
        "auth0|..", "auth0|.", "auth0|../../clients", "auth0|/..", "auth0|?q=1", "auth0|#top", "auth0|;v=1", "auth0|&a=b", "auth0|a:b@c",
        "auth0|é", "auth0|e\u0301", "auth0|ﬁ", "auth0|fi", "auth0|ＰＲＥＹ", "auth0|\u202eyerp", "auth0|yerp", "auth0|pr\u200eey", "auth0|pr\u200bey", "auth0|\ufeffprey",
        "auth0|𠮷野", "auth0|吉野", "auth0|🦉", "auth0|\ue00261\ue003", "auth0|a", "auth0|\ue002\ue003", "auth0|\ue0001", "auth0|\ufffe", "auth0|\u2028",
        "auth0|\"", "auth0|'", "auth0|<script>", "auth0|{id}", "auth0|[1]", "auth0|^`", "auth0|^cHJleQ^", "auth0|é^cHJleQ^", "^YXV0aDB8cHJleQ^", "auth0|\u00a0x", "auth0|x\u3000",
    ];

    private static readonly string[] Fragments =
    [
        "%00", "%0D%0A", "%0d%0aX-Injected:%201", "%FF", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "%C3", "%C3%25BC", "%80", "%", "%2", "%zz", "%u0041", "%%", "%25", "%252F", "%2F", "%2f", "%5C",
        "..%2F..%2Fclients", "%2E%2E", "%2e", "..;", ";v=1", "%3F", "%23", "&", "+", "%20", "%09", "%7C", "|", "%E2%80%AE", "%EF%BF%BD", "%EF%BB%BF", "%EE%80%82", "%EE%80%8261%EE%80%83", "%5EcHJleQ%5E", "^cHJleQ^", "^", "\\", "'", "\"", "<", "*", "{id}", "%7F", "%C2%85",
    ];

    private static readonly string[] SearchPieces =
    [
        "name:", "email:", "user_id:", "created_at:", "identities.connection:", "user_metadata.", "app_metadata.plan:", "_exists_:", "logins_count:", "blocked:true", "nobody:", "ann", "auth0|prey", "(", ")", "((", "))", "[", "]", "{", "}",
        " AND ", " OR ", " NOT ", "&&", "||", "!", "+", "-", " TO ", "*", "**", "?", "\"", "\\", "\\\\", "/", "/.*/", "~", "~2", "^", "^9", ":", "::", "[* TO *]", "{* TO *}", "[2016 TO 2020]", "[2024-02-30 TO *]", ">", "<=", " ", "\t", "\n", "\0", "\u202e", "é", "𠮷", "\ufffd", "\ue002",
        "a*a*a*a*a*b", "99999999999999999999", "-1", "1e999", "NaN", "true", "null", ") OR (*:*", "*:*", "%25", "%", "'; --", "${x}", "<script>",
    ];

    private static readonly string[] Values =
    [
        "", "0", "-0", "+1", "-1", "1", "50", "100", "101", "00", "0x10", "1e1", "1.0", "٣", "999", "2147483647", "2147483648", "99999999999999999999", "true", "false", "TRUE", "1%00", "%00", "%0A", "%20", "null", "NaN", "[]", "{}", "%FF", "%", "'", "\"", "<b>",
        "name:1", "created_at:-1", "name:2", ":1", "name:1%0A", "user_metadata.a:1", "identities.access_token:1", "nobody:1", "....:1", "user_id", "user_id,email", "email,", ",", "app_metadata", "user_metadata", "identities.access_token", "password", "USER_ID", "csv", "ndjson", "CSV", "xlsx",
    ];

    private static readonly string[] Names =
    [
        "page", "per_page", "include_totals", "q", "sort", "fields", "include_fields", "format", "end", "PAGE", "Q", "CODE", "clientId", "fields%00", "q%0D%0A", "q%E2%80%AE", "%3Cscript%3E", "limit", "page%5B%5D", "search_engine", "primary_order", "from", "take", "connection", "access_token", "code", "id", "", "%", "%FF",
    ];

    private static readonly (string Function, string Method, string Suffix)[] OfOneUser =
    [
        ("GetUser", "GET", ""), ("GetUserLog", "GET", "/log"), ("BlockUser", "PUT", "/block"), ("UnblockUser", "DELETE", "/block"), ("SignOutUser", "DELETE", "/sessions"),
        ("ResetMfa", "DELETE", "/mfa"), ("SendPasswordReset", "POST", "/password-reset"), ("SendVerificationEmail", "POST", "/verification-email"),
    ];

    private static readonly string[] Bodies =
    [
        "", "{}", "null", "[]", "{", "\0", "\"", "{\"connection\":\"Username-Password-Authentication\"}", "{\"connection\":5}", "{\"connection\":\"x\",\"connection\":\"y\"}", "{\"email\":\"mallory@evil.example\"}",
        "{\"connection\":\"\\ud800\"}", "connection=x", "<a/>", new('[', 4000), new(' ', 5000), new('{', 100_000),
    ];

    private static readonly (string Function, string Path)[] OfManyUsers =
        [("PlanDeletions", "/api/deletion-plans"), ("ApprovePlan", "/api/deletion-plans/approvals"), ("ExecutePlan", "/api/deletions")];

    private static readonly string[] GoodPlans =
    [
        "{\"q\":\"nobody:x\",\"action\":\"delete\",\"reason\":\"r\"}", "{\"q\":\"auth0|prey\",\"action\":\"delete\",\"reason\":\"r\"}", "{\"everyone\":true,\"action\":\"delete\",\"reason\":\"r\"}",
    ];

    /// <summary>No body that does anything: of an execution, none can be signed.</summary>
    private static readonly string[] PlanBodies =
    [
        "", "{}", "null", "[]", "{", "\0", "\"", "{\"q\":\"*:*\"}", "{\"everyone\":\"true\"}", "{\"q\":\"a\",\"everyone\":true,\"action\":\"delete\",\"reason\":\"r\"}",
        "{\"q\":\"((\",\"action\":\"delete\",\"reason\":\"r\"}", "{\"q\":\"a\",\"action\":\"delete\",\"reason\":\"\\u0000\"}", "{\"q\":\"\\ud800\",\"action\":\"delete\",\"reason\":\"r\"}",
        "{\"seal\":\"\"}", "{\"seal\":\"a.b.c\"}", "{\"seal\":\"eyJhbGciOiJub25lIn0.e30.\"}", "{\"seal\":\"eyJhbGciOiJIUzI1NiIsImtpZCI6IngifQ.e30.AAAA\"}", "{\"seal\":\"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..a.b.c\"}",
        "{\"ticket\":\"a.b.c\",\"seal\":\"a.b.c\",\"confirm\":1}", "{\"ticket\":\"eyJhbGciOiJub25lIn0.e30.\",\"seal\":\"x\",\"confirm\":0}", "{\"ticket\":\"eyJhbGciOiJIUzI1NiIsImtpZCI6IngifQ.e30.AAAA\",\"seal\":\"x\",\"confirm\":0,\"except\":[null]}",
        "{\"ticket\":5,\"seal\":{},\"confirm\":\"1\"}", "{\"ticket\":\"x\",\"ticket\":\"y\",\"seal\":\"z\",\"confirm\":1}", "{\"ticket\":\"x\",\"seal\":\"z\",\"confirm\":1e99}", new('[', 60_000), new('{', 100_000),
    ];

    private static readonly string[] OddMethods =
    [
        "get", "Delete", "delete", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "TRACE", "CONNECT", "PRI", "GETT", "G E T", "", "GET\t", "D\u00e9lete", "DELETE\0", "X-DELETE",
    ];

    private static readonly string[] HarmlessHeaders =
    [
        "Accept: text/html", "Accept: */*;q=0", "Accept: ,;;q", "Accept: application/xml", "Accept-Encoding: gzip, br", "Accept-Language: \"", "Accept-Charset: utf-7", "Content-Type: text/html", "Content-Type: ;;;",
        "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE", "X-Original-URL: /api/users/auth0%7Cprey", "X-Rewrite-URL: /api/users/auth0%7Cprey", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /..", "Forwarded: for=127.0.0.1;host=evil.example",
        "X-MS-CLIENT-PRINCIPAL: eyJyb2xlcyI6WyJhZG1pbiJdfQ", "X-MS-CLIENT-PRINCIPAL-NAME: admin", "x-functions-key: master", "X-ARR-SSL: true", "Origin: https://evil.example", "Origin: null", "Referer: javascript:alert(1)", "Cookie: access_token=x; a=\"", "Range: bytes=0-0", "If-None-Match: *", "If-Match: \"x\"", "If-Modified-Since: never",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "traceparent: 00-00000000000000000000000000000000-0000000000000000-00", "traceparent: <script>", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\ntraceparent: x", "Request-Id: |a.b.", "Request-Id: \"", "Correlation-Context: a=b", "baggage: %00=%0D%0A", "tracestate: ,,,=", "X-Correlation-ID: mine",
        "Content-Length: 0", "Expect: 100-continue", "Connection: close", "Connection: keep-alive, Authorization", "TE: trailers", "Trailer: Authorization", "Max-Forwards: 0", "Via: 1.1 x", "X-\u0061: \t", "X-A:", "X-A: 'a' OR 1=1", "X-A: ${jndi:ldap://localhost:1/a}", "X-A: () { :;}; x", "User-Agent: ",
    ];

    private static readonly string[] HarmfulHeaders =
    [
        "Host: a\r\nHost: b", "X A: b", "X-A : b", ": b", "X-A", "X-A: a\rb", "X-A: a\nb", "X-A: a\0b", "X-A: a\r\n folded", " X-A: b", "X-\u00e9: b", "X-A: \u00e9", "X-A: \u0080", "Content-Length: -1", "Content-Length: 1, 2", "Content-Length: 99999999999999999999", "Content-Length: 5", "Content-Length: 0x1", "Content-Length: 0\r\nContent-Length: 1", "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3", "Transfer-Encoding: gzip", "Transfer-Encoding: identity, chunked", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x", "Expect: 200-maybe",
    ];

    /// <summary>Makes the request of an index.</summary>
    public HostileRequest Make(int index)
    {
        var random = new Random(unchecked((seed * 1_000_003) + index));
        var draft = new Draft { Host = host };
        switch (random.Next(20))
        {
            case < 5:
                draft.Aim("GetUsers", "GET", "/api/users");
                draft.Query = random.NextChance(85) ? Query(random) : "";
                break;
            case < 7:
                draft.Aim("ExportUsers", "GET", "/api/users/export");
                draft.Query = random.NextChance(85) ? Query(random) : Cursor(random);
                break;
            case < 14:
                draft.Aim("DeleteUser", "DELETE", "/api/users/");
                draft.Segment = Segment(random);
                break;
            case < 18:
                var (function, method, rest) = random.NextItem(OfOneUser);
                draft.Aim(function, method, "/api/users/");
                draft.Segment = Segment(random);
                draft.Rest = rest;
                draft.Query = random.NextChance(10) ? Query(random) : "";
                if (function is "SendPasswordReset" && random.NextChance(70))
                {
                    draft.Body = random.NextItem(Bodies);
                    draft.Headers.Add($"Content-Length: {draft.Body.Length}");
                }

                break;
            case 18 when random.NextChance(50):
                var (ofMany, path) = random.NextItem(OfManyUsers);
                draft.Aim(ofMany, "POST", path);
                draft.Query = random.NextChance(10) ? Query(random) : "";
                draft.Body = random.NextItem(ofMany is "PlanDeletions" && random.NextChance(60) ? GoodPlans : PlanBodies);
                draft.Headers.Add($"Content-Length: {draft.Body.Length}");
                break;
            case 18:
                draft.Aim("GetHealth", "GET", "/api/health");
                draft.Query = random.NextChance(50) ? Query(random) : "";
                break;
            default:
                draft.Aim(random.NextChance(30) ? "GetMe" : random.NextChance(30) ? "GetOpenApi" : null, "GET", "");
                draft.Path = draft.Function is "GetMe" ? "/api/me" : "/api/openapi.yaml";
                if (draft.Function is not null)
                {
                    break;
                }

                draft.Aim(null, random.NextItem(["GET", "DELETE"]), random.NextItem(["/", "*", "/api", "/api/", "/api/users/auth0%7Cprey/delete", "/admin/host/keys", "/api/admin", "/runtime/webhooks", "/_local/token", "/users", "/api/v2/users", "/oauth/token", "/.well-known/openid-configuration", "/api/users%2Fexport", "/api%2Fusers", "/api/users\\auth0%7Cprey", "/api/users;x", "/api/users/..%2Fhealth"]));
                break;
        }

        Authorize(random, draft);
        if (random.NextChance(10))
        {
            draft.Method = random.NextItem(OddMethods);
            draft.Function = null;
        }

        if (random.NextChance(15))
        {
            Disguise(random, draft);
        }

        if (random.NextChance(30))
        {
            AddHeaders(random, draft);
        }

        if (random.NextChance(5))
        {
            Break(random, draft);
        }

        return draft.Finish(seed, index, random);
    }

    private void Authorize(Random random, Draft draft)
    {
        switch (random.Next(20))
        {
            case < 11:
                draft.Bear(tokens.Good(mayRead: random.NextChance(90), mayDelete: random.NextChance(90)), random.NextItem(["Bearer ", "bearer ", "BEARER   "]));
                break;
            case < 17:
                draft.Bear(tokens.Any(random), "Bearer ");
                break;
            case 17:
                break;
            default:
                Misplace(random, draft, tokens.Good(mayRead: true, mayDelete: true));
                break;
        }
    }

    /// <summary>Puts a good token where it counts for nothing.</summary>
    private void Misplace(Random random, Draft draft, HostileToken token)
    {
        var text = token.Text;
        switch (random.Next(10))
        {
            case 0:
                draft.Headers.Add($"Authorization: Bearer {text}\r\nAuthorization: Bearer {tokens.Any(random).Text}");
                break;
            case 1:
                draft.Headers.Add($"Authorization: Basic x\r\nAuthorization: Bearer {text}");
                break;
            case 2:
                draft.Headers.Add($"Authorization: {random.NextItem(["", "Bearer", "Bearer:", "Token ", "Basic ", "DPoP ", "Bearer\u00a0", "Bearer,", "\u0411earer "])}{text}");
                draft.Function = null;
                break;
            case 3:
                draft.Headers.Add($"Authorization: Bearer {random.NextItem(["x, Bearer ", "x ", "\"", ", ", "token=", "null,"])}{text}");
                break;
            case 4:
                draft.Headers.Add($"{random.NextItem(["Proxy-Authorization", "X-Authorization", "X-Access-Token", "X-ZUMO-AUTH", "X-MS-TOKEN-AAD-ACCESS-TOKEN", "Authorization2", "_Authorization"])}: Bearer {text}");
                break;
            case 5:
                draft.Headers.Add($"Cookie: access_token={text}; Authorization=Bearer {text}");
                break;
            case 6:
                draft.Query = $"access_token={text}&token={text}&{draft.Query}";
                break;
            case 7:
                draft.Body = $"access_token={text}";
                draft.Headers.Add("Content-Type: application/x-www-form-urlencoded");
                draft.Headers.Add($"Content-Length: {draft.Body.Length}");
                break;
            case 8:
                draft.Headers.Add($"X-A: b%0D%0AAuthorization: Bearer {text}");
                break;
            default:
                draft.Headers.Add($"Authorization : Bearer {text}");
                draft.Function = null;
                break;
        }
    }

    private static string Segment(Random random)
    {
        var id = random.Next(10) switch
        {
            < 6 => random.NextItem(Prey),
            6 => random.NextItem([AdminApp.CallerId, AdminApp.CallerId.ToUpperInvariant(), "auth0|owner", "AUTH0|Owner"]),
            7 => $"auth0|{new string('a', random.NextItem([1, 248, 249, 250, 2000, 7000, 64_000]))}",
            8 => random.NextItem(["", ".", "..", "...", "|", "||", "auth0|", "|prey", "auth0||prey", "auth0", "export", "health", " | ", "auth0|prey\0"]),
            _ => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => char.ConvertFromUtf32(random.NextItem([random.Next(1, 0x80), random.Next(0x80, 0x800), random.Next(0xe000, 0xfffe), random.Next(0x1f300, 0x1f6ff)])))) + "|x",
        };
        var segment = random.Next(11) switch
        {
            8 or 9 => "~" + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id)),
            10 => random.NextItem(["~", "%7E", "~~"]) + Convert.ToBase64String(random.NextItem([Encoding.UTF8.GetBytes(id), Encoding.Unicode.GetBytes(id), Encoding.Latin1.GetBytes(id), [.. Encoding.UTF8.GetBytes(id), 0xed, 0xa0, 0x80]])).Replace('/', random.NextItem(['_', '/'])).TrimEnd(random.NextItem(['=', '/'])),
            0 => Percent(id, "X2", _ => true),
            1 => Percent(id, "x2", _ => true),
            2 => Percent(id, "X2", octet => octet is (byte)'/' or <= (byte)' ' or >= 0x7f or (byte)'%' or (byte)'?' || random.NextChance(30)),
            3 => Uri.EscapeDataString(Uri.EscapeDataString(id)),
            4 => Percent(Percent(id, "X2", _ => true), "x2", octet => octet is (byte)'%'),
            5 => id,
            _ => Uri.EscapeDataString(id),
        };
        for (var changes = random.NextChance(35) ? random.Next(1, 3) : 0; changes > 0; changes--)
        {
            segment = segment.Insert(random.Next(segment.Length + 1), random.NextItem(Fragments));
        }

        return random.NextChance(3) ? segment + "/" : segment;
    }

    private static string Query(Random random)
    {
        var query = new StringBuilder();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            query.Append(query.Length > 0 ? random.NextItem(["&", "&", "&", ";", "&&", "?"]) : "");
            if (random.NextChance(45))
            {
                query.Append("q=").Append(Search(random));
            }
            else
            {
                query.Append(random.NextItem(Names)).Append(random.NextItem(["=", "=", "=", "=", "", "==", "%3D"])).Append(random.NextItem(Values));
            }
        }

        return query.ToString();
    }

    /// <summary>No query, or one with a cursor: random bytes, or too many of them, or text that is no cursor at all.</summary>
    private static string Cursor(Random random)
    {
        var bytes = new byte[random.NextItem([0, 1, 5, 23, 40, 3_072, 3_073, 4_000])];
        random.NextBytes(bytes);
        return random.Next(8) switch
        {
            0 => $"after={Base64Url.EncodeToString(bytes)}",
            1 => $"cursors=true&after={random.NextItem(Fragments)}",
            2 => $"cursors={random.NextItem(Values)}&after={random.NextItem(Values)}",
            _ => "",
        };
    }

    /// <summary>A search that was put together out of pieces of the syntax, percent-encoded.</summary>
    public static string Search(Random random)
    {
        var search = random.Next(12) switch
        {
            0 => new string(random.NextItem(['(', '-', '!', '"', '\\', '*', '[', 'a', ' ', '\0', 'é']), random.NextItem([60, 999, 1000, 1001, 7000])),
            1 => string.Concat(Enumerable.Repeat(random.NextItem(["a OR ", "NOT ", "(a ", "name:(", "+a ", "a:", "\\\"", "𠮷", "[a TO "]), random.NextItem([20, 49, 51, 200, 300]))),
            2 => string.Concat(Enumerable.Repeat("(", 49)) + "ann" + string.Concat(Enumerable.Repeat(")", random.Next(47, 52))),
            _ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.NextItem(SearchPieces))),
        };
        return random.Next(5) switch
        {
            0 => Percent(search, "X2", octet => octet is <= (byte)' ' or >= 0x7f or (byte)'&' or (byte)'#' or (byte)'+'),
            1 => random.NextItem(["%FF", "%ED%A0%80", "%", "%C0%AF", "%00", "%0D%0A", "+"]) + Uri.EscapeDataString(search),
            _ => Uri.EscapeDataString(search),
        };
    }

    /// <summary>Writes the address otherwise. None of the ways changes whom it names.</summary>
    private static void Disguise(Random random, Draft draft)
    {
        var path = draft.Path;
        (draft.Path, var stays) = random.Next(9) switch
        {
            0 => (path.Replace("users", "USERS", StringComparison.Ordinal), true),
            1 => (path.Replace("/api", "/API", StringComparison.Ordinal), true),
            2 => ($"/api/..{path}", false),
            3 => ($"/.{path}", false),
            4 => ($"/{path}", false),
            5 => (path.Replace("/users", "/%75sers", StringComparison.Ordinal), true),
            6 => (path.Replace("/users", "/x/%2e%2e/users", StringComparison.Ordinal), false),
            7 => ($"http://{draft.Host}{path}", false),
            _ => ($"http://evil.example{path}", false),
        };
        draft.Function = stays ? draft.Function : null;
    }

    private static void AddHeaders(Random random, Draft draft)
    {
        if (random.NextChance(70))
        {
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                draft.Headers.Insert(random.Next(draft.Headers.Count + 1), random.NextItem(HarmlessHeaders));
            }

            // More than one of some is more than HTTP allows.
            draft.Function = draft.Headers.Count(header => header.StartsWith("Content-", StringComparison.Ordinal)) > 1 ? null : draft.Function;
            return;
        }

        draft.Function = null;
        var harmful = random.Next(8) switch
        {
            0 => $"X-A: {new string('a', random.NextItem([8000, 33_000, 64_000]))}",
            1 => $"{new string('A', 40_000)}: a",
            2 => string.Join("\r\n", Enumerable.Range(0, random.NextItem([90, 101, 1000])).Select(i => $"X-{i}: {i}")),
            _ => random.NextItem(HarmfulHeaders),
        };
        draft.Headers.Insert(random.Next(draft.Headers.Count + 1), harmful);
    }

    private static void Break(Random random, Draft draft)
    {
        draft.Function = null;
        draft.BreakWith = random.Next(7);
    }

    private static string Percent(string text, string format, Predicate<byte> escapes)
    {
        var escaped = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            _ = escapes(octet) ? escaped.Append('%').Append(octet.ToString(format, CultureInfo.InvariantCulture)) : escaped.Append((char)octet);
        }

        return escaped.ToString();
    }

    /// <summary>A request that is being written.</summary>
    private sealed class Draft
    {
        private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

        private HostileToken? _token;

        public required string Host { get; init; }

        public string Method { get; set; } = "";

        public string Path { get; set; } = "";

        public string? Segment { get; set; }

        /// <summary>What follows the segment.</summary>
        public string Rest { get; set; } = "";

        public string Query { get; set; } = "";

        public string? Function { get; set; }

        public List<string> Headers { get; } = [];

        public string Body { get; set; } = "";

        public int? BreakWith { get; set; }

        public void Aim(string? function, string method, string path) => (Function, Method, Path) = (function, method, path);

        public void Bear(HostileToken token, string scheme)
        {
            _token = token;
            Headers.Add($"Authorization: {scheme}{token.Text}");
        }

        public HostileRequest Finish(int seed, int index, Random random)
        {
            var asked = Named();
            var target = Path + Segment + Rest + (Query.Length > 0 ? "?" + Query : "");
            var version = "HTTP/1.1";
            var headers = Headers.Prepend($"Host: {Host}");
            switch (BreakWith)
            {
                case 0:
                    version = random.NextItem(["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "HTTP/1.1 x", "http/1.1", "", "HTTP/1.1\0"]);
                    break;
                case 1:
                    headers = Headers;
                    break;
                case 2:
                    headers = Headers.Prepend(random.NextItem(["Host:", "Host: \"", "Host: a b", "Host: evil.example@localhost", "Host: [::1", "Host: localhost:99999", "Host: \u00e9"]));
                    break;
            }

            var text = $"{Method} {target} {version}\r\n{string.Concat(headers.Select(header => $"{header}\r\n"))}\r\n{Body}";
            var bytes = Octets(text);
            bytes = BreakWith switch
            {
                3 => bytes[..random.Next(bytes.Length)],
                4 => Octets(text.Replace("\r\n", "\n", StringComparison.Ordinal)),
                5 => [.. Enumerable.Range(0, random.Next(1, 300)).Select(_ => (byte)random.Next(256))],
                6 => [0x16, 0x03, 0x01, .. bytes],
                _ => bytes,
            };
            return new(seed, index, bytes)
            {
                Method = Method,
                Token = _token,
                AskedId = asked,
                Function = IsPlain(target, asked, headers) ? Function : null,
                IsCutOff = BreakWith is 3 or 5 or 6,
            };
        }

        /// <summary>What Kestrel takes for a request, in every respect.</summary>
        private bool IsPlain(string target, string? asked, IEnumerable<string> headers) =>
            target.Length < 8000
            && target.All(static character => character is > ' ' and < '\x7f' and not '#')
            && !Path.Contains("%00", StringComparison.Ordinal)
            && !(Method is "GET" && Segment is "export")
            && Body.Length < 50_000
            && headers.Count(static header => header.StartsWith("Content-Length", StringComparison.Ordinal)) < 2
            && (Segment is null || (asked is not (null or "" or "." or "..") && !Segment.Contains("%00", StringComparison.Ordinal) && !Segment.Contains('/', StringComparison.Ordinal) && !Segment.Contains('?', StringComparison.Ordinal)))
            && headers.Sum(static header => header.Length) < 30_000
            && headers.All(static header => header.All(static character => character is '\r' or '\n' or '\t' or >= ' ' and < '\x7f'));

        /// <summary>
        /// The user whom the last segment names, decoded once: in base64url after a ~, or as it is. In the latter the host leaves the
        /// slash encoded, so that a %2F that is left means it.
        /// </summary>
        private string? Named()
        {
            // A slash at the end does not matter, and no space is a part of the address.
            var segment = Segment?.Split('?')[0].TrimEnd(' ');
            segment = segment is [.. var rest, '/'] ? rest : segment;
            if (segment is null || segment.Contains('/', StringComparison.Ordinal))
            {
                return null;
            }

            var octets = Octets(segment);
            List<byte> decoded = new(octets.Length);
            for (var i = 0; i < octets.Length; i++)
            {
                if (octets[i] is (byte)'%' && i + 2 < octets.Length && byte.TryParse(octets.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                {
                    decoded.Add(octet);
                    i += 2;
                }
                else
                {
                    decoded.Add(octets[i]);
                }
            }

            try
            {
                var text = StrictUtf8.GetString([.. decoded]);
                return text.StartsWith('~') && !text.Contains('|', StringComparison.Ordinal)
                    ? FromBase64Url(text)
                    : text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }

        /// <summary>The user behind a ~; the text itself, which no user has for an id, if it is not the one spelling of anybody.</summary>
        private static string FromBase64Url(string text)
        {
            try
            {
                var base64 = text[1..].Replace('-', '+').Replace('_', '/');
                var octets = Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));
                var isTheOne = "~" + Convert.ToBase64String(octets).TrimEnd('=').Replace('+', '-').Replace('/', '_') == text;
                return isTheOne ? StrictUtf8.GetString(octets) : text;
            }
            catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
            {
                return text;
            }
        }

        /// <summary>A character is an octet where there is one for it; the rest is in UTF-8.</summary>
        private static byte[] Octets(string text) => text.All(static character => character <= '\xff') ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
    }
}
