using System.Collections.Concurrent;
using System.Net;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Tenant;

/// <summary>The <c>q</c> of <c>GET /api/v2/users</c>, on <see cref="People"/>.</summary>
public sealed class UserSearchTests(UserSearchTests.Fixture fixture) : IClassFixture<UserSearchTests.Fixture>
{
    [Theory]

    // One field: the whole value, in upper or lower case where Auth0 ignores it.
    [InlineData("email:\"ann.smith@example.com\"", "ann")]
    [InlineData("email:ANN.Smith@example.com", "ann")]
    [InlineData("email:ann.smith", "")]
    [InlineData("email.domain:example.com", "ann carla")]
    [InlineData("given_name:ann", "ann")]
    [InlineData("user_id:auth0|0a", "ann")]
    [InlineData("user_id:\"AUTH0|0A\"", "")]
    [InlineData("username:ann_s", "")]
    [InlineData("username:Ann_S", "ann")]
    [InlineData("blocked:true", "annika")]
    [InlineData("blocked:false", "ann bob carla dial")]
    [InlineData("email_verified:FALSE", "bob")]
    [InlineData("phone_verified:true", "dial")]
    [InlineData("logins_count:12", "ann")]
    [InlineData("last_ip:198.51.100.7", "annika")]
    [InlineData("organization_id:org_1", "")]
    [InlineData("name: \"Ann Smith\"", "ann")]
    [InlineData("user_id:\"samlp|contoso|bob+crm@example.net\"", "bob")]

    // Phrases and escapes.
    [InlineData("name:\"annika dahl\"", "annika")]
    [InlineData("name:\"Annika\"", "")]
    [InlineData("name:Ann\\ Smith", "ann")]
    [InlineData("name:\"Carla \\\"Cee\\\" Smith-Weber\"", "carla")]
    [InlineData("name:\\+15552010100", "dial")]
    [InlineData("family_name:O'Brien", "bob")]
    [InlineData("name:\"Ann*\"", "")]
    [InlineData("name:Ann\\*", "")]
    [InlineData("name:\"\"", "")]

    // Wildcards.
    [InlineData("name:ann*", "ann annika")]
    [InlineData("name:A*", "ann annika")]
    [InlineData("name:*smith", "ann")]
    [InlineData("name:*mit*", "ann carla")]
    [InlineData("name:ann*dahl", "annika")]
    [InlineData("name:*", "ann annika bob carla dial")]
    [InlineData("username:ann*", "")]
    [InlineData("username:Ann*", "ann")]
    [InlineData("phone_number:+1555*", "dial")]
    [InlineData("user_id:samlp|contoso*", "bob")]
    [InlineData("email:*@example.org", "annika")]

    // Whether there is a value.
    [InlineData("_exists_:last_login", "ann annika carla")]
    [InlineData("NOT _exists_:email", "dial")]
    [InlineData("_exists_:user_metadata.newsletter", "bob")]
    [InlineData("logins_count:*", "ann annika carla")]

    // Ranges: closed, open, half open, endless; a date stands for all of its year, month, day, minute, second.
    [InlineData("logins_count:[3 TO 12]", "ann annika")]
    [InlineData("logins_count:{3 TO 12}", "")]
    [InlineData("logins_count:{3 TO 12]", "ann")]
    [InlineData("logins_count:[3 TO 12}", "annika")]
    [InlineData("logins_count:[* TO 12]", "ann annika")]
    [InlineData("logins_count:{12 TO *]", "carla")]
    [InlineData("logins_count:[* TO *]", "ann annika carla")]
    [InlineData("logins_count:[12 TO 3]", "")]
    [InlineData("logins_count:[-5 TO 5]", "annika")]
    [InlineData("created_at:2025", "dial")]
    [InlineData("created_at:2024-03", "bob carla")]
    [InlineData("created_at:\"2024-03-31\"", "carla")]
    [InlineData("created_at:[2024-03-01 TO 2024-03-31]", "bob carla")]
    [InlineData("created_at:[2024-02 TO 2024-03}", "annika")]
    [InlineData("created_at:{2024-03 TO *]", "dial")]
    [InlineData("created_at:[* TO 2024-01-10T08:00:00Z}", "")]
    [InlineData("created_at:[* TO \"2024-01-10T08:00:00.000Z\"]", "ann")]
    [InlineData("last_login:[2024-05-17T09:30:15.250Z TO 2024-05-17T09:30:15.250Z]", "ann")]
    [InlineData("last_login:[2024-05-17T11:30+02:00 TO 2024-05-17T11:30+02:00]", "ann")]
    [InlineData("email:[ann TO b}", "ann annika")]
    [InlineData("name:{\"Ann Smith\" TO c]", "annika bob")]

