namespace AdminFunctions.Tests.FunctionHost;

/// <summary>
/// What a Functions host does with the functions of FixtureFunctions.cs. Subclasses test the local host's FunctionHost, a real worker, and
/// any host at the address in FUNCTIONS_HOST_URL.
/// </summary>
public abstract class HostContract(HostContract.Host host)
{
    private static readonly string NotSet = "(not set)";

    public sealed record Exchange(string Method, string Path, int Status, string? Body = "")
    {
        public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

        public string? Content { get; init; }

        public string? ContentType { get; init; }

        public IDictionary<string, string> Answers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    }

    public static readonly IReadOnlyDictionary<string, Exchange> Exchanges = new Dictionary<string, Exchange>(StringComparer.Ordinal)
    {
        ["a route is served below the prefix"] = new("GET", "/api/things/7", 200, "7"),
        ["not without the prefix"] = new("GET", "/things/7", 404),
        ["an unknown path is a 404"] = new("GET", "/api/nothing", 404),
        ["a path that goes on is a 404"] = new("GET", "/api/things/7/more", 404),
        ["another method on the same route is another function"] = new("DELETE", "/api/things/7", 204),
        ["one function may have several methods"] = new("PATCH", "/api/things/7", 200, "PATCH 7"),
        ["a wrong method is a 404, not a 405"] = new("POST", "/api/things/7", 404) { Answers = { ["Allow"] = NotSet } },
        ["HEAD on a GET route is a 404"] = new("HEAD", "/api/things/7", 404),
        ["OPTIONS is a 404"] = new("OPTIONS", "/api/things/7", 404) { Answers = { ["Allow"] = NotSet } },
        ["a preflight is a 404 as long as CORS is not configured"] = new("OPTIONS", "/api/things/7", 404)
        {
            Headers = { ["Origin"] = "http://localhost:3000", ["Access-Control-Request-Method"] = "GET" },
            Answers = { ["Access-Control-Allow-Origin"] = NotSet },
        },
        ["paths are case-insensitive, values are not changed"] = new("GET", "/API/Things/aBc", 200, "aBc"),
        ["a slash at the end does not matter"] = new("GET", "/api/things/7/", 200, "7"),
        ["a literal goes before a parameter"] = new("GET", "/api/things/special", 200, "the special thing"),
        ["without a route the function's name is the route"] = new("GET", "/api/ByName", 200, "GET"),
        ["without methods every method is served"] = new("PUT", "/api/ByName", 200, "PUT"),
        ["without methods OPTIONS is served too"] = new("OPTIONS", "/api/ByName", 200, "OPTIONS"),
        ["methods written in lower case are the same"] = new("GET", "/api/lower", 200, "lower"),

        ["a pipe in a route value arrives decoded"] = new("GET", "/api/things/auth0%7Cabc", 200, "auth0|abc"),
        ["an escaped slash stays escaped"] = new("GET", "/api/things/auth0%7Ca%2Fb@c", 200, "auth0|a%2Fb@c"),
        ["a doubly escaped slash arrives the same"] = new("GET", "/api/things/auth0%7Ca%252Fb@c", 200, "auth0|a%2Fb@c"),
        ["%20 is a space"] = new("GET", "/api/things/a%20b", 200, "a b"),
        ["%2B is a plus"] = new("GET", "/api/things/a%2Bb", 200, "a+b"),
        ["a plus is a plus"] = new("GET", "/api/things/a+b", 200, "a+b"),
        ["UTF-8 arrives as its characters"] = new("GET", "/api/things/J%C3%BCrgen%E2%9C%93", 200, "Jürgen✓"),
        ["dot segments never reach a function"] = new("GET", "/api/other/../things/7", 200, "7"),
        ["not even escaped"] = new("GET", "/api/other/%2E%2E/things/7", 200, "7"),
        ["nor do they as a route value"] = new("GET", "/api/things/%2e%2e", 404),
        ["what is escaped twice arrives escaped once"] = new("GET", "/api/things/a%257Cb%2541", 200, "a%7Cb%41"),
        ["octets that are no UTF-8 arrive escaped"] = new("GET", "/api/things/a%FFb%C0%AF", 200, "a%FFb%C0%AF"),
        ["a null character is refused by the web server"] = new("GET", "/api/things/a%00b", 400),

        ["an int is converted"] = new("GET", "/api/numbers/41", 200, "42"),
        ["a constraint that does not hold is a 404"] = new("GET", "/api/numbers/many", 404),
        ["the worker's converters: Guid, DateTime, bool, double"] =
            new("GET", "/api/converted/6f9619ff-8b86-d011-b42d-00c04fc964ff/2024-02-29/true/1.5", 200, "6f9619ff-8b86-d011-b42d-00c04fc964ff 2024-02-29 True 1.5"),
        ["a bool is read as JSON, so True is a failure"] =
            new("GET", "/api/converted/6f9619ff-8b86-d011-b42d-00c04fc964ff/2024-02-29/True/1.5", 500),
        ["a Guid that is none is a failure"] = new("GET", "/api/converted/7/2024-02-29/true/1.5", 500),
        ["an optional route value may be missing"] = new("GET", "/api/optional", 200, "none"),
        ["an optional route value may be there"] = new("GET", "/api/optional/7", 200, "7"),
        ["a route parameter is not looked for in the query"] = new("GET", "/api/optional?id=7", 200, "none"),
        ["a route value may be called code, and the query does not change it"] = new("GET", "/api/codes/7?code=8", 200, "7"),
        ["a catch-all takes the rest"] = new("GET", "/api/files/a/b%20c", 200, "a/b c"),
        ["other parameters come from the query, or are their defaults"] = new("GET", "/api/query?name=ann", 200, "ann - 50"),
        ["the last of several wins"] = new("GET", "/api/query?name=ann&NAME=bob&n=3&size=4", 200, "bob 3 4"),
        ["nothing at all is null"] = new("GET", "/api/query", 200, "null - 50"),
        ["a query value that does not convert is a failure"] = new("GET", "/api/query?n=three", 500),
        ["an empty one is no number"] = new("GET", "/api/query?n=", 500),
        ["a required value that is missing is a failure"] = new("GET", "/api/required", 500),

        ["query, body and Authorization arrive as sent"] = new("POST", "/api/asSent?q=a%20b+c&q=%7C", 200, "?q=a%20b+c&q=%7C Bearer x {\"a\": 1}")
        {
            Headers = { ["Authorization"] = "Bearer x" },
            Content = "{\"a\": 1}",
        },
        ["traceparent arrives as sent"] = new("GET", "/api/traceParent", 200, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        {
            Headers = { ["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
        },
        ["[FromBody] is read as JSON"] = new("POST", "/api/people", 200, "Ann") { Content = "{\"name\":\"Ann\"}", ContentType = "application/json" },
        ["[FromBody] that is no JSON is a failure"] = new("POST", "/api/people", 500) { Content = "{\"name\":", ContentType = "application/json" },
        ["[FromBody] without a body is a failure"] = new("POST", "/api/people", 500) { Content = "", ContentType = "application/json" },

        ["an IActionResult is executed"] = new("GET", "/api/action", 201, "{\"firstName\":\"Ann\"}") { Answers = { ["Content-Type"] = "application/json; charset=utf-8" } },
        ["an IResult is executed"] = new("GET", "/api/json", 200, "{\"firstName\":\"Ann\"}") { Answers = { ["Content-Type"] = "application/json; charset=utf-8" } },
        ["status and headers reach the client unchanged"] = new("GET", "/api/limited", 429, null)
        {
            Answers =
            {
                ["Content-Type"] = "application/problem+json",
                ["WWW-Authenticate"] = "Bearer error=\"insufficient_scope\", scope=\"read:users\"",
                ["Retry-After"] = "7",
                ["Cache-Control"] = "no-store",
                ["X-Content-Type-Options"] = "nosniff",
            },
        },
        ["a bare Task writes the response itself"] = new("GET", "/api/bare", 202, "bare"),
        ["a bare Task that writes nothing is an empty 200"] = new("GET", "/api/silent", 200),
        ["null is an empty 200"] = new("GET", "/api/null", 200),
        ["a synchronous function"] = new("GET", "/api/synchronous", 200, "synchronous"),
        ["a static function"] = new("GET", "/api/static/7", 200, "static 7"),
        ["a ValueTask"] = new("GET", "/api/valueTask", 200, "ValueTask"),
        ["a union of results"] = new("GET", "/api/union", 404),
        ["constructor injection"] = new("GET", "/api/injected", 200, "injected"),

        ["an exception that escapes is an empty 500"] = new("GET", "/api/throws", 500),
        ["one before the first await is too"] = new("GET", "/api/throwsAtOnce", 500),
        ["whatever the function had set before"] = new("GET", "/api/throwsLate", 500),
        ["also one while its result is written"] = new("GET", "/api/throwsInResult", 500),
        ["synchronous writes are refused"] = new("GET", "/api/writesSynchronously", 500),

        ["no key is asked for locally: Function"] = new("GET", "/api/keyed", 200, "keyed"),
        ["no key is asked for locally: Admin"] = new("GET", "/api/keyedAdmin", 200, "keyed"),
    };

    public static TheoryData<string> Names => [.. Exchanges.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_host_does(string name)
    {
        var exchange = Exchanges[name];
        using var request = Request(exchange.Method, exchange.Path);
        if (exchange.Content is { } content)
        {
            request.Content = new StringContent(content, System.Text.Encoding.UTF8, exchange.ContentType ?? "text/plain");
        }

        foreach (var (header, value) in exchange.Headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var answer = await host.Client.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe(exchange.Status);
        if (exchange.Body is not null)
        {
            (await answer.Content.ReadAsStringAsync()).ShouldBe(exchange.Body);
        }

        foreach (var (header, value) in exchange.Answers)
        {
            var found = answer.Headers.Concat(answer.Content.Headers).Where(pair => pair.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).SelectMany(pair => pair.Value);
            string.Join(", ", found.DefaultIfEmpty(NotSet)).ShouldBe(value, header);
        }
    }

    [Fact]
    public async Task A_stream_arrives_as_it_is_flushed_and_the_function_is_canceled_when_the_caller_hangs_up()
    {
        var id = Guid.NewGuid().ToString();
        using (var request = Request("GET", $"/api/stream/{id}"))
        using (var answer = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        using (var reader = new StreamReader(await answer.Content.ReadAsStreamAsync()))
        {
            (await reader.ReadLineAsync()).ShouldBe("first");
            (await StateAsync(id)).ShouldBe("running");
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!string.Equals(await StateAsync(id), "cancelled", StringComparison.Ordinal))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    [Theory]
    [InlineData("/api/breaks")]
    [InlineData("/api/aborts")]
    public async Task A_response_that_fails_midway_is_visibly_broken(string path)
    {
        using var request = Request("GET", path);
        try
        {
            // A reset can overtake data that was sent before. Between a host and its worker, the host then has nothing to pass on.
            using var answer = await host.Client.SendAsync(request);
            ((int)answer.StatusCode).ShouldBe(500);
        }
        catch (HttpRequestException broken)
        {
            broken.HttpRequestError.ShouldNotBe(HttpRequestError.ConnectionError);
        }
    }

    [Fact]
    public async Task Bytes_written_but_never_flushed_do_not_come_as_the_body_of_a_500()
    {
        using var request = Request("GET", "/api/breaksUnflushed");
        var body = "";
        try
        {
            using var answer = await host.Client.SendAsync(request);
            ((int)answer.StatusCode).ShouldBe(500);
            body = await answer.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException broken) when (broken.HttpRequestError != HttpRequestError.ConnectionError)
        {
            // A broken response is fine too.
        }

        body.ShouldBe("");
    }

    private async Task<string> StateAsync(string id)
    {
        using var request = Request("GET", $"/api/stream/{id}/state");
        using var answer = await host.Client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    // The path is sent exactly as it is written here.
    private HttpRequestMessage Request(string method, string path)
        => new(new HttpMethod(method), new Uri(host.BaseAddress + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

    /// <summary>Serves these functions without CORS and other settings.</summary>
    public abstract class Host : IAsyncLifetime
    {
        public string BaseAddress { get; private set; } = "";

        public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero });

        public async Task InitializeAsync() => BaseAddress = (await StartAsync()).TrimEnd('/');

        public async Task DisposeAsync()
        {
            Client.Dispose();
            await StopAsync();
        }

        protected abstract Task<string> StartAsync();

        protected abstract ValueTask StopAsync();
    }
}
