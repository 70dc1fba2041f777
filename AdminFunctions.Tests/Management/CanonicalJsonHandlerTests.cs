using System.Net;
using System.Text;
using System.Text.Json;
using AdminFunctions.Management;
using Auth0.ManagementApi;
using Auth0.ManagementApi.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdminFunctions.Tests.Management;

public sealed class CanonicalJsonHandlerTests
{
    private const string User = """{"user_id":"auth0|1","email":"ann@example.com","identities":[{"user_id":"1","access_token":"secret"}],"multifactor":[]}""";

    private const string Linked = """{"user_id":"auth0|1","email":"ann@example.com","name":"Ann","identities":[{"user_id":"1","connection":"c","profileData":{"email":"b@example.com","name":"B"}}]}""";

    [Theory]
    [InlineData("GET users?page=0", $$"""{"total":1,"users":[{{User}}],"next":2}""", """{"total":1,"users":[{"user_id":"auth0|1","email":"ann@example.com","identities":[{"user_id":"s1"}]}]}""")]
    [InlineData("GET users/auth0%7C1?fields=user_id", User, """{"user_id":"auth0|1","email":"ann@example.com","identities":[{"user_id":"s1"}]}""")]
    [InlineData("GET users/auth0%7Ca%2Fb", User, """{"user_id":"auth0|1","email":"ann@example.com","identities":[{"user_id":"s1"}]}""")]
    [InlineData("GET users/auth0%7C1 strict", Linked, """{"user_id":"auth0|1","email":"ann@example.com","name":"Ann","identities":[{"user_id":"s1","connection":"c","profileData":{"email":"b@example.com"}}]}""")]
    [InlineData("PATCH users/auth0%7C1", """{"user_id":"auth0|1","name":{},"blocked":"true"}""", """{"user_id":"auth0|1","blocked":true}""")]
    [InlineData("GET users/auth0%7C1/logs", """{"logs":[{"log_id":1,"type":"s","scope":["openid"],"user_id":5,"user_name":"ann@example.com","details":{"token":"secret"},"ip":{}}],"total":"1"}""", """{"logs":[{"log_id":"1","type":"s"}],"total":1}""")]
    [InlineData("GET users/auth0%7C1/authentication-methods", """{"authenticators":[{"id":"a|1","type":"totp","name":7,"created_at":"yesterday"}]}""", """{"authenticators":[{"id":"a|1","created_at":"2000-01-01T00:00:00.000Z","type":"totp"}]}""")]
    [InlineData("GET users/auth0%7C1/refresh-tokens", """{"tokens":[{"id":5,"device":"secret","last_exchanged_at":"2026-01-02T03:04:05.678Z"}],"next":null}""", """{"tokens":[{"last_exchanged_at":"2026-01-02T03:04:05.678Z"}],"next":null}""")]
    [InlineData("GET users/auth0%7C1/sessions", """{"sessions":[{"id":"secret","created_at":"2026-01-02T03:04:05.678Z","last_interacted_at":null}],"next":"n"}""", """{"sessions":[{"created_at":"2026-01-02T03:04:05.678Z","last_interacted_at":null}],"next":"n"}""")]
    [InlineData("GET user-blocks/auth0%7C1", """{"blocked_for":[{"identifier":"ann","ip":"203.0.113.1","connection":null,"more":1}]}""", """{"blocked_for":[{"identifier":"ann","ip":"203.0.113.1","connection":null}]}""")]
    [InlineData("POST jobs/verification-email", """{"id":"job_1","type":"verification_email","status":"pending","created_at":{}}""", """{"id":"job_1","type":"verification_email","status":"pending"}""")]
    [InlineData("POST users/auth0%7C1/revoke-access", User, User)]
    [InlineData("GET jobs", User, User)]
    public async Task Each_endpoint_has_its_fields(string request, string sent, string read) =>
        (await ReadAsync(request, HttpStatusCode.OK, Encoding.UTF8.GetBytes(sent))).ShouldBe(read);