    // A date after which there is no other.
    [InlineData("created_at:[2025 TO 9999]", "dial")]
    [InlineData("created_at:{* TO 9999-12-31T23:59:59.999Z}", "ann annika bob carla dial")]

    // Both, either, neither.
    [InlineData("name:ann* AND blocked:true", "annika")]
    [InlineData("name:ann* && blocked:false", "ann")]
    [InlineData("given_name:ann OR given_name:bob", "ann bob")]
    [InlineData("given_name:ann || given_name:bob", "ann bob")]
    [InlineData("given_name:ann given_name:bob", "ann bob")]
    [InlineData("NOT name:ann*", "bob carla dial")]
    [InlineData("!name:ann*", "bob carla dial")]
    [InlineData("-name:ann*", "bob carla dial")]
    [InlineData("name:ann* -blocked:true", "ann")]
    [InlineData("name:ann* NOT blocked:true", "ann")]
    [InlineData("name:ann* AND NOT blocked:true", "ann")]
    [InlineData("+name:ann* blocked:false", "ann annika")]
    [InlineData("+name:ann* +blocked:false", "ann")]
    [InlineData("blocked:true OR NOT _exists_:email", "annika dial")]
    [InlineData("given_name:ann OR name:*smith* AND logins_count:100", "ann carla")]
    [InlineData("given_name:ann and", "ann")]

    // Groups, of clauses and of a field's values.
    [InlineData("(given_name:ann OR name:*smith*) AND logins_count:100", "carla")]
    [InlineData("given_name:(ann OR bob)", "ann bob")]
    [InlineData("given_name:(ann carla)", "ann carla")]
    [InlineData("name:(+ann* -*dahl)", "ann")]
    [InlineData("-(blocked:true OR logins_count:[1 TO *])", "bob dial")]
    [InlineData("((((name:bob*))))", "bob")]

    // What lies deeper in the profile: any of the identities, any item of an array.
    [InlineData("identities.connection:google-oauth2", "ann annika")]
    [InlineData("identities.connection:\"contoso\" OR identities.provider:sms", "bob dial")]
    [InlineData("identities.user_id:1001", "ann")]
    [InlineData("identities.isSocial:true", "ann annika carla")]
    [InlineData("app_metadata.plan:gold", "ann")]
    [InlineData("app_metadata.plan:GOLD", "")]
    [InlineData("app_metadata.seats:5", "ann")]
    [InlineData("app_metadata.since.year:2024", "ann")]
    [InlineData("app_metadata.since:2024", "")]
    [InlineData("user_metadata.addresses.city:Lyon", "bob")]
    [InlineData("user_metadata.newsletter:true", "bob")]

    // Words without a field: whole words, of any field that names the user.
    [InlineData("smith", "ann carla")]
    [InlineData("SMITH", "ann carla")]
    [InlineData("smi", "")]
    [InlineData("smi*", "ann carla")]
    [InlineData("\"ann smith\"", "ann")]
    [InlineData("ann smith", "ann carla")]
    [InlineData("ann AND smith", "ann")]
    [InlineData("brien", "bob")]
    [InlineData("dahl@example.org", "annika")]
    [InlineData("*", "ann annika bob carla dial")]
    [InlineData("\"\"", "")]
    [InlineData(" ", "ann annika bob carla dial")]
    public async Task A_query_finds(string query, string nicknames)
    {
        var answer = await fixture.SearchAsync(query);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var found = (await answer.JsonAsync()).AsArray().Select(user => user!["nickname"]!.GetValue<string>());
        string.Join(' ', found).ShouldBe(nicknames);
    }

    [Theory]

    // Too short, or without its other half.
    [InlineData("email:", "ends too early")]
    [InlineData("name:\"ann", "A phrase is not closed")]
    [InlineData("(ann OR bob", "A group is not closed")]
    [InlineData("ann)", "\")\" at position 4")]
    [InlineData("()", "\")\" at position 2")]
    [InlineData("name:()", "\")\" at position 7")]
    [InlineData("ann\\", "Nothing follows the last \\")]
    [InlineData("\"", "A phrase is not closed")]
    [InlineData(":", "\":\" at position 1")]
    [InlineData("+", "ends too early")]
    [InlineData("a:b:c", "a is not a searchable field")]
    [InlineData("name:a:b", "\":\" at position 7")]

    // AND, OR and NOT with nothing to join.
    [InlineData("AND ann", "\"A\" at position 1")]
    [InlineData("ann AND", "ends too early")]
    [InlineData("OR ann", "was not expected")]
    [InlineData("ann OR", "ends too early")]
    [InlineData("ann AND OR bob", "\"O\" at position 9")]
    [InlineData("NOT", "ends too early")]
    [InlineData("NOT NOT ann", "\"N\" at position 5")]

    // Fields that cannot be searched.
    [InlineData("shoe_size:44", "shoe_size is not a searchable field")]
    [InlineData("connection:sms", "use identities.connection")]
    [InlineData("_exists_:shoe_size", "shoe_size is not a searchable field")]
    [InlineData("_exists_:", "ends too early")]
    [InlineData("user_metadata:x", "user_metadata must be searched with a path")]
    [InlineData("name:(ann OR email:b)", "inside the group of another field")]

    // Values that the field cannot have.
    [InlineData("logins_count:many", "logins_count is a number")]
    [InlineData("logins_count:[1 TO 99999999999999999999]", "logins_count is a number")]
    [InlineData("blocked:maybe", "blocked is true or false")]
    [InlineData("created_at:soon", "created_at is a date")]
    [InlineData("created_at:2024-02-30", "created_at is a date")]

    // Wildcards where Auth0 has none.
    [InlineData("name:*th", "at least 3 other characters")]
    [InlineData("*th", "at least 3 other characters")]
    [InlineData("name:a?b", "? at position 7")]
    [InlineData("logins_count:1*", "Wildcards cannot be used on logins_count")]
    [InlineData("app_metadata.plan:g*", "Wildcards cannot be used on app_metadata.plan")]

    // Ranges that are none.
    [InlineData("created_at:[2024", "A range must have the form [a TO b]")]
    [InlineData("created_at:[2024 TO", "ends too early")]
    [InlineData("created_at:[2024 TO ", "ends too early")]
    [InlineData("created_at:[2024 2025]", "A range must have the form [a TO b]")]
    [InlineData("created_at:[2024 TO 2025", "The end of a range")]
    [InlineData("created_at:[ TO 2025]", "A range must have the form [a TO b]")]
    [InlineData("created_at:>=2024", "> at position 12")]
    [InlineData("blocked:[false TO true]", "Ranges cannot be used on blocked")]
    [InlineData("app_metadata.seats:[1 TO 9]", "Ranges cannot be used on app_metadata.seats")]