    [Theory]
    [InlineData("GET users", """{"users":[null]}""")]
    [InlineData("GET users", """{"users":{}}""")]
    [InlineData("GET users", """{"users":[],"total":{}}""")]
    [InlineData("GET users", "[]")]
    [InlineData("GET users/auth0%7C1 strict", """{"user_id":"auth0|1","identities":{}}""")]
    [InlineData("GET users/auth0%7C1 strict", """{"user_id":"auth0|1","identities":[5]}""")]
    [InlineData("GET users/auth0%7C1 strict", """{"user_id":"auth0|1","identities":[{"provider":{},"user_id":"1"}]}""")]
    [InlineData("GET users/auth0%7C1 strict", """{"user_id":"auth0|1","identities":[{"provider":"auth0","user_id":[]}]}""")]
    [InlineData("GET users/auth0%7C1/authentication-methods", """{"authenticators":[{"id":{},"type":"totp"}]}""")]
    [InlineData("GET users/auth0%7C1/logs", """{"logs":["s"]}""")]
    [InlineData("GET users/auth0%7C1/sessions", """{"sessions":[{"last_interacted_at":[1]}]}""")]
    [InlineData("GET users/auth0%7C1/refresh-tokens", """{"tokens":{}}""")]
    [InlineData("GET user-blocks/auth0%7C1", """{"blocked_for":"nobody"}""")]
    public async Task What_must_be_readable_makes_a_response_unreadable(string request, string sent) =>
        await Should.ThrowAsync<JsonException>(() => ReadAsync(request, HttpStatusCode.OK, Encoding.UTF8.GetBytes(sent)));

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.BadRequest)]
    public async Task An_error_is_not_changed(HttpStatusCode status) =>
        (await ReadAsync("GET users", status, Encoding.UTF8.GetBytes(User))).ShouldBe(User);

    [Fact]
    public async Task Every_response_that_the_SDK_reads_as_a_success_is_rewritten() =>
        await Should.ThrowAsync<JsonException>(() => ReadAsync("GET users", HttpStatusCode.Found, "<html>"u8.ToArray()));

    [Fact]
    public async Task A_byte_order_mark_is_skipped_and_invalid_bytes_are_replaced()
    {
        byte[] sent = [0xEF, 0xBB, 0xBF, .. "{\"user_id\":\"a\xFF|\xFF\",\"identities\":[{\"user_id\":\"\xFF\"},{\"user_id\":\"\\u0041\xFF\"}]}".Select(character => (byte)character)];

        var read = await ReadAsync("GET users/x", HttpStatusCode.OK, sent);

        JsonElement.DeepEquals(JsonElement.Parse(read), JsonElement.Parse("""{"user_id":"a�|�","identities":[{"user_id":"s�"},{"user_id":"sA�"}]}""")).ShouldBeTrue(read);
    }

    [Fact]
    public async Task Whichever_fields_are_kept_changed_or_removed_the_result_is_JSON()
    {
        (string Sent, string? Read)[] members =
        [
            ("\"name\" : \"N\"", "\"name\":\"N\""),
            ("\"nickname\" : 5", "\"nickname\":\"5\""),
            ("\"secret\" : [ { } ]", null),
            (
                "\"identities\" : [ 0 , { \"secret\" : 1 , \"user_id\" : \"1\" } , { } , null ]",
                "\"identities\":[{\"user_id\":\"s1\"},{}]"
            ),
            ("\"blocked\" : { }", null),
            ("\"last_login\" : null", "\"last_login\":null"),
        ];
        var choices =
            from first in members
            from second in members
            from third in members
            from fourth in members
            select new[] { first, second, third, fourth }.DistinctBy(static member => member.Sent).ToList();
        var users = choices.ToList();

        var sent = users.Select(user => $"{{ {Join(user.Select(static member => member.Sent))} }}");
        var expected = users.Select(user => $"{{{Join(user.Select(static member => member.Read).OfType<string>())}}}");

        var read = await ReadAsync(
            "GET users",
            HttpStatusCode.OK,
            Encoding.UTF8.GetBytes($$"""{ "a" : 0 , "users" : [ {{string.Join(" , ", sent)}} ] , "z" : 0 }"""));

        JsonElement.DeepEquals(JsonElement.Parse(read), JsonElement.Parse($$"""{"users":[{{Join(expected)}}]}""")).ShouldBeTrue(read);

        static string Join(IEnumerable<string> parts) => string.Join(',', parts);
    }

    [Theory]
    [InlineData("""{"email_verified":"yes"}""")]
    [InlineData("""{"name":5}""")]
    [InlineData("""{"name":"\ud800"}""")]
    [InlineData("""{"created_at":{"$date":"2014-01-01T00:00:00.000Z"}}""")]
    [InlineData("""{"last_login":""}""")]
    [InlineData("""{"logins_count":1.5}""")]
    [InlineData("""{"multifactor":[{"provider":"guardian"}]}""")]
    [InlineData("""{"user_metadata":"text"}""")]
    [InlineData("""{"identities":{}}""")]
    [InlineData("""{"identities":[{"user_id":9007199254740991}]}""")]
    [InlineData("""{"identities":[{"access_token":{}}]}""")]
    [InlineData("""{"identities":[{"profileData":"text"}]}""")]
    [InlineData("""{"identities":[{"profileData":{"email_verified":"yes"}}]}""")]
    [InlineData("""{"identities":[{"profileData":{"name":{}}}]}""")]
    public async Task The_SDK_reads_such_a_user_only_behind_this_handler(string user)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"total":1,"users":[{{user}}]}""");

        await Should.ThrowAsync<Exception>(() => ListAsync(new Answering(HttpStatusCode.OK, body)));

        (await ListAsync(Before(new Answering(HttpStatusCode.OK, body)))).CurrentPage.Items.Count.ShouldBe(1);

        static async Task<Pager<UserResponseSchema>> ListAsync(HttpMessageHandler handler)
        {
            using var http = new HttpClient(handler);
            var sdk = new ManagementClient(new() { Domain = "t.example.com", TokenProvider = new AnyToken(), HttpClient = http, MaxRetries = 0 });
            return await sdk.Users.ListAsync(new ListUsersRequestParameters { IncludeTotals = true });
        }
    }

    /// <param name="what">A method, a path under the API, and whether the user must be identified.</param>
    private static async Task<string> ReadAsync(string what, HttpStatusCode status, byte[] body)
    {
        using var invoker = new HttpMessageInvoker(Before(new Answering(status, body)));
        var parts = what.Split(' ');
        using var request = new HttpRequestMessage(new HttpMethod(parts[0]), $"https://t.example.com/api/v2/{parts[1]}");
        if (parts is [_, _, "strict"])
        {
            request.Headers.Add(ResponseFields.Strict.Key, ResponseFields.Strict.Value);
        }

        using var response = await invoker.SendAsync(request, CancellationToken.None);
        return JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()).GetRawText();
    }

    private static CanonicalJsonHandler Before(HttpMessageHandler inner) => new(new LeftOutValues(NullLogger.Instance), inner);

    private sealed class AnyToken : ITokenProvider
    {
        public Task<string> GetTokenAsync(CancellationToken cancellationToken = default) => Task.FromResult("token");
    }

    private sealed class Answering(HttpStatusCode status, byte[] body) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var sent = new ByteArrayContent(body);
            return new(status) { RequestMessage = request, Content = await RentedBody.ReadAsync(sent, body.Length, cancellationToken) };
        }
    }
}