    // What Lucene has and Auth0 has not.
    [InlineData("name:/ann.*/", "/ at position 6")]
    [InlineData("ann^2", "^ at position 4")]
    [InlineData("ann~", "~ at position 4")]
    public async Task What_is_no_query_is_a_400_that_says_why(string query, string reason)
    {
        var answer = await fixture.SearchAsync(query);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await answer.JsonAsync()).AsObject();
        error["message"]!.GetValue<string>().ShouldContain(reason);
        error.Remove("message");
        error.ToJsonString().ShouldBe("""{"statusCode":400,"error":"Bad Request","errorCode":"invalid_query_string"}""");
    }

    [Fact]
    public async Task Groups_may_be_nested_but_not_without_end()
    {
        (await NestedAsync(49)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await NestedAsync(50)).JsonAsync())["message"]!.GetValue<string>().ShouldBe("More than 50 nested groups.");

        Task<HttpResponseMessage> NestedAsync(int depth) => fixture.SearchAsync($"{new string('(', depth)}bob{new string(')', depth)}");
    }

    [Fact]
    public async Task A_very_long_query_is_a_414() =>
        (await fixture.SearchAsync(new string('a', 10_000))).StatusCode.ShouldBe(HttpStatusCode.RequestUriTooLong);

    [Fact]
    public async Task Whatever_is_asked_the_tenant_answers_with_users_or_a_400()
    {
        string[] fields = ["name", "email", "blocked", "logins_count", "created_at", "identities.connection", "user_metadata.addresses.city", "_exists_", "shoe_size"];
        string[] values =
        [
            "ann", "ANN*", "*smith*", "\"Ann Smith\"", "é", "😀", "true", "0", "-1", "99999999999", "99999999999999999999", "*", "\"\"",
            "2024", "2024-02-29", "9999", "9999-12-31T23:59:59.9999999Z", "0001-01-01", "0001-01-01T00:00:00+14:00",
        ];
        string[] signs =
        [
            "AND", "OR", "NOT", "TO", "&&", "||", " ", ":", "(", ")", "[", "]", "{", "}", "\"", "\\", "*", "?", "+", "-", "!", "^", "~", "/", "<", ">", "&", "|", "\0", "\n",
        ];
        var random = new Random(20_260_302);
        var queries = Enumerable.Range(0, 4000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Part() + Pick([" ", " AND ", " OR ", ""])))).ToList();
        var failures = new ConcurrentQueue<string>();
        var found = 0;

        await Parallel.ForEachAsync(queries, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (query, _) =>
        {
            using var answer = await fixture.SearchAsync(query);
            if (answer.StatusCode is HttpStatusCode.OK)
            {
                Interlocked.Increment(ref found);
            }
            else if (answer.StatusCode is not HttpStatusCode.BadRequest)
            {
                failures.Enqueue($"{(int)answer.StatusCode} {query}");
            }
        });

        failures.ShouldBeEmpty();

        // Both outcomes happen, or this would show little.
        found.ShouldBeInRange(200, 3800);

        string Part() => random.Next(4) switch
        {
            0 => Pick(signs),
            1 => Pick(values),
            2 => $"{Pick(["", "-", "NOT ", "("])}{Pick(fields)}:{Pick(values)}{Pick(["", ")"])}",
            _ => $"{Pick(fields)}:{Pick(["[", "{"])}{Pick(values)} TO {Pick(values)}{Pick(["]", "}"])}",
        };

        string Pick(string[] among) => among[random.Next(among.Length)];
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private LocalTenant _tenant = null!;
        private HttpClient _application = null!;

        public async Task InitializeAsync()
        {
            _tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
            _tenant.Users.Put(People.All.Reverse());
            _application = _tenant.Application();
        }

        internal Task<HttpResponseMessage> SearchAsync(string query) =>
            _application.GetAsync($"/api/v2/users?search_engine=v3&q={Uri.EscapeDataString(query)}");

        public async Task DisposeAsync()
        {
            _application.Dispose();
            await _tenant.DisposeAsync();
        }
    }
}
